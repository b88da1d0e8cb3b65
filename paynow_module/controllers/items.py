# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import http
from odoo.http import request

from ..models.payment.account_move_proof import Pick
from ..utils import is_plain_text, only_texts

MAX_REASON_LENGTH = 140  # Characters.
MAX_ID_LENGTH = 10  # Digits.


class PaynowItems(http.Controller):
    """The list of all that a client owes, of which they tick what they pay at once.

    Its address holds numbers that are of use to no other browser.
    """

    @http.route(
        "/PAYNOW/items/<int(max=2147483647):company_id>"
        "/<int(max=2147483647):client_id>",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        sitemap=False,
    )
    def paynow_items(
        self, company_id, client_id, currency=None, tick=None, picks=None, **_kwargs
    ):
        """Show the list to the client whose it is.

        :param int company_id: To whom they owe.
        :param int client_id: The client.
        :param str currency: The code of the currency that is shown.
        :param str tick: What is ticked: `all` or `overdue`.
        :param str picks: By what the session knows what was ticked before.
        """
        page = request.env["paynow.page"]
        page._get_company()  # Off is off.
        client = page._get_client(company_id, client_id)
        if not client:
            return page._render_expired()
        form = {}
        of_company_id, of_client_id, ticked = page._get_picks(picks)
        if (of_company_id, of_client_id) == (company_id, client_id):
            # In sudo mode as visitors can't read invoices.
            invoice_sudo = (
                request.env["account.move"].sudo().browse(ticked[0].invoice_id)
            )
            currency = invoice_sudo.currency_id.name
            form = page._prepare_form(ticked, invoice_sudo)
        return page._render_items(client, currency=currency, tick=tick, form=form)

    @http.route(
        "/PAYNOW/items/<int(max=2147483647):company_id>"
        "/<int(max=2147483647):client_id>",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
        sitemap=False,
        csrf=False,  # Checked below, so that an old page loses nothing that was typed.
    )
    def paynow_pick(self, company_id, client_id, csrf_token=None, **kwargs):
        """Take what was ticked, and lead to its checkout.

        :param int company_id: To whom they owe.
        :param int client_id: The client.
        :param str csrf_token: The token of the form.
        :param dict kwargs: The fields of the form, by name.
        """
        page = request.env["paynow.page"]
        page._get_company()  # Off is off.
        client = page._get_client(company_id, client_id)
        if not client:
            return page._render_expired()
        texts = only_texts(kwargs)
        currency = texts.get("currency")
        form = self._paynow_read_form(texts)
        content = {"currency": currency, "form": form}
        if not page._is_own_form(csrf_token):
            return page._render_items(client, error=page._explain_old_form(), **content)
        picks, error = self._paynow_read_picks(client, currency, form)
        if error:
            return page._render_items(client, error=error, **content)
        # In sudo mode as visitors can't read invoices.
        invoice_sudo = request.env["account.move"].sudo().browse(picks[0].invoice_id)
        total = invoice_sudo.currency_id.round(sum(pick.amount for pick in picks))
        proof = invoice_sudo._paynow_sign(
            total, client.email, client.source, key=page._keep_picks(client, picks)
        )
        return page._redirect(f"/PAYNOW/checkout/{proof}")

    def _paynow_read_form(self, texts):
        """Return what was typed, by the ids of the items.

        :param dict texts: The fields of the form, by name.
        :return: See `_render_items` of `paynow.page`.
        :rtype: dict[int, dict]
        """
        ticked = request.httprequest.form.getlist("item")
        form = {}
        for name, text in texts.items():
            field, _underscore, item_id = name.partition("_")
            if field in ("amount", "reason") and _is_id(item_id):
                row = form.setdefault(
                    int(item_id),
                    {"is_ticked": False, "amount": "", "reason": "", "error": None},
                )
                row[field] = text[:MAX_REASON_LENGTH]
        for item_id in ticked:
            if _is_id(item_id) and int(item_id) in form:
                form[int(item_id)]["is_ticked"] = True
            else:  # No form of ours sends it.
                form[0] = {"is_ticked": True}
        if len(set(ticked)) < len(ticked):
            form[0] = {"is_ticked": True}
        return form

    def _paynow_read_picks(self, client, currency, form):
        """Return what was ticked, if it is what the list offered.

        :param Client client: The client.
        :param str currency: The code of the currency that was shown.
        :param dict form: What was typed; what is wrong with a row is added to it.
        :return: What was ticked, and what is wrong with it as a whole, if anything.
        :rtype: tuple[list[Pick], str|None]
        """
        visitor = request.env["paynow.page"]._get_visitor()
        found = client.client_sudo._paynow_get_payable_items(
            client.company_sudo, visitor
        )
        currency = currency or next(
            (item.line.currency_id.name for item in found), None
        )  # That of the list as it opens.
        items = {
            item.line.id: item
            for item in found
            if item.line.currency_id.name == currency
        }
        ticked_ids = [id_ for id_, row in form.items() if row["is_ticked"]]
        picks, has_errors = [], False
        for item_id in ticked_ids:
            item, row = items.get(item_id), form[item_id]
            if not item:
                form.pop(item_id)
                return [], request.env._(
                    "Something of what you ticked can't be paid here any more. Please"
                    " look at the list again."
                )
            move = item.line.move_id
            amount, row["error"] = move._paynow_read_item_amount(
                item, row["amount"], visitor
            )
            has_errors = has_errors or bool(row["error"])
            is_short = amount is not None and amount < item.still_to_pay
            reason = " ".join(row["reason"].split())
            if not is_short or not is_plain_text(reason):
                reason = ""
            picks.append(Pick(item_id, move.id, amount, reason))
        if not picks:
            return [], request.env._("Please tick at least one invoice.")
        if has_errors:
            return [], request.env._("Please look at the amounts below.")
        order = list(items)
        return sorted(picks, key=lambda pick: order.index(pick.line_id)), None


def _is_id(text):
    """Tell whether a text may be the id of a record.

    :param str text: What the client sent.
    :rtype: bool
    """
    return text.isdecimal() and len(text) <= MAX_ID_LENGTH
