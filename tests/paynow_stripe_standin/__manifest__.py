# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

{
    "name": "Stripe Stand-in",
    "summary": "Leads payment_stripe to a program of this machine; for tests only",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "author": "Pay Now contributors",
    "license": "LGPL-3",
    "depends": ["payment_stripe"],
}
