# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from . import account_move
from . import account_move_credit
from . import account_move_discount
from . import account_move_line
from . import account_move_open_item
from . import account_move_received
from . import account_move_withholding
from . import account_payment
from . import res_partner_credit
from . import res_partner_open_item
