# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from unittest.mock import patch

from freezegun import freeze_time

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged

from ..common import PaynowCommon


@tagged("-at_install", "post_install")
class TestCard(PaynowCommon):
    """What is known of saved cards, for staff and the account summary."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.partner_id.tz = "America/Los_Angeles"
        cls.card = cls._save_card(6, 2031)
        cls.accountant = cls.env["res.users"].create(
            {
                "name": "Accountant",
                "login": "card_accountant",
                "company_ids": cls.company.ids,
                "company_id": cls.company.id,
                "group_ids": cls.env.ref("account.group_account_invoice").ids,
            }
        )

    @classmethod
    def _save_card(cls, month, year, **values):
        """Return a saved card of the client."""
        return cls.env["payment.token"].create(
            {
                "provider_id": cls.provider.id,
                "payment_method_id": cls.payment_method_id,
                "payment_details": "4242",
                "partner_id": cls.client.id,
                "provider_ref": "card",
                "paynow_brand": "Visa",
                "paynow_expiry_month": month,
                "paynow_expiry_year": year,
                **values,
            }
        )

    def _get_state(self, now, card=None):
        """Return the state of a card at a time, in UTC."""
        card = card or self.card
        with freeze_time(now):
            card.invalidate_recordset(["paynow_expiry_state"])
            return card.paynow_expiry_state

    def _get_cards(self):
        cards = self.env["payment.token"]._paynow_get_expiring_cards(
            self.company, self.client
        )
        return cards.get(self.client, [])

    # === STATES === #

    def test_card_expires_soon_within_sixty_days(self):
        """Test the first day of Expiring Soon: 60 days before the month ends."""
        self.assertEqual(self._get_state("2031-04-30 12:00:00"), "valid")
        self.assertEqual(self._get_state("2031-05-01 12:00:00"), "expiring")

    def test_days_of_expiring_soon_are_a_setting(self):
        """Test that another number of days is kept to."""
        self.company.paynow_card_days = 10
        self.assertEqual(self._get_state("2031-06-19 12:00:00"), "valid")
        self.assertEqual(self._get_state("2031-06-20 12:00:00"), "expiring")
        with self.assertRaises(ValidationError):
            self.company.paynow_card_days = 0

    def test_staff_find_cards_by_the_state_that_they_show(self):
        """Test the filters on the last day of each state, with days of one's own."""
        self.company.paynow_card_days = 10
        account = self._save_card(False, False)
        cards = self.card | account
        for now, found in (
            ("2031-06-19 12:00:00", "valid"),
            ("2031-06-20 12:00:00", "expiring"),
            ("2031-07-01 06:59:59", "expiring"),
            ("2031-07-01 07:00:00", "expired"),
        ):
            for state in ("valid", "expiring", "expired"):
                with freeze_time(now), self.subTest(now=now, state=state):
                    Token = self.env["payment.token"].with_user(self.accountant)
                    domain = [
                        ("id", "in", cards.ids),
                        ("paynow_expiry_state", "=", state),
                    ]
                    expected = self.card if state == found else self.card.browse()
                    self.assertEqual(Token.search(domain), expected)
        domain = [("id", "in", cards.ids), ("paynow_expiry_state", "=", False)]
        self.assertEqual(self.env["payment.token"].search(domain), account)

    def test_card_lives_to_the_last_moment_of_its_month_where_the_company_is(self):
        """Test the company's clock: in Los Angeles June lasts seven hours longer."""
        self.assertEqual(self._get_state("2031-07-01 06:59:59"), "expiring")
        self.assertEqual(self._get_state("2031-07-01 07:00:00"), "expired")

    def test_card_expires_on_the_leap_day(self):
        """Test the last day of a February of 29 days."""
        card = self._save_card(2, 2032)
        self.assertEqual(str(card.paynow_expiry_date), "2032-02-29")
        self.assertEqual(self._get_state("2032-03-01 07:59:59", card), "expiring")
        self.assertEqual(self._get_state("2032-03-01 08:00:00", card), "expired")

    def test_method_without_expiry_has_no_state(self):
        """Test a bank account."""
        account = self._save_card(False, False)
        self.assertFalse(account.paynow_expiry_state)
        self.assertFalse(account.paynow_expiration)

    def test_nonsense_is_refused(self):
        """Test months and years that no card bears."""
        for month, year in ((13, 2031), (0, 2031), (6, 0), (6, 31), (-1, 2031)):
            with (
                self.subTest(month=month, year=year),
                self.assertRaises(ValidationError),
            ):
                self._save_card(month, year)

    # === ACCOUNT SUMMARY === #

    def test_summary_lists_expiring_cards_in_order(self):
        """Test what the account summary gets: the first to expire first."""
        office = self.env["res.partner"].create(
            {"name": "Office", "parent_id": self.client.id}
        )
        self._save_card(5, 2031, paynow_nickname="Old card", partner_id=office.id)
        self._save_card(7, 2032)
        self._save_card(5, 2031, partner_id=self.stranger.id)
        self._save_card(5, 2031).active = False
        with freeze_time("2031-06-10 12:00:00"):
            cards = self._get_cards()
        self.assertEqual(
            cards,
            [
                {
                    "is_expired": True,
                    "type": "Visa",
                    "nickname": "Old card",
                    "expiration": "5/2031",
                },
                {
                    "is_expired": False,
                    "type": "Visa",
                    "nickname": self.card.display_name,
                    "expiration": "6/2031",
                },
            ],
        )

    def test_summary_leaves_out_cards_of_other_companies(self):
        """Test a card that the client saved with another company."""
        other_company = self._create_company(name="Other")
        provider = self.provider.copy({"company_id": other_company.id})
        provider.state = "test"
        self._save_card(5, 2031, provider_id=provider.id)
        with freeze_time("2031-06-10 12:00:00"):
            self.assertEqual(len(self._get_cards()), 1)

    # === STAFF === #

    def test_invoicing_staff_correct_what_is_on_a_card(self):
        """Test the form as somebody of the invoicing team sees it."""
        card = self.card.with_user(self.accountant)
        with Form(card) as form:
            form.paynow_nickname = "Office card"
            form.paynow_expiry_year = 2033
        self.assertEqual(card.paynow_expiration, "6/2033")

    def test_invoicing_staff_change_nothing_else(self):
        """Test that neither owner nor reference can be changed along with it."""
        card = self.card.with_user(self.accountant)
        for values in (
            {"partner_id": self.stranger.id},
            {"paynow_nickname": "Mine", "provider_ref": "x"},
            {"active": False},
        ):
            with self.subTest(values=values), self.assertRaises(AccessError):
                card.write(values)

    def test_others_change_nothing(self):
        """Test an employee without invoicing rights and the owner, a portal user."""
        for user in (self.internal_user, self.portal_user):
            self.card.partner_id = user.partner_id
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                self.card.with_user(user).write({"paynow_nickname": "Mine"})

    def test_clients_form_shows_the_cards_of_all_contacts(self):
        """Test the list on the form of a client and of its contact."""
        office = self.env["res.partner"].create(
            {"name": "Office", "parent_id": self.client.id}
        )
        other = self._save_card(5, 2031, partner_id=office.id)
        self._save_card(5, 2031, partner_id=self.stranger.id)
        for partner in (self.client, office):
            tokens = partner.with_user(self.accountant).paynow_token_ids
            self.assertEqual(tokens.ids, (other | self.card).ids)


@tagged("-at_install", "post_install")
class TestCardNotice(PaynowCommon):
    """The notice on a card whose automatic payments would soon fail."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.card = cls.env["payment.token"].create(
            {
                "provider_id": cls.provider.id,
                "payment_method_id": cls.payment_method_id,
                "payment_details": "4242",
                "partner_id": cls.client.id,
                "provider_ref": "card",
                "paynow_brand": "Visa",
                "paynow_expiry_month": 6,
                "paynow_expiry_year": 2031,
            }
        )

    def _run(self, day, used=True):
        """Run the daily check on a day; return the notices so far."""
        with (
            freeze_time(f"{day} 12:00:00"),
            patch.object(type(self.card), "_paynow_is_autopay", lambda token: used),
            self.enter_registry_test_mode(),
        ):
            self.env.ref("paynow_module.ir_cron_card_expiring").method_direct_trigger()
        return self.env["paynow.notice"].search([("kind", "=", "card_expiring")])

    def test_client_is_told_once_for_each_expiry(self):
        """Test the first day, the days after, and the card that was renewed."""
        self.assertFalse(self._run("2031-04-30"))
        notice = self._run("2031-05-01")
        self.assertEqual(notice.partner_id, self.client)
        self.assertEqual(notice.email, self.client.email)
        self.assertEqual(notice.state, "queued")
        body = notice.mail_id.body_html
        for part in ("Visa", "6/2031", "/my/payment_method", "•••• 4242"):
            self.assertIn(part, body)
        for day in ("2031-05-01", "2031-05-02", "2031-06-30"):
            self.assertEqual(self._run(day), notice)
        self.card.paynow_expiry_year = 2032
        self.assertEqual(len(self._run("2032-06-01")), 2)

    def test_only_cards_in_use_that_live_and_are_shown_count(self):
        """Test a card of no automatic payment, an expired and an archived one."""
        self.assertFalse(self._run("2031-06-01", used=False))
        self.assertFalse(self._run("2031-07-02"))
        self.card.active = False
        self.assertFalse(self._run("2031-06-01"))

    def test_nobody_is_told_where_pay_now_is_off(self):
        """Test a company that does not use Pay Now."""
        self.company.paynow_enabled = False
        self.assertFalse(self._run("2031-06-01"))

    def test_client_without_address_is_noted(self):
        """Test that the notice says why it was not sent, and goes out later."""
        self.client.email = False
        notice = self._run("2031-06-01")
        self.assertEqual(notice.state, "skipped")
        self.client.email = "new@blueharbor.example.com"
        self._run("2031-06-02")
        self.assertEqual(notice.email, "new@blueharbor.example.com")
