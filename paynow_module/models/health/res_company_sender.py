# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import logging

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import email_domain_extract, format_date

from .name_server import read_texts
from .res_company import AMBER, GREEN

_logger = logging.getLogger(__name__)

SPF, DMARC = "v=spf1", "v=dmarc1"


class ResCompany(models.Model):
    """What the sender's domain says of who may send its mails.

    It is looked up when an administrator asks for it, and at no other time.
    """

    _inherit = "res.company"

    # What was found last: the 'domain', the 'date', the number of its 'spf' records and
    # whether it has 'dmarc'; without these two, no name server answered.
    paynow_sender_records = fields.Json(string="Records of the sender's domain")

    def _paynow_look_up_sender(self):
        """Look up what the domain of this company's mails says of its senders.

        :raise UserError: If it has no address.
        """
        self.ensure_one()
        domain = self._paynow_get_sender_domain()
        if not domain:
            raise UserError(self.env._("Enter the company's e-mail address first."))
        records = {"domain": domain, "date": str(self._paynow_get_today())}
        try:
            texts = [text.lower().split() for text in read_texts(domain)]
            found = {
                "spf": len([words for words in texts if words[:1] == [SPF]]),
                "dmarc": _has_dmarc(domain),
            }
        except (OSError, UnicodeError) as error:
            _logger.info("%s could not be looked up: %s", domain, error)
            found = {}
        # In sudo mode as accounting administrators can't write on companies.
        self.sudo().paynow_sender_records = {**records, **found}

    def _paynow_get_sender_domain(self):
        """Return the domain that stands after From in mails of this company.

        That is not the company's own where its mail server may not send for it.

        :return: The domain; empty if the company has no address.
        :rtype: str
        """
        self.ensure_one()
        if not self.email_formatted:
            return ""
        # In sudo mode as accounting administrators can't read servers.
        Server_sudo = self.env["ir.mail_server"].sudo()
        _server, sender = Server_sudo.with_context(
            domain_notifications_email=self.alias_domain_id.sudo().default_from_email
        )._find_mail_server(self.email_formatted)
        return email_domain_extract(sender) or ""

    def _paynow_get_check_sender(self):
        """Return what was found when the sender's domain was looked up last.

        :return: The check; none where it never was, or is another one now.
        :rtype: list[dict]
        """
        records = self.paynow_sender_records or {}
        domain = records.get("domain")
        if not domain or domain != self._paynow_get_sender_domain():
            return []
        if "spf" in records:
            faults = self._paynow_get_sender_faults(domain, records)
            state, sentences = AMBER if faults else GREEN, faults
            if not faults:
                sentences.append(
                    self.env._(
                        "%(domain)s says who may send its mails (SPF) and what becomes"
                        " of others (DMARC).",
                        domain=domain,
                    )
                )
            sentences.append(
                self.env._(
                    "DKIM can't be looked up, as only the mail server knows the name of"
                    " its key: send yourself the mails, and look for “dkim=pass” in"
                    " what your mail program shows as their source."
                )
            )
        else:
            state = AMBER
            sentences = [
                self.env._(
                    "%(domain)s could not be looked up: no name server answers. Mails"
                    " go out all the same; try again later.",
                    domain=domain,
                )
            ]
        date = format_date(self.env, records["date"])
        sentences.append(self.env._("Looked up on %(date)s.", date=date))
        return [
            self._paynow_prepare_check(
                self.env._("The sender's domain"), state, " ".join(sentences)
            )
        ]

    def _paynow_get_sender_faults(self, domain, records):
        """Return what a domain lacks, and what to do.

        :param str domain: The domain.
        :param dict records: See the field.
        :rtype: list[str]
        """
        faults = []
        if not records["spf"]:
            faults.append(
                self.env._(
                    "%(domain)s has no SPF record, so mails from it may count as spam."
                    " Add the one that your mail provider names, as TXT.",
                    domain=domain,
                )
            )
        elif records["spf"] > 1:
            faults.append(
                self.env._(
                    "%(domain)s has more than one SPF record, which is as bad as none."
                    " Make one of them.",
                    domain=domain,
                )
            )
        if not records["dmarc"]:
            faults.append(
                self.env._(
                    "%(domain)s has no DMARC record, which large mail providers ask for"
                    " of whoever sends many mails. Add “v=DMARC1; p=none” as TXT of"
                    " _dmarc.%(domain)s for a beginning.",
                    domain=domain,
                )
            )
        return faults


def _has_dmarc(domain):
    """Tell whether a domain, or one above it, has a DMARC record (RFC 7489, 6.6.3).

    :param str domain: The domain.
    :rtype: bool
    """
    while "." in domain:
        for text in read_texts(f"_dmarc.{domain}"):
            if text.lower().startswith(DMARC):
                return True
        domain = domain.partition(".")[2]
    return False
