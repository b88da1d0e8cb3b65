# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from . import payment_refund_wizard
from . import paynow_hold
from . import paynow_mandate_allow
from . import paynow_return
from . import paynow_settings
from . import res_config_settings
