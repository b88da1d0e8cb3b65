# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from contextlib import suppress
from zoneinfo import ZoneInfo

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_datetime

#: What is no evidence, but a way to it.
NOT_EXPORTED = {"id", "display_name", "transaction_ids", "create_uid", "create_date"}
#: What an auditor reads of each charge.
CHARGE_FIELDS = (
    "reference",
    "provider_id",
    "provider_reference",
    "payment_method_id",
    "paynow_last_digits",
    "amount",
    "currency_id",
    "state",
    "state_message",
    "create_date",
    "last_state_change",
    "payment_id",
)


class PaynowMandate(models.Model):
    """A mandate as a document, for the client, and as rows for an auditor."""

    _inherit = "paynow.mandate"

    def _get_revoke_words(self):
        """Return how the client ends this mandate.

        :rtype: str
        """
        self.ensure_one()
        return self.env._(
            "To ask about it or to revoke it, reach %(company)s at %(contact)s and name"
            " %(number)s. A payment that the bank has already can't be called back.",
            company=self.company_id.name,
            contact=self.env["paynow.mandate.text"]._get_contact(self.company_id),
            number=self.reference,
        )

    def _format_moment(self, moment):
        """Return a moment in the company's time zone, which is named.

        :param datetime.datetime moment: The moment, in UTC.
        :rtype: str
        """
        self.ensure_one()
        if not moment:
            return ""
        zone = self.company_id._paynow_get_zone()
        local = moment.replace(tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo(zone))
        return f"{format_datetime(self.env, moment, tz=zone)} ({local.tzname()})"

    def _get_label(self, name):
        """Return the value of a selection in words.

        :param str name: The field.
        :rtype: str
        """
        self.ensure_one()
        selection = self._fields[name]._description_selection(self.env)
        return dict(selection).get(self[name], "")

    def _prepare_document(self):
        """Return what the printed mandate tells, as plain values.

        :rtype: dict
        """
        self.ensure_one()
        money = self.currency_id._paynow_format if self.amount else None
        state = self._get_label("state")
        if self.kind == "once" and self.state == "active":
            state = ""  # It ends with its payment.
        if self.state_date:
            since = self._format_moment(self.state_date)
            state = " · ".join(filter(None, (state, since, self.state_reason)))
        lang = self.env["res.lang"]._get_data(code=self.lang or "en_US")
        words = [lang.name or self.lang, self.text_id and str(self.text_id.version)]
        proof = self._get_label("proof")
        numbers = ", ".join(self.invoice_ids.filtered("name").mapped("name"))
        return {
            "what": ": ".join(filter(None, (self._get_label("kind"), numbers))),
            "method": ": ".join(
                filter(None, (self._get_label("medium"), self.method_name))
            ),
            "words": ", ".join(filter(None, words)),
            "scheme": self._get_label("scheme"),
            "proof": f"{proof} ({self.user_id.name})" if self.user_id else proof,
            "state": state,
            "date": self._format_moment(self.date),
            "amount": money and money(self.amount),
            "revoke": self._get_revoke_words(),
            "charges": [
                {
                    "date": self._format_moment(tx.last_state_change or tx.create_date),
                    "reference": tx.reference,
                    "digits": tx.paynow_last_digits,
                    "amount": tx.currency_id._paynow_format(tx.amount),
                    "state": dict(tx._fields["state"]._description_selection(self.env))[
                        tx.state
                    ],
                }
                for tx in self.transaction_ids.sorted("id")
            ],
        }

    def _get_document_name(self):
        """Return the name of the document as a file, without its ending.

        :rtype: str
        """
        self.ensure_one()
        return self.env._("Mandate %(number)s", number=self.reference)

    def _print(self):
        """Print this mandate in the language in which it was given.

        :return: The document, and whether it is `pdf` or, where Odoo prints none,
            `html`.
        :rtype: tuple[bytes, str]
        """
        self.ensure_one()
        Report = self.env["ir.actions.report"].with_context(lang=self.lang)
        report = "paynow_module.action_report_mandate"
        if Report._paynow_can_print():
            # Odoo has logged why, if it fails; it can be read all the same.
            with suppress(UserError):
                return Report._render_qweb_pdf(report, self.ids)
        return Report._render_qweb_html(report, self.ids)

    def action_export(self):
        """Download all of these mandates, with every charge, for an auditor.

        :rtype: dict
        """
        self.check_access("read")
        ids = ",".join(map(str, self.ids))
        return {
            "type": "ir.actions.act_url",
            "url": f"/paynow/mandates/export?ids={ids}",
            "target": "self",
        }

    def _export_evidence(self):
        """Return all that these mandates hold, a row for each charge.

        :return: The headings, and the rows; times are in UTC.
        :rtype: tuple[list[str], list[list]]
        """
        own = [
            name
            for name, field in self._fields.items()
            if field.store and field.type != "one2many" and name not in NOT_EXPORTED
        ]
        Transaction = self.env["payment.transaction"]

        def get(record, name):
            value = record[name]
            if isinstance(value, models.BaseModel):
                return ", ".join(value.mapped("display_name"))
            return record._fields[name].convert_to_export(value, record)

        headings = [self._fields[name]._description_string(self.env) for name in own]
        headings += [
            self.env._(
                "Charge: %(field)s",
                field=Transaction._fields[name]._description_string(self.env),
            )
            for name in CHARGE_FIELDS
        ]
        rows = []
        # In sudo mode as who may read mandates need not see all that hangs on them.
        for mandate_sudo in self.sudo():
            values = [get(mandate_sudo, name) for name in own]
            charges_sudo = mandate_sudo.transaction_ids.sorted("id")
            rows += [
                [*values, *(get(tx_sudo, name) for name in CHARGE_FIELDS)]
                for tx_sudo in charges_sudo
            ] or [[*values, *("" for _name in CHARGE_FIELDS)]]
        return headings, rows
