# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import api, models

from .res_company import CALM

# Bits of the browser's work, see `paynow_page_work`, and at most so many more: from
# 33,000 hashes to 520,000 on average. A computer reckons 180,000 a second.
WORK_BITS = 15
MAX_MORE_BITS = 4


class PaynowLimit(models.Model):
    """What a visitor meets who looks up, as far as limits only slow down."""

    _inherit = "paynow.limit"

    @api.model
    def _get_obstacle(self, company, is_fresh=False, **values):
        """Return for how long look-ups are closed to a visitor, and by what work open.

        The more limits are reached that only slow down, the more work it is.

        :param res.company company: See `_get_wait`, as the others.
        :param bool is_fresh: Whether what others have done since this request began
            counts, too.
        :return: The seconds after which all is open, and the bits of the work; without
            bits, work opens nothing.
        :rtype: tuple[int, int]
        """
        if wait := self._get_calm_wait(company, "lookup"):
            return wait, 0
        limits = self._prepare_limits(company, "lookup", values)
        if is_fresh:
            with self.env.registry.cursor() as cr:
                counts = self._count(cr, company, limits)
        else:
            self.env["paynow.attempt"].flush_model()
            counts = self._count(self.env.cr, company, limits)
        waits = [
            (wait, limit.is_slow)
            for limit, (_count, wait) in zip(limits, counts, strict=True)
            if wait
        ]
        closed = max([wait for wait, is_slow in waits if not is_slow], default=0)
        if closed:
            return closed, 0
        slow = [wait for wait, _is_slow in waits]
        if not (values.get("has_worked") or values.get("is_known")) and (
            company.sudo()._paynow_needs_work()
        ):  # In sudo mode as visitors can't read all of a company.
            slow.append(int(CALM.total_seconds()))
        if not slow:
            return 0, 0
        return max(slow), WORK_BITS + min(len(slow) - 1, MAX_MORE_BITS)
