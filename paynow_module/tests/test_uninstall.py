# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo.tests import tagged

from .. import uninstall_hook
from .common import PaynowCommon


@tagged("-at_install", "post_install")
class TestUninstall(PaynowCommon):
    def test_no_menu_of_a_website_leads_to_a_page_that_is_gone(self):
        self.company.paynow_menu = True
        env = self.env(su=True)  # As the platform calls it.
        Menu = env["website.menu"]
        entries = Menu.search([("url", "=", "/PAYNOW")])
        self.assertTrue(entries)
        others = Menu.search([]) - entries
        uninstall_hook(env)
        self.assertEqual(Menu.search([]), others)
