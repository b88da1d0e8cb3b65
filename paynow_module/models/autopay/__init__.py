# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from . import account_move
from . import account_move_claims
from . import account_move_credit
from . import account_move_failure
from . import account_move_item
from . import account_move_line
from . import account_move_notice
from . import account_move_day
from . import account_move_plan
from . import account_move_run
from . import account_payment
from . import payment_provider
from . import payment_token
from . import payment_transaction
from . import payment_transaction_leftover
from . import paynow_autopay
from . import paynow_autopay_choice
from . import paynow_autopay_page
from . import paynow_autopay_day
from . import res_company
from . import res_partner
