# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from pathlib import Path

from odoo.tests import tagged

from odoo.addons.mail.tests.common import MailCommon

from ..common_books import PaynowBooksCommon

ROOT = Path(__file__).parents[2]


@tagged("-at_install", "post_install")
class TestToldStaff(PaynowBooksCommon, MailCommon):
    """Staff hear of what a visitor's request sets off, also without an alias domain."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({"alias_domain_id": False, "email": "office@example.com"})
        cls.public_user.partner_id.email = False
        cls.clerk.email = "clerk@example.com"
        cls.invoice.invoice_user_id = cls.clerk

    def _tell(self, user):
        """Say that the invoice is wrong; return the activity and the mails."""
        invoice = self.invoice.with_user(user).sudo()
        with self.mock_mail_gateway():
            invoice._paynow_tell("wrong", self.email, words="We had one only.")
        return self._get_activities(), self._mails

    def test_a_visitors_word_is_scheduled_by_odoobot(self):
        activity, _mails = self._tell(self.public_user)
        self.assertEqual(activity.create_uid, self.env.ref("base.user_root"))
        self.assertEqual(activity.user_id, self.clerk)

    def test_the_mail_of_it_comes_from_the_company(self):
        _activity, mails = self._tell(self.public_user)
        (mail,) = (m for m in mails if "assigned to you" in m["subject"])
        self.assertEqual(mail["email_from"], self.company.email_formatted)
        self.assertEqual(mail["email_to"], [self.clerk.email_formatted])

    def test_an_employee_schedules_in_their_own_name(self):
        self.accountant.email = "accountant@example.com"
        activity, (mail,) = self._tell(self.accountant)
        self.assertEqual(activity.create_uid, self.accountant)
        self.assertEqual(mail["email_from"], self.accountant.email_formatted)

    def test_two_invoices_of_one_number_are_told_alike(self):
        self.invoice.with_user(self.public_user).sudo()._paynow_note_ambiguity()
        activity = self._get_activities()
        self.assertEqual(activity.create_uid, self.env.ref("base.user_root"))

    def test_no_other_activity_is_scheduled(self):
        """Test that each of our activities goes the one way that is tested here."""
        files = {
            path.name
            for room in ("models", "controllers", "wizards")
            for path in (ROOT / room).rglob("*.py")
            if ".activity_schedule(" in path.read_text()
        }
        self.assertEqual(files, {"mail_activity_mixin.py"})
