# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from werkzeug.exceptions import (
    HTTPException,
    LengthRequired,
    MethodNotAllowed,
    RequestEntityTooLarge,
)

from odoo import models
from odoo.http import request

from ...const import HEADERS
from ...utils import get_client_key

#: Bytes of a form of ours, which the longest message has not half of.
MAX_FORM_SIZE = 16 * 1024


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _get_translation_frontend_modules_name(cls):
        """Override of `http_routing` to translate the texts of our scripts."""
        return super()._get_translation_frontend_modules_name() + ["paynow_module"]

    @classmethod
    def _match(cls, path_info):
        """Override of `http_routing` to send nothing from here without our headers.

        That are redirects to another language or spelling, which repeat a token, and
        the answers to a wrong method or kind of body. OPTIONS is such a method: Odoo
        adds it to each route and would run ours, payment included.
        """
        # Later, other addresses are matched for this request, to localize them.
        is_first = not hasattr(request, "is_frontend")
        try:
            rule, args = super()._match(path_info)
            if is_first and cls._paynow_is_ours():
                if request.httprequest.method == "OPTIONS":
                    raise MethodNotAllowed(sorted(rule.methods - {"OPTIONS"}))
                request._set_request_dispatcher(rule)
            return rule, args
        except HTTPException as error:
            if is_first and cls._paynow_is_ours():
                cls._paynow_silence_error(error)
            raise

    @classmethod
    def _serve_fallback(cls):
        """Override of `website` to find nothing where an address holds a nul.

        PostgreSQL refuses to be asked for it.
        """
        return None if "\x00" in request.httprequest.path else super()._serve_fallback()

    @classmethod
    def _paynow_check_size(cls):
        """Refuse a request whose body is longer than any form of ours, or doesn't say.

        :raise HTTPException: If it is.
        """
        size = request.httprequest.content_length
        if size is None and "Transfer-Encoding" in request.httprequest.headers:
            raise LengthRequired()
        if (size or 0) > MAX_FORM_SIZE:
            raise RequestEntityTooLarge()

    @classmethod
    def _pre_dispatch(cls, rule, args):
        """Override of `http_routing` to refuse what is too long before it is read.

        No answer of a JSON route goes without our headers: some are made before the
        route is reached, that to a body that is no JSON; nor does a redirect.
        """
        if rule.endpoint.__module__.startswith("odoo.addons.paynow_module."):
            cls._paynow_check_size()
        if not cls._paynow_is_ours():
            return super()._pre_dispatch(rule, args)
        if request.dispatcher.routing_type == "jsonrpc":
            request.future_response.headers.update(HEADERS)
        try:
            return super()._pre_dispatch(rule, args)
        except HTTPException as error:
            cls._paynow_silence_error(error)
            raise

    @classmethod
    def _handle_error(cls, exception):
        """Override of `http_routing` to answer a failed transaction like a refused one.

        Odoo's JSON errors carry the traceback to whoever asked. The failure itself is
        logged by the server as ever, and the database transaction was rolled back.
        """
        if isinstance(exception, LengthRequired | RequestEntityTooLarge):
            return cls._paynow_silence(exception)
        dispatcher = request.dispatcher
        if (
            dispatcher.routing_type == "jsonrpc"
            and "/PAYNOW/" in request.httprequest.path
        ):
            # Odoo's own answer isn't even made: it may fail in its turn.
            request.env.cr.rollback()  # It may have failed in the database.
            cls._paynow_count_failure("payment", "payment_refused")
            request_id = getattr(dispatcher, "request_id", None)
            message = request.env._(
                "Something went wrong on our side and nothing was paid. Please try"
                " again in a few minutes."
            )
            response = request.make_json_response(
                {
                    "jsonrpc": "2.0",
                    # Any other id may be what could not be answered.
                    "id": request_id if isinstance(request_id, int) else None,
                    "result": {"state": "error", "state_message": message},
                }
            )
        else:
            if (
                request.httprequest.method == "POST"
                and request.httprequest.path.lower() == "/paynow"
                and not isinstance(exception, HTTPException)
            ):
                request.env.cr.rollback()  # What was begun is not kept.
                typed = getattr(request, "params", {})
                cls._paynow_count_failure(
                    "lookup",
                    "lookup_failed",
                    email=typed.get("email"),
                    number=typed.get("invoice"),
                )
            response = super()._handle_error(exception)
        # The address of what failed may hold a token.
        return cls._paynow_silence(response) if cls._paynow_is_ours() else response

    @classmethod
    def _paynow_silence(cls, response):
        """Return the answer to something that failed, with our headers.

        :param response: A response or an HTTP exception.
        :rtype: werkzeug.wrappers.Response
        """
        if isinstance(response, HTTPException):
            response = response.get_response(request.httprequest.environ)
        response.headers.update(HEADERS)
        return response

    @classmethod
    def _paynow_silence_error(cls, error):
        """Have an error be answered with our headers.

        :param HTTPException error: An error, or a response that was raised as one.
        """
        if error.code is None:
            error.response.headers.update(HEADERS)
        else:
            error.error_response = cls._paynow_silence(error)

    @classmethod
    def _paynow_is_ours(cls):
        """Tell whether the address that was asked for is one of our pages or routes.

        :rtype: bool
        """
        path = request.httprequest.path.lower().replace("\0", "/")
        return "paynow" in path.split("/")

    @classmethod
    def _paynow_count_failure(cls, action, kind, **typed):
        """Count what failed on our side like what is refused: nobody tries for free.

        A payment may have called a provider. Beyond the limits nothing is written, as
        for refusals.

        :param str action: What the visitor wanted to do.
        :param str kind: As what to record it.
        :param dict typed: What the visitor typed, as for `_log` of the attempts.
        """
        website = getattr(request, "website", None)  # Unset by a malformed request.
        company = website and website.company_id
        typed["ip"] = get_client_key(request.httprequest.remote_addr)
        if (
            company
            and company.sudo().paynow_enabled
            and not request.env["paynow.limit"]._claim(
                company, action, has_worked=True, **typed
            )
        ):
            request.env["paynow.attempt"]._log(company, kind, **typed)
