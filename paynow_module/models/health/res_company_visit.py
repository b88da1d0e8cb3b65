# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import logging

from odoo import models
from odoo.http import request

from ..links.res_company import PAGE
from .res_company import AMBER, GREEN, RED
from .visitor import Visitor

_logger = logging.getLogger(__name__)


class ResCompany(models.Model):
    """What somebody gets who opens the page without being logged in."""

    _inherit = "res.company"

    def _paynow_visit(self):
        """Open the page as somebody who is not logged in.

        A website may be restricted, or another module may ask for a login. What comes
        before Odoo, as a proxy, is seen by the daily look only.

        :return: How it is (see `_paynow_prepare_check`), and what to do or to know.
        :rtype: tuple[str, str]
        """
        self.ensure_one()
        site, url = self._paynow_get_site_url(), self.paynow_address
        fine = GREEN, self.env._("Clients pay at %(url)s.", url=url)
        if not site or not request:  # Scheduled actions have a look of their own.
            return fine
        try:
            status, path = Visitor(site).ask(PAGE)
        except RuntimeError:  # As it is called there.
            return RED, self.env._(
                "Who opens %(url)s without a login is led to another website.",
                url=url,
            )
        except Exception as error:  # noqa: BLE001  Whatever else stands in the way.
            _logger.info("%s could not be asked for: %s", PAGE, error)
            return AMBER, self.env._(
                "What a client gets at %(url)s could not be looked at: %(reason)s. Open"
                " it in a private window of your browser.",
                url=url,
                reason=str(error) or type(error).__name__,
            )
        if not path.endswith(PAGE):
            return RED, self.env._(
                "Who opens %(url)s without a login is led to %(path)s and can't pay."
                " Look for a module or a setting of the website that asks for a login,"
                " and leave /PAYNOW and what is below it out.",
                url=url,
                path=path,
            )
        # Just switched on and not yet saved, it is not found by others.
        if status not in (200, 404):
            return RED, self.env._(
                "Who opens %(url)s without a login is answered: %(status)s. Look at"
                " the log of the server.",
                url=url,
                status=status,
            )
        return fine
