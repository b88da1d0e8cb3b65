# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import api, fields, models
from odoo.exceptions import UserError

#: What a version is.
WORDS = {"body", "notice_days"}
#: For whom and what it is.
PLACE_KEYS = ("scheme", "medium", "kind")


class PaynowMandateText(models.Model):
    """How words change: what was shown once stays as it is, the new ones follow it."""

    _inherit = "paynow.mandate.text"

    is_kept = fields.Boolean(
        string="Kept as it is",
        help="Words of all companies, and those that a client has agreed to, never"
        " change: who writes others makes a new version.",
        compute="_compute_is_kept",
    )

    @api.depends("company_id")
    def _compute_is_kept(self):
        # In sudo mode as whoever writes words need not see all mandates.
        used = self.env["paynow.mandate"].sudo().search([("text_id", "in", self.ids)])
        for text in self:
            text.is_kept = bool(text.id) and (
                not text.company_id or text in used.text_id
            )

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `base` to number the versions, and to end the one before."""
        followed = self.browse()
        for vals in vals_list:
            company_id = vals.get("company_id", False)
            others = self.with_context(active_test=False).search(
                [
                    ("company_id", "in", (company_id, False)),
                    *((key, "=", vals.get(key)) for key in PLACE_KEYS),
                ]
            )
            vals["version"] = max(others.mapped("version"), default=0) + 1
            followed |= others.filtered(
                lambda text, company_id=company_id: (
                    text.active and text.company_id.id == company_id
                )
            )
        texts = super().create(vals_list)
        followed.filtered("company_id").write({"active": False})
        return texts

    def _make_version(self):
        """Return a copy of these words that the company may change.

        All their translations come with it.

        :rtype: paynow.mandate.text
        """
        self.ensure_one()
        company = self.company_id or self.env.company
        return self.copy({"company_id": company.id, "active": True})

    def write(self, vals):
        """Override of `base` to make a new version of words that are kept."""
        kept = self.filtered("is_kept")
        if kept and WORDS & vals.keys():
            for text in kept:
                text._make_version().write(vals)
            return super(PaynowMandateText, self - kept).write(vals)
        if kept and (set(vals) != {"active"} or not all(t.company_id for t in kept)):
            kept._refuse_change()
        return super().write(vals)

    def _update_field_translations(
        self, field_name, translations, digest=None, source_lang=""
    ):
        """Override of `base` to change no language of words that are kept, either."""
        if self.is_kept:
            self._refuse_change()
        res = super()._update_field_translations(
            field_name, translations, digest=digest, source_lang=source_lang
        )
        for lang in translations:
            self.with_context(lang=lang)._check_body()
        return res

    def _refuse_change(self):
        """Refuse to change what is evidence, or what others fall back on.

        :raise UserError: Always.
        """
        raise UserError(
            self.env._("These words are kept as they are. Write a new version.")
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_kept(self):
        """Keep words that somebody has agreed to, or that others fall back on."""
        if any(text.is_kept for text in self):
            raise UserError(
                self.env._("Clients have agreed to these words, or still will.")
            )

    def action_new_version(self):
        """Open a copy of these words, to be changed.

        :rtype: dict
        """
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self._make_version().id,
            "view_mode": "form",
        }
