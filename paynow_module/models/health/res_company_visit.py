# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import logging

from odoo import models
from odoo.http import request

from ..links.res_company import PAGE
from .visitor import Visitor

_logger = logging.getLogger(__name__)


class ResCompany(models.Model):
    """What somebody gets who opens the page without being logged in."""

    _inherit = "res.company"

    def _paynow_get_stranger_obstacle(self):
        """Return what keeps strangers from the page, although it is switched on.

        A website may be restricted, or another module may ask for a login. What comes
        before Odoo, as a proxy, is seen by the daily look only.

        :return: The obstacle, and what to do; None if there is none.
        :rtype: str|None
        """
        self.ensure_one()
        url = self._paynow_get_site_url()
        if not url or not request:  # Scheduled actions have a look of their own.
            return None
        try:
            status, path = Visitor(url).ask(PAGE)
        except RuntimeError:  # As it is called there.
            return self.env._(
                "Who opens %(url)s without a login is led to another website.",
                url=self.paynow_address,
            )
        except Exception as error:  # noqa: BLE001  Whatever else stands in the way.
            _logger.info("%s could not be asked for: %s", PAGE, error)
            return None
        if not path.endswith(PAGE):
            return self.env._(
                "Who opens %(url)s without a login is led to %(path)s and can't pay."
                " Look for a module or a setting of the website that asks for a login,"
                " and leave /PAYNOW and what is below it out.",
                url=self.paynow_address,
                path=path,
            )
        # Just switched on and not yet saved, it is not found by others.
        if status not in (200, 404):
            return self.env._(
                "Who opens %(url)s without a login is answered: %(status)s. Look at"
                " the log of the server.",
                url=self.paynow_address,
                status=status,
            )
        return None
