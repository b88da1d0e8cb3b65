# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from . import account_move
from . import account_move_items
from . import account_move_tell
from . import mail_mail
from . import mail_thread
from . import payment_token
from . import payment_transaction
from . import paynow_notice
from . import paynow_notice_hand
from . import paynow_notice_owed
from . import paynow_notice_queue
from . import paynow_notice_run
from . import res_company
from . import res_partner
from . import res_partner_mail
from . import res_partner_reach
from . import res_partner_statement
