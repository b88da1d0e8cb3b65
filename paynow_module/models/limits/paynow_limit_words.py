# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import api, fields, models

from ...utils import format_wait


class PaynowLimit(models.Model):
    """How a limit reads to who sets it."""

    _inherit = "paynow.limit"

    sentence = fields.Char(string="In words", compute="_compute_sentence")

    @api.depends("action", "kind", "key", "maximum", "minutes", "by_network", "effect")
    @api.depends_context("lang")
    def _compute_sentence(self):
        labels = {
            name: dict(self._fields[name]._description_selection(self.env))
            for name in ("action", "kind", "key")
        }
        for limit in self:
            values = {
                "action": labels["action"].get(limit.action),
                "kind": labels["kind"].get(limit.kind),
                "count": limit.maximum,
                "time": format_wait(limit.minutes * 60, self.env.lang),
                "key": labels["key"].get(limit.key),
            }
            if limit.effect == "slow" and limit.by_network:
                limit.sentence = self.env._(
                    "%(action)s need a captcha, or some work of the browser, after"
                    " “%(kind)s” from %(count)s networks within %(time)s, for the same:"
                    " %(key)s.",
                    **values,
                )
            elif limit.effect == "slow":
                limit.sentence = self.env._(
                    "%(action)s need a captcha, or some work of the browser, after"
                    " “%(kind)s” %(count)s times within %(time)s, for the same:"
                    " %(key)s.",
                    **values,
                )
            elif limit.by_network:
                limit.sentence = self.env._(
                    "%(action)s are closed after “%(kind)s” from %(count)s networks"
                    " within %(time)s, for the same: %(key)s.",
                    **values,
                )
            else:
                limit.sentence = self.env._(
                    "%(action)s are closed after “%(kind)s” %(count)s times within"
                    " %(time)s, for the same: %(key)s.",
                    **values,
                )
