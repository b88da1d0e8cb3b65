# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

{
    "name": "Accounting Stand-in",
    "summary": "Keeps books as Odoo's accounting app does; for tests only",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "author": "Pay Now contributors",
    "license": "LGPL-3",
    "depends": ["account"],
}
