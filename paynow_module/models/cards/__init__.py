# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from . import payment_token
from . import payment_transaction
from . import res_company
from . import res_partner
