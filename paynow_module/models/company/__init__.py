# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from . import account_move
from . import ir_actions_report
from . import mail_activity_mixin
from . import mail_mail
from . import mail_thread
from . import res_company
from . import res_company_day
from . import res_company_mail
from . import res_company_site
from . import res_company_staff
from . import res_currency
from . import res_partner
from . import website
