# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from . import account_move
from . import account_move_check
from . import account_move_choice
from . import account_move_lookup
from . import account_move_mailed
from . import account_move_portal
from . import account_move_proof
from . import account_payment
from . import payment_provider
from . import payment_provider_again
from . import payment_provider_policy
from . import payment_transaction
from . import payment_transaction_again
from . import payment_transaction_company
from . import payment_transaction_discount
from . import payment_transaction_parts
from . import paynow_page
from . import paynow_page_arrival
from . import paynow_page_checkout
from . import paynow_page_client
from . import paynow_page_policy
from . import paynow_page_work
from . import res_partner
from . import res_partner_client
from . import website
from . import website_accessibility
