# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from . import account_move
from . import ir_http
from . import payment_provider
from . import payment_transaction
from . import res_company
