# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import re
from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.tests import RecordCapturer, tagged
from odoo.tools import mute_logger

from ...models.notices import paynow_notice_run
from ..common_books import PaynowBooksCommon

RUN = "odoo.addons.paynow_module.models.notices.paynow_notice"


@tagged("-at_install", "post_install")
class TestLot(PaynowBooksCommon):
    """Of summaries made in lots, nobody gets another's, and nobody stops the others."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.paynow_summary_enabled = True
        cls.env["res.lang"]._activate_lang("de_DE")
        cls.clients = cls.env["res.partner"].create(
            [
                {
                    "name": f"Client {number}",
                    "email": f"client{number}@example.com",
                    "lang": "de_DE" if number % 2 else "en_US",
                }
                for number in range(4)
            ]
        )
        for number, client in enumerate(cls.clients):
            cls._create_bill(f"Lot{number}", 10.0 + number, partner_id=client.id)

    def _run(self):
        """Run the cron; return the notice of each of the clients."""
        self._run_cron("paynow_module.ir_cron_account_summary")
        self.env.invalidate_all()
        notices = self.env["paynow.notice"].search(
            [("partner_id", "in", self.clients.ids)]
        )
        return {notice.partner_id: notice for notice in notices}

    def test_each_gets_their_own(self):
        notices = self._run()
        self.assertEqual(len(notices), 4)
        for number, client in enumerate(self.clients):
            mail = notices[client].mail_id
            self.assertEqual(mail.email_to, client.email)
            self.assertEqual(mail.res_id, client.id)
            self.assertEqual(
                set(re.findall(r"Lot\d", mail.body_html)), {f"Lot{number}"}
            )
            self.assertIn(f"{10 + number}", mail.body_html)
            self.assertEqual('lang="de-DE"' in mail.body_html, bool(number % 2))
            token = re.search(r"client=([^>&\"']+)", mail.headers)[1]
            Partner = self.env["res.partner"]
            reader = Partner._paynow_read_opt_out(self.company, token)
            self.assertEqual(reader, client)

    def test_small_lots_are_as_one(self):
        with patch.object(paynow_notice_run, "LOT", 1):
            self.assertEqual(
                [notice.state for notice in self._run().values()], ["queued"] * 4
            )

    def test_a_run_of_more_than_a_job_holds_goes_on_in_the_next(self):
        self.company.paynow_past_due_enabled = True
        for kind, cron in paynow_notice_run.CRONS.items():
            with (
                self.subTest(kind=kind),
                patch.object(paynow_notice_run, "MOST", 3),
                RecordCapturer(self.env["ir.cron.trigger"].sudo()) as triggers,
                freeze_time(fields.Date.today() + timedelta(days=60)),
            ):
                notices, seen = self.env["paynow.notice"], []
                for _job in range(3):
                    self._run_cron(cron)
                    notices = notices.search([("kind", "=", kind)])
                    seen.append(len(notices))
                self.assertEqual((seen[0], seen[1]), (3, seen[2]))
                self.assertEqual(
                    sorted((notices.partner_id & self.clients).ids), self.clients.ids
                )
                self.assertEqual(len(notices.partner_id), len(notices), "One each.")
                self.assertIn(self.env.ref(cron), triggers.records.cron_id)

    @mute_logger(RUN, f"{RUN}_run")
    def test_whoever_cannot_be_looked_at_stops_nobody(self):
        Partner = self.env.registry["res.partner"]
        bad, original = self.clients[1], Partner._paynow_get_summary_obstacles

        def _paynow_get_summary_obstacles(clients, company):
            if bad in clients:
                raise ValueError("broken")
            return original(clients, company)

        with patch.object(
            Partner, "_paynow_get_summary_obstacles", _paynow_get_summary_obstacles
        ):
            notices = self._run()
        self.assertEqual(
            (notices[bad].state, notices[bad].reason), ("failed", "broken")
        )
        self.assertEqual(
            [notices[client].state for client in self.clients - bad], ["queued"] * 3
        )
        self.assertEqual(self._run()[bad].state, "failed", "One try a day.")

    @mute_logger(RUN, f"{RUN}_run")
    def test_a_mail_that_cannot_be_made_stops_nobody(self):
        Partner = self.env.registry["res.partner"]
        bad, original = self.clients[2], Partner._paynow_prepare_statement_tables

        def _paynow_prepare_statement_tables(client, *args):
            if client == bad:
                raise ValueError("broken")
            return original(client, *args)

        with patch.object(
            Partner,
            "_paynow_prepare_statement_tables",
            _paynow_prepare_statement_tables,
        ):
            notices = self._run()
        self.assertEqual(notices[bad].state, "failed")
        self.assertEqual(
            [notices[client].state for client in self.clients - bad], ["queued"] * 3
        )
