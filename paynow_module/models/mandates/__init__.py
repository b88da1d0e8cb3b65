# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from . import payment_transaction
from . import paynow_mandate
from . import paynow_mandate_keep
from . import paynow_mandate_text
