# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from . import account_move
from . import account_move_autopay
from . import account_move_link
from . import account_move_lookup
from . import account_move_reminder
from . import ir_http
from . import mail_template
from . import paynow_attempt
from . import paynow_limit
from . import paynow_notice
from . import payment_provider
from . import payment_token
from . import payment_transaction
from . import payment_transaction_receipt
from . import payment_transaction_trouble
from . import res_company
from . import res_company_safety
from . import res_company_setup
