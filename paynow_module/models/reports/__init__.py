# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from . import payment_transaction
from . import paynow_days
from . import paynow_funnel
from . import res_company
