# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from . import account_move
from . import account_move_line
from . import account_payment
from . import ir_http
from . import mail_mail
from . import payment_transaction_receipt
from . import payment_transaction_mail
from . import payment_transaction_answer
from . import payment_transaction_document
from . import payment_transaction_received
from . import payment_transaction_refund
from . import payment_transaction_refund_items
from . import payment_transaction_release
from . import payment_transaction_return
from . import payment_transaction_trouble
from . import payment_transaction_watchdog
from . import payment_transaction_reference
from . import res_company
