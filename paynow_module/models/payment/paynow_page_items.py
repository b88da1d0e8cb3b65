# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from secrets import token_urlsafe

from odoo import api, models
from odoo.http import request

from ...exceptions import PaynowRefusal
from .account_move_proof import Pick

PICKS_KEY = "paynow_picks"
MAX_PICKS = 5  # In one session: as many tabs.
MAX_ITEMS = 500  # In one list; whoever has more pays the oldest first.


class PaynowPage(models.AbstractModel):
    """The list of all that a client owes, and what they have ticked in it."""

    _inherit = "paynow.page"

    @api.model
    def _keep_picks(self, client, picks):
        """Keep what a client has ticked, for the pages that follow.

        The session keeps it, on the server: it is too much for an address.

        :param Client client: The client.
        :param list[Pick] picks: What they have ticked.
        :return: The key by which it is found again.
        :rtype: str
        """
        key = token_urlsafe(12)
        kept = [*request.session.get(PICKS_KEY, {}).items()][1 - MAX_PICKS :]
        kept.append((key, [client.company_sudo.id, client.client_sudo.id, picks]))
        request.session[PICKS_KEY] = dict(kept)
        return key

    @api.model
    def _get_picks(self, key):
        """Return what a client has ticked in this browser.

        :param str key: See `_keep_picks`.
        :return: The company and the client, as ids, and what they have ticked; nothing
            if it is no longer kept.
        :rtype: tuple[int, int, tuple[Pick, ...]]
        """
        company_id, client_id, picks = request.session.get(PICKS_KEY, {}).get(
            key, (0, 0, ())
        )
        return company_id, client_id, tuple(Pick(*pick) for pick in picks)

    @api.model
    def _get_picked_url(self, company, client, amounts):
        """Return the address of a client's list, for who tries again.

        :param res.company company: The company to which they owe.
        :param res.partner client: The client.
        :param dict[int, float] amounts: What was ticked, by the ids of the items; this
            browser finds it ticked again, if it is still kept.
        :rtype: str
        """
        url = self._get_items_url(company, client)
        for key in reversed(request.session.get(PICKS_KEY, {}) if request else {}):
            company_id, client_id, picks = self._get_picks(key)
            if (company_id, client_id) == (company.id, client.id) and amounts == {
                pick.line_id: pick.amount for pick in picks
            }:
                return f"{url}?picks={key}"
        return url

    @api.model
    def _render_items(self, client, currency=None, tick=None, form=None, error=None):
        """Render the list of what a client owes, in one currency.

        :param Client client: The client.
        :param str currency: The code of the currency; that of what is due first if it
            is none of the list.
        :param str tick: What is ticked: `all`, `overdue` or nothing.
        :param dict form: What was typed, by the item: `is_ticked`, `amount`, `reason`
            and `error`, if anything.
        :param str error: What is wrong with all of it.
        """
        company_sudo, client_sudo = client.company_sudo, client.client_sudo
        items = client_sudo._paynow_get_payable_items(company_sudo, self._get_visitor())
        by_currency = {}
        for item in items:
            by_currency.setdefault(item.line.currency_id, []).append(item)
        chosen = next(
            (each for each in by_currency if each.name == currency),
            next(iter(by_currency), company_sudo.currency_id),
        )
        shown = by_currency.get(chosen, [])
        rows = [self._prepare_item(item, tick, form) for item in shown[:MAX_ITEMS]]
        url = self._get_items_url(company_sudo, client_sudo)
        return self._render(
            "paynow_module.items",
            {
                "rows": rows,
                "hidden": len(shown) > MAX_ITEMS
                and self.env._(
                    "%(count)s more are open, due later. They follow once these are"
                    " paid.",
                    count=len(shown) - MAX_ITEMS,
                ),
                "url": url,
                "currency": chosen,
                "zero": chosen._paynow_format(0.0),
                "others": [
                    {"name": each.name, "url": f"{url}?currency={each.name}"}
                    for each in by_currency
                    if each != chosen
                ],
                "credit": self._prepare_credit(shown),
                "owing": self.env._(
                    "What %(client)s owes to %(company)s",
                    client=client_sudo.name,
                    company=company_sudo.name,
                ),
                "has_late": any(row["is_late"] for row in rows),
                "error": error,
                "errors": [row for row in rows if row["error"]],
            },
        )

    @api.model
    def _render_items_changed(self, proven):
        """Render the list anew if what was ticked can't all be paid any more.

        :param Proof proven: What was ticked.
        :return: The page, with a line for each item that has changed; None if none has.
        """
        invoice_sudo = proven.invoice_sudo
        company_sudo = invoice_sudo.company_id
        client_sudo = invoice_sudo.commercial_partner_id
        try:
            client_sudo._paynow_check_picks(
                company_sudo, proven.picks, self._get_visitor()
            )
        except PaynowRefusal as refusal:
            client = self._get_client(company_sudo.id, client_sudo.id)
            return self._render_items(
                client,
                currency=invoice_sudo.currency_id.name,
                form=self._prepare_form(proven.picks, invoice_sudo),
                error=str(refusal),
            )
        return None

    @api.model
    def _prepare_form(self, picks, invoice_sudo):
        """Return what was ticked as it stands in the form of the list.

        :param tuple[Pick] picks: What was ticked.
        :param account.move invoice_sudo: One of the invoices.
        :rtype: dict[int, dict]
        """
        return {
            pick.line_id: {
                "is_ticked": True,
                "amount": invoice_sudo._paynow_format_input(pick.amount),
                "reason": pick.reason,
            }
            for pick in picks
        }

    @api.model
    def _prepare_item(self, item, tick, form):
        """Prepare the row of an open item; see `_render_items`.

        :param OpenItem item: The item.
        :rtype: dict
        """
        row = item.line.move_id._paynow_prepare_item(item)
        row.update(
            {
                "is_ticked": row["is_payable"]
                and (tick == "all" or (tick == "overdue" and row["is_late"])),
                "reason": "",
                "error": None,
            }
        )
        row.update((form or {}).get(item.line.id, {}))
        return row

    @api.model
    def _prepare_credit(self, items):
        """Return what the client has paid too much, in words, if anything.

        :param list[OpenItem] items: The open items of one currency.
        :rtype: str|None
        """
        move = items[0].line.move_id if items else None
        credit = move._paynow_get_credit() if items else 0.0
        if not credit:
            return None
        return self.env._(
            "You have %(amount)s of credit that is not applied to any invoice. If it is"
            " for one of these, please ask us before you pay.",
            amount=move._paynow_format(credit),
        )

    @api.model
    def _prepare_picks(self, proven):
        """Prepare the checkout of what a client has ticked; see `_get_summary`.

        :param Proof proven: What they have ticked.
        :return: The same as `_paynow_get_summary` of `account.move` for one invoice,
            with the items as `rows`.
        :rtype: dict
        """
        invoice_sudo, currency = proven.invoice_sudo, proven.invoice_sudo.currency_id
        lines_sudo = self.env["account.move.line"].sudo()  # Visitors can't read them.
        numbers = lines_sudo.browse(
            pick.line_id for pick in proven.picks
        )._paynow_get_numbers()
        rows = [
            {
                "number": numbers[lines_sudo.browse(pick.line_id)],
                "amount": invoice_sudo._paynow_format(pick.amount),
                "reason": pick.reason,
            }
            for pick in proven.picks
        ]
        total = invoice_sudo._paynow_format(proven.amount)
        company, client = invoice_sudo.company_id, invoice_sudo.commercial_partner_id
        url = self._get_items_url(company, client)
        return {
            "number": self._get_items_title(len(rows)),
            "rows": rows,
            "url": f"{url}?picks={proven.key}",
            "paying_now": total,
            "pay_label": self.env._("Pay %(amount)s", amount=total),
            "full_label": False,
            "left": False,
            "discount_note": False,
            "notes": {},
            "instalments": [],
            "choices": [],
            "autopay_date": False,
            "currency": currency,
        }

    @api.model
    def _get_items_title(self, count):
        """Return how several open items are called together.

        :param int count: How many there are.
        :rtype: str
        """
        if count == 1:
            return self.env._("1 invoice")
        return self.env._("%(count)s invoices", count=count)
