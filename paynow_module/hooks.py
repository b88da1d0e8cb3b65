# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).


def uninstall_hook(env):
    """Leave the books as they are: Odoo would delete the demo documents, too.

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
