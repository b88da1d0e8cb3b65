# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from contextlib import suppress

from werkzeug.exceptions import NotFound

from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import request, route

from odoo.addons.account_payment.controllers.portal import PortalAccount

from ..utils import only_texts

TIMINGS = ("before", "on", "after")


class PaynowAutopay(PortalAccount):
    """Automatic payment in the customer portal; nothing of it works without a login.

    The following routes are exposed:
    - `/my/autopay` shows the client's choice and their open invoices; posted, it sets
      or ends the choice for all invoices.
    - `/my/invoices/<id>/autopay`, posted, does so for one invoice.
    """

    @route(
        "/my/autopay",
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
        sitemap=False,
    )
    def paynow_autopay(self, **_kwargs):
        """Show the choice."""
        return self._paynow_render_autopay(self._paynow_get_autopay_company())

    @route(
        "/my/autopay",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
        sitemap=False,
        csrf=False,  # Checked below: Odoo's own check fails on a file.
    )
    def paynow_autopay_choose(self, csrf_token=None, action="", **kwargs):
        """Set or end the choice for all invoices.

        :param str csrf_token: The token of the form.
        :param str action: `on` or `off`.
        :param dict kwargs: The fields of the form.
        """
        request.env["paynow.page"]._check_own_form(csrf_token)
        company = self._paynow_get_autopay_company()
        partner = request.env.user.partner_id.commercial_partner_id
        Autopay = request.env["paynow.autopay"]
        if action == "off":
            # In sudo mode as clients can't read the choices; these are their own.
            Autopay.sudo()._get_standing(company, partner)._end("client")
            return request.redirect("/my/autopay")
        try:
            values = self._paynow_read_autopay_choice(company, kwargs)
            Autopay._choose(partner, ip=request.httprequest.remote_addr, **values)
        except UserError as error:
            return self._paynow_render_autopay(company, str(error), kwargs)
        return request.redirect("/my/autopay")

    @route(
        "/my/invoices/<int(max=2147483647):invoice_id>/autopay",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
        sitemap=False,
        csrf=False,  # Checked below, as for the choice for all.
    )
    def paynow_autopay_invoice(self, invoice_id, csrf_token=None, action="", **kwargs):
        """Have one invoice be paid automatically, or no longer.

        :param int invoice_id: The invoice.
        :param str csrf_token: The token of the form.
        :param str action: `on`, `off`, `pause` or `resume`.
        :param dict kwargs: The fields of the form.
        """
        request.env["paynow.page"]._check_own_form(csrf_token)
        invoice = request.env["account.move"].browse(invoice_id)
        try:
            invoice.check_access("read")
        except (AccessError, MissingError):
            raise NotFound() from None
        if not self._paynow_is_autopay_offered(invoice):
            raise NotFound()
        company = invoice.company_id
        url = f"/my/invoices/{invoice.id}"
        if action == "off":
            # In sudo mode as clients can't write on invoices; it is their own.
            invoice.sudo()._paynow_autopay_cancel("client")
        elif action in ("pause", "resume"):
            # In sudo mode as above.
            invoice.sudo()._paynow_autopay_pause(action == "pause")
        else:
            try:
                # In sudo mode as clients can't read the entries.
                day = invoice.sudo()._paynow_read_autopay_day(kwargs.get("day"))
                values = self._paynow_read_autopay_choice(company, kwargs, invoice, day)
                request.env["paynow.autopay"]._choose(
                    invoice.commercial_partner_id,
                    ip=request.httprequest.remote_addr,
                    invoice=invoice,
                    day=day,
                    **values,
                )
            except UserError as error:
                return self._paynow_render_autopay(company, str(error), kwargs)
        return request.redirect(url if not kwargs.get("back") else "/my/autopay")

    def _invoice_get_page_view_values(self, invoice, access_token, **kwargs):
        """Override of `account_payment` to show automatic payment to who is logged in.

        Whoever only holds the link of the invoice neither sees nor changes it.
        """
        values = super()._invoice_get_page_view_values(invoice, access_token, **kwargs)
        if self._paynow_is_autopay_offered(invoice):
            company, day = invoice.company_id, None
            with suppress(UserError):  # Another day was typed into the address.
                # In sudo mode as clients can't read the entries.
                day = invoice.sudo()._paynow_read_autopay_day(kwargs.get("paynow_day"))
            values["paynow_autopay"] = {
                **invoice.sudo()._paynow_get_autopay_card(),
                "day": day,
                "methods": self._paynow_get_autopay_methods(company, invoice, day),
            }
        return values

    # === HELPERS === #

    def _paynow_get_autopay_company(self):
        """Return the company of the website, if it takes automatic payments.

        :rtype: res.company
        :raise NotFound: If it doesn't.
        """
        company = request.website.company_id
        company_sudo = company.sudo()  # Clients can't read the settings.
        if not (company_sudo.paynow_enabled and company_sudo.paynow_autopay_enabled):
            raise NotFound()
        return company

    def _paynow_is_autopay_offered(self, invoice):
        """Tell whether the user may have an invoice be paid automatically.

        :param account.move invoice: An invoice that they may read.
        :rtype: bool
        """
        user = request.env.user
        return (
            not user._is_public()
            and user.partner_id.commercial_partner_id == invoice.commercial_partner_id
            and invoice.move_type == "out_invoice"
            and invoice._paynow_is_autopay_on()
        )

    def _paynow_get_autopay_methods(self, company, invoice=None, day=None):
        """Return the saved methods of the user that may be charged automatically.

        :param res.company company: The company that is paid.
        :param account.move invoice: The invoice, if it is about one.
        :param datetime.date day: The day on which it is paid; its due date if none.
        :return: The `id` and `name`, and as `text` what is consented to with it, the
            newest first.
        :rtype: list[dict]
        """
        Autopay = request.env["paynow.autopay"]
        # Found with the user's own rights: clients see no saved method but theirs.
        tokens = request.env["payment.token"].search(
            [("partner_id", "=", request.env.user.partner_id.id)]
        )
        methods = []
        for token_sudo in tokens.sudo():  # In sudo mode to read the provider.
            provider_sudo = token_sudo.provider_id
            if (
                provider_sudo.state != "disabled"
                and token_sudo.paynow_expiry_state != "expired"
                and provider_sudo.company_id in company.sudo().parent_ids
            ):
                methods.append(
                    {
                        "id": token_sudo.id,
                        "name": token_sudo._paynow_get_autopay_name(),
                        "text": Autopay._get_consent_text(
                            company.sudo(), invoice, token_sudo, day
                        ),
                    }
                )
        return methods

    def _paynow_read_autopay_choice(self, company, form, invoice=None, day=None):
        """Return what the form says, cast and checked.

        :param res.company company: The company that is paid.
        :param dict form: What the browser sent.
        :param account.move invoice: The invoice, if it is about one.
        :param datetime.date day: The day on which it is paid; its due date if none.
        :return: The arguments of `_choose` of `paynow.autopay`.
        :rtype: dict
        :raise UserError: If something is missing.
        """
        if any(not isinstance(value, str) for value in form.values()):
            raise UserError(
                request.env._("Please write the days and the limit in figures.")
            )
        methods = {
            str(method["id"]): method
            for method in self._paynow_get_autopay_methods(company, invoice, day)
        }
        if form.get("token_id") not in methods:
            raise UserError(request.env._("Please choose one of your saved methods."))
        method = methods[form["token_id"]]
        if form.get("consent") != "on":
            raise UserError(
                request.env._("Please tick the box: nothing is charged without it.")
            )
        text = method["text"]
        if form.get("text", text) != text:
            raise UserError(
                request.env._(
                    "What you consent to has changed since you opened the page, as a"
                    " payment has come in or a day has passed. Please read it again."
                )
            )
        values = {
            "company": company,
            "token": request.env["payment.token"].browse(method["id"]),
            "text": text,
            "use_discounts": form.get("use_discounts") == "on",
        }
        if invoice:
            return values
        days = form.get("days") or "0"
        limit = form.get("limit") or ""
        currency_sudo = company.sudo().currency_id  # What the limit is in: no secret.
        amount = currency_sudo._paynow_parse(limit) if limit.strip() else 0
        if (
            form.get("timing") not in TIMINGS
            or not days.isdecimal()
            or len(days) > 3
            or amount is None
        ):
            raise UserError(
                request.env._("Please write the days and the limit in figures.")
            )
        is_on = form["timing"] == "on"
        return {
            **values,
            "timing": form["timing"],
            "days": 0 if is_on else int(days),
            "limit": currency_sudo.round(float(amount)),
        }

    def _paynow_render_autopay(self, company, error=None, form=None):
        """Render the page of the choice.

        :param res.company company: The company that is paid.
        :param str error: What went wrong, if anything.
        :param dict form: What the browser sent, to fill in again.
        """
        partner = request.env.user.partner_id.commercial_partner_id
        Autopay = request.env["paynow.autopay"]
        # In sudo mode as clients can't read the choices; these are their own.
        values = Autopay.sudo()._get_page(company.sudo(), partner)
        return request.render(
            "paynow_module.portal_autopay",
            {
                **self._prepare_portal_layout_values(),
                **values,
                "page_name": "paynow_autopay",
                "methods": self._paynow_get_autopay_methods(company),
                "error": error,
                "form": only_texts(form or {}),
            },
        )
