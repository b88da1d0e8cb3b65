# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from .models.links.res_company import PAGE


def uninstall_hook(env):
    """Leave the books as they are, and nothing that leads to our page.

    Odoo would delete the demo documents; it knows nothing of the entries that the
    switch of the settings has made in the menus of websites.

    :param Environment env: The environment of the uninstallation.
    """
    env["ir.model.data"].search(
        [
            ("module", "=", "paynow_module"),
            (
                "model",
                "in",
                (
                    "account.journal",
                    "account.move",
                    "account.payment.register",
                    "res.partner",
                ),
            ),
        ]
    ).unlink()
    env["website.menu"].search([("url", "=", PAGE)]).unlink()
