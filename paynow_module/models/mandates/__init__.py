# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from . import payment_provider
from . import payment_transaction
from . import payment_transaction_receipt
from . import payment_transaction_return
from . import paynow_mandate
from . import paynow_mandate_document
from . import paynow_mandate_keep
from . import paynow_mandate_state
from . import paynow_mandate_text
from . import paynow_mandate_text_version
from . import paynow_mandate_text_words
from . import paynow_page
from . import res_partner
