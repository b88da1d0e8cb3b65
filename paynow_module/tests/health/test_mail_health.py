# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged
from odoo.tools import config

from ..common import PaynowCommon


@tagged("post_install", "-at_install")
class TestMailHealth(PaynowCommon):
    """What *Setup health* says of the mails."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.email = "office@example.com"
        cls.env["ir.mail_server"].search([]).unlink()
        cls.startClassPatcher(patch.dict(config.options, {"smtp_server": "localhost"}))

    def _assert_state(self, state, words):
        """Assert that the check has a colour and says these words."""
        check = self.company._paynow_get_check_mail()
        self.assertEqual(check["state"], state, check["message"])
        self.assertIn(words, check["message"])

    def _add_server(self, host="smtp.example.com", **values):
        values = {"name": host, "smtp_host": host, **values}
        return self.env["ir.mail_server"].create(values)

    def test_without_a_server_one_is_asked_for(self):
        self._assert_state("amber", "Add one")

    def test_a_server_is_enough(self):
        self._add_server()
        self._assert_state("green", "A mail server is set up")

    def test_a_server_that_is_nowhere_is_none(self):
        self._add_server("invalid")
        self._assert_state("amber", "Add one")
        self._add_server()
        self._assert_state("green", "A mail server is set up")

    def test_a_neutralized_database_says_so(self):
        self._add_server("invalid")
        self.env["ir.config_parameter"].set_param("database.is_neutralized", "True")
        self._assert_state("amber", "neutralized")

    def test_mails_that_failed_are_counted(self):
        self._add_server()
        self.env["mail.mail"].create({"state": "exception"})
        self._assert_state("amber", "1 mails could not be sent")

    def test_mails_to_payers_that_were_never_written_are_counted(self):
        self._add_server()
        tx = self._pay("pending", amount=10.0)
        tx.write({"paynow_is_mail_due": True, "last_state_change": "2020-01-01"})
        self._assert_state("amber", "1 mails to payers could not be written")
        tx.last_state_change = fields.Datetime.now()
        self._assert_state("green", "A mail server is set up")

    def test_mails_that_wait_for_the_mail_server_are_counted(self):
        self._add_server()
        self.env["mail.mail"].create(
            {"state": "outgoing", "paynow_tried_date": fields.Datetime.now()}
        )
        self._assert_state("amber", "1 mails wait")

    def test_a_company_without_an_address_is_told(self):
        self._add_server()
        self.company.email = False
        self._assert_state("amber", "no e-mail address")
