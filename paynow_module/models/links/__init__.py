# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from . import account_move
from . import account_move_qr
from . import paynow_attempt
from . import paynow_code
from . import paynow_page
from . import res_company
from . import res_partner
from . import res_partner_items
from . import website_menu
