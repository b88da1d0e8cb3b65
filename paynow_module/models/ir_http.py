# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import models
from odoo.http import request

from ..utils import get_client_key


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _get_translation_frontend_modules_name(cls):
        """Override of `http_routing` to translate the texts of our scripts."""
        return super()._get_translation_frontend_modules_name() + ["paynow_module"]

    @classmethod
    def _handle_error(cls, exception):
        """Override of `http_routing` to answer a failed transaction like a refused one.

        Odoo's JSON errors carry the traceback to whoever asked. The failure itself is
        logged by the server as ever, and the database transaction was rolled back.
        """
        response = super()._handle_error(exception)
        dispatcher = request.dispatcher
        request_id = getattr(dispatcher, "request_id", None)
        if (
            dispatcher.routing_type == "jsonrpc"
            and "/PAYNOW/" in request.httprequest.path
        ):
            request.env.cr.rollback()  # It may have failed in the database.
            cls._paynow_count_failure()
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
        return response

    @classmethod
    def _paynow_count_failure(cls):
        """Count a failed transaction like a refusal: it may have called a provider.

        Beyond the limits nothing is written, as for refusals.
        """
        website = getattr(request, "website", None)  # Unset by a malformed request.
        company = website and website.company_id
        ip = get_client_key(request.httprequest.remote_addr)
        if (
            company
            and company.sudo().paynow_enabled
            and not request.env["paynow.limit"]._get_wait(company, "payment", ip=ip)
        ):
            request.env["paynow.attempt"]._log(company, "payment_refused", ip=ip)
