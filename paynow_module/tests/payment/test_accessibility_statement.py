# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo.tests import tagged

from ..common import PaynowHttpCommon

ROUTE = "/paynow-accessibility"
LINK = f"//footer//a[@href='{ROUTE}']"


@tagged("post_install", "-at_install")
class TestAccessibilityStatement(PaynowHttpCommon):
    """The accessibility statement that a company fills in and publishes."""

    def test_statement_is_the_companys_to_publish(self):
        """Test that clients see the statement and links to it once it is published."""
        checkout = f"/PAYNOW/checkout/{self._prepare_form()['access_token']}"
        page = self.env.ref("paynow_module.accessibility_page")
        self.assertEqual(self.url_open(ROUTE).status_code, 404)
        self.assertFalse(self._parse(self.url_open(checkout)).xpath(LINK))
        page.is_published = True
        statement = self.url_open(ROUTE)
        self.assertEqual(statement.status_code, 200)
        self.assertTrue(self._parse(statement).xpath("//mark"))
        self.assertTrue(self._parse(self.url_open(checkout)).xpath(LINK))

    def test_statement_of_each_website_is_its_own(self):
        """Test that what one website publishes is no statement of another."""
        other = self.env["website"].create({"name": "Other"})
        page = self.env.ref("paynow_module.accessibility_page")
        page.with_context(website_id=other.id).view_id.arch_db += "<!-- Ours. -->"
        copy = self.env["website.page"].search(
            [("website_id", "=", other.id), ("url", "=", ROUTE)]
        )
        self.assertEqual(len(copy), 1)
        copy.is_published = True
        self.assertFalse(self.website._paynow_get_accessibility_url())
        self.assertEqual(
            other.with_context(website_id=other.id)._paynow_get_accessibility_url(),
            ROUTE,
        )
