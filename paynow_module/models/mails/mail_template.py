# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import re

from odoo import fields, models
from odoo.tools import is_html_empty

# Where a body calls one of these, its author has placed the link already.
OWN_LINK = re.compile(
    r"paynow_url|_paynow_render_(?:link|button)|paynow_module\.mail_button"
)
# The line that begins a signature in mails, with the line breaks before it.
SIGNATURE = re.compile(r"(?:<br\s*/?>\s*)*<(div|p|span)\b[^>]*>\s*--\s*(?:<br|</\1>)")
END = re.compile(r"(?:\s*</div>)*\s*\Z")


class MailTemplate(models.Model):
    _inherit = "mail.template"

    paynow_no_button = fields.Boolean(
        string="Without Pay Now button",
        help="Mails made from this template carry no button to pay the invoice.",
    )

    def _generate_template(self, res_ids, render_fields, **options):
        """Override of `mail` to give each mail of a lot values of its own.

        The context has them as `paynow_mail_values`, by the id of the record.
        """
        results = super()._generate_template(res_ids, render_fields, **options)
        values = self.env.context.get("paynow_mail_values", {})
        for res_id in results:
            results[res_id].update(values.get(res_id, {}))
        return results

    def _render_lang(self, res_ids, engine="inline_template"):
        """Override of `mail` to write in a language also to who has none.

        That is the one of the page which the visitor reads. Staff and scheduled actions
        write in the company's.
        """
        langs = super()._render_lang(res_ids, engine=engine)
        layout = self.email_layout_xmlid or ""
        unknown = [res_id for res_id in res_ids if not langs.get(res_id)]
        is_read = self.env.lang and not self.env.user._is_internal()
        if not unknown or is_read or not layout.startswith("paynow_module."):
            return langs
        records = self.env[self.render_model].browse(unknown)
        companies = records._mail_get_companies(default=self.env.company)
        # In sudo mode as the language of a company is no secret.
        return langs | {
            res_id: company.sudo().partner_id.lang
            for res_id, company in companies.items()
        }

    def _render_template(
        self,
        template_src,
        model,
        res_ids,
        engine="inline_template",
        add_context=None,
        options=None,
    ):
        """Override of `mail` to add the Pay Now button to the bodies of invoice mails.

        The templates belong to the administrator, so the button is added to what they
        render, in the language of the mail.
        """
        bodies = super()._render_template(
            template_src,
            model,
            res_ids,
            engine=engine,
            add_context=add_context,
            options=options,
        )
        if (
            len(self) != 1
            or model != "account.move"
            or engine != "qweb"
            or template_src != self.body_html
            or self.paynow_no_button
            or OWN_LINK.search(template_src or "")
        ):
            return bodies
        for invoice in self.env[model].browse(res_ids):
            body = bodies[invoice.id]
            # In sudo mode as the settings of a company are not for everybody to read.
            if not invoice.company_id.sudo().paynow_email_links or is_html_empty(body):
                continue
            if button := invoice._paynow_render_link():
                place = SIGNATURE.search(body) or END.search(body)
                start = place.start()
                bodies[invoice.id] = body[:start] + button + body[start:]
        return bodies
