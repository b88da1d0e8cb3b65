# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import struct
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ...models.health.name_server import read_texts
from ..common import MODELS, PaynowCommon

SERVERS = f"{MODELS}.health.name_server._get_servers"
SENDER = f"{MODELS}.health.res_company_sender"
SPF = "v=spf1 include:mail.example.net -all"
DMARC = "v=DMARC1; p=none"


class NameServer(StreamRequestHandler):
    """A name server that knows some TXT records, and says so behind a CNAME."""

    records, code = {}, 0

    def handle(self):
        """Answer one question."""
        (length,) = struct.unpack(">H", self.rfile.read(2))
        query = self.rfile.read(length)
        labels, place = [], 12
        while query[place]:
            labels.append(query[place + 1 : place + 1 + query[place]].decode())
            place += 1 + query[place]
        texts = self.records.get(".".join(labels), ())
        records = [self._pack(5, b"\x05alias\xc0\x0c")]
        for text in texts:
            parts = [text[:20].encode(), text[20:].encode()]
            data = b"".join(bytes([len(part)]) + part for part in parts)
            records.append(self._pack(16, data))
        code = self.code or (0 if texts else 3)
        counts = struct.pack(">5H", 0x8180 | code, 1, len(records), 0, 0)
        answer = query[:2] + counts + query[12:] + b"".join(records)
        self.wfile.write(struct.pack(">H", len(answer)) + answer)

    @staticmethod
    def _pack(kind, data):
        return b"\xc0\x0c" + struct.pack(">2HIH", kind, 1, 300, len(data)) + data


@tagged("post_install", "-at_install")
class TestSender(PaynowCommon):
    """What *Check the sender's domain* finds, and that it never fails."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write(
            {"email": "office@eu.lakeside.example.com", "alias_domain_id": False}
        )
        cls.env["ir.mail_server"].search([]).unlink()

    def setUp(self):
        super().setUp()
        server = ThreadingTCPServer(("127.0.0.1", 0), NameServer)
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        Thread(target=server.serve_forever, daemon=True).start()
        self.startPatcher(patch(SERVERS, lambda: [server.server_address]))
        self.startPatcher(patch.object(NameServer, "records", {}))

    def _look(self, **records):
        """Press the button; return the check of the health panel.

        :param records: The texts of the domain, and those of DMARC.
        """
        NameServer.records.update(
            {
                "eu.lakeside.example.com": records.get("texts", ()),
                "_dmarc.lakeside.example.com": records.get("dmarc", ()),
            }
        )
        self.company._paynow_look_up_sender()
        (check,) = self.company._paynow_get_check_sender()
        return check

    def _assert_state(self, check, state, words):
        self.assertEqual(check["state"], state, check["message"])
        self.assertIn(words, check["message"])

    def test_texts_are_read_whole_and_in_any_number(self):
        NameServer.records["lakeside.example.com"] = (SPF, "x" * 200)
        self.assertEqual(read_texts("lakeside.example.com"), [SPF, "x" * 200])
        self.assertEqual(read_texts("nobody.example.com"), [])

    def test_a_domain_that_says_all_is_green_but_for_what_can_not_be_seen(self):
        check = self._look(texts=["other", SPF], dmarc=[DMARC])
        self._assert_state(check, "green", "eu.lakeside.example.com says who may")
        self.assertIn("DKIM can't be looked up", check["message"])

    def test_what_is_missing_is_told_with_what_to_do(self):
        check = self._look(texts=["v=spf10 nothing"])
        self._assert_state(check, "amber", "no SPF record")
        self.assertIn("_dmarc.eu.lakeside.example.com", check["message"])

    def test_two_spf_records_are_as_bad_as_none(self):
        check = self._look(texts=[SPF, SPF], dmarc=[DMARC])
        self._assert_state(check, "amber", "more than one SPF record")

    def test_nothing_that_goes_wrong_is_a_failure(self):
        for servers, code in (
            ([], 0),
            ([("127.0.0.1", 1)], 0),
            (None, 2),
        ):
            with (
                self.subTest(servers=servers, code=code),
                patch.object(NameServer, "code", code),
                mute_logger(SENDER),
            ):
                if servers is None:
                    check = self._look(texts=[SPF])
                else:
                    with patch(SERVERS, lambda servers=servers: servers):
                        check = self._look(texts=[SPF])
                self._assert_state(check, "amber", "could not be looked up")

    def test_nothing_is_looked_up_unless_somebody_presses(self):
        with patch(f"{SENDER}.read_texts") as read:
            self.company._paynow_get_health()
        read.assert_not_called()
        self.assertFalse(self.company._paynow_get_check_sender())

    def test_an_accountant_presses_the_button(self):
        accountant = new_test_user(
            self.env,
            "paynow_sender",
            "account.group_account_manager",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        settings = self.env["paynow.settings"].with_user(accountant).create({})
        settings.action_paynow_check_sender()
        self.assertIn("eu.lakeside.example.com", str(settings.paynow_health))

    def test_another_domain_is_another_matter(self):
        self._look(texts=[SPF])
        self.company.email = "office@else.example.com"
        self.company.invalidate_recordset()
        self.assertFalse(self.company._paynow_get_check_sender())

    def test_it_is_the_domain_that_the_mail_server_sends_for(self):
        self.company.alias_domain_id = self.env["mail.alias.domain"].create(
            {"name": "mail.lakeside.example.com", "default_from": "notifications"}
        )
        self.env["ir.mail_server"].create(
            {
                "name": "Alias",
                "smtp_host": "smtp.example.com",
                "from_filter": "mail.lakeside.example.com",
            }
        )
        self.assertEqual(
            self.company._paynow_get_sender_domain(), "mail.lakeside.example.com"
        )

    def test_a_company_without_an_address_is_asked_for_one(self):
        self.company.email = False
        with self.assertRaises(UserError):
            self.company._paynow_look_up_sender()
