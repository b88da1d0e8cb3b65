# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta
from urllib.parse import urljoin

from markupsafe import Markup

from odoo import api, fields, models

from ...utils import read_signed, sign

OPT_OUT_SCOPE = "paynow_module.opt_out"
OPT_OUT_VALIDITY = timedelta(days=730)


class ResPartner(models.Model):
    """Whether and where a client gets reminders and account summaries."""

    _inherit = "res.partner"

    paynow_no_reminder = fields.Boolean(
        string="No reminders",
        help="No past due mails and no account summaries are sent to this client."
        " Invoices and receipts still are.",
        company_dependent=True,
    )
    paynow_notice_ids = fields.One2many(
        string="Pay Now notices",
        comodel_name="paynow.notice",
        inverse_name="partner_id",
        groups="account.group_account_invoice",
    )

    def _paynow_get_recipients(self):
        """Return the addresses that the account summaries of these clients go to.

        :return: The addresses of each, separated by commas; empty if none is valid.
        :rtype: dict[res.partner, str]
        """
        reach = self.commercial_partner_id._paynow_get_reach()
        return {
            client: ",".join(reach[client.commercial_partner_id][0]) for client in self
        }

    def _paynow_get_summary_obstacles(self, company):
        """Return why these clients get no account summary now, where they get none.

        :param res.company company: The company.
        :return: The reason of each, for staff; empty if nothing stands in the way.
        :rtype: dict[res.partner, str]
        """
        clients = self.commercial_partner_id
        reach, accounts = (
            clients._paynow_get_reach(),
            clients._paynow_get_accounts(company),
        )
        obstacles = {}
        for client in self.with_company(company):
            balances = {}
            items, payments = accounts[client.commercial_partner_id]
            for item in items:
                currency = item.line.currency_id
                balances[currency] = balances.get(currency, 0.0) + item.still_to_pay
            for payment, left in payments:
                currency = payment.currency_id
                balances[currency] = balances.get(currency, 0.0) - left
            reason = reach[client.commercial_partner_id][1]
            if client.paynow_no_reminder:
                reason = self.env._("The client gets no reminders.")
            elif not reason and not any(
                c.compare_amounts(b, 0.0) > 0 for c, b in balances.items()
            ):
                reason = self.env._(
                    "The client owes nothing: credits, or payments that are being"
                    " processed, cover the invoices."
                )
            obstacles[client] = reason
        return obstacles

    # === OPTING OUT === #

    def _paynow_get_opt_out_url(self, company):
        """Return the link with which this client opts out of reminders.

        :param res.company company: The company whose reminders they are.
        :return: The address; empty if the company has no page.
        :rtype: str
        """
        self.ensure_one()
        site = company._paynow_get_site_url()
        if not site:
            return ""
        values = [company.id, self.commercial_partner_id.id]
        token = sign(self, OPT_OUT_SCOPE, values, OPT_OUT_VALIDITY)
        return urljoin(site, f"/PAYNOW/reminders?client={token}")

    def _paynow_render_opt_out(self, company):
        """Return the line of a mail that leads to the page to opt out of reminders.

        :param res.company company: The company whose reminders they are.
        :rtype: Markup
        """
        self.ensure_one()
        url = self._paynow_get_opt_out_url(company)
        if not url:
            return Markup()
        return self.env["ir.qweb"]._render("paynow_module.mail_opt_out", {"url": url})

    @api.model
    def _paynow_read_opt_out(self, company, token):
        """Return the client whom a link to opt out names, if it is genuine and fresh.

        :param res.company company: The company of the website.
        :param str token: The token, as sent by the client.
        :return: The sudoed client in the company; or empty.
        :rtype: res.partner
        """
        company_id, partner_id = read_signed(self, OPT_OUT_SCOPE, token) or (0, 0)
        # In sudo mode as visitors can't read companies. It may have been switched off.
        reminding = self.env["res.company"].sudo().browse(company_id).exists()
        if company not in reminding.parent_ids:
            return self.browse()
        # In sudo mode as visitors can't read clients.
        return self.sudo().browse(partner_id).exists().with_company(reminding)

    def _paynow_set_reminders(self, wanted):
        """Note that this client wants reminders, or wants none, and tell staff.

        :param bool wanted: Whether they are wanted.
        """
        self.ensure_one()
        if self.paynow_no_reminder != wanted:
            return  # Once is enough, whatever was clicked how often.
        self.paynow_no_reminder = not wanted
        self.message_post(
            body=self.env._(
                "The client wants the reminders and account summaries of %(company)s"
                " again.",
                company=self.env.company.name,
            )
            if wanted
            else self.env._(
                "The client opted out of the reminders and account summaries of"
                " %(company)s, by the link in one of them.",
                company=self.env.company.name,
            )
        )

    # === BY HAND === #

    def action_paynow_send_summary(self):
        """Send the account summary now.

        :raise UserError: If this client gets none; several clients are just noted.
        :rtype: dict
        """
        company = self.env.company
        self.env["account.move"].check_access("write")  # Not for portal users.
        clients = self.commercial_partner_id
        clients.check_access("read")
        # In sudo mode as not everybody who may send one may write notices.
        notices = self.env["paynow.notice"].sudo()
        for client in clients.sudo():
            notices |= notices._notify_by_hand("account_summary", company, client)
        return notices._show_result(len(clients))
