# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo.tests import TransactionCase, tagged


@tagged("-at_install", "post_install")
class TestViews(TransactionCase):
    """Our screens as the platform checks them at each installation."""

    def test_no_view_of_ours_is_warned_of(self):
        data = self.env["ir.model.data"].search(
            [("module", "=", "paynow_module"), ("model", "=", "ir.ui.view")]
        )
        views = self.env["ir.ui.view"].browse(data.mapped("res_id"))
        views = views.filtered(lambda view: view.type != "qweb")
        self.assertGreater(len(views), 20)
        # The check logs nothing else, so that nothing else may be logged.
        with self.assertNoLogs("odoo.addons.base.models.ir_ui_view", "WARNING"):
            for view in views.with_context(ir_ui_view_partial_validation=True):
                view._check_xml()
