# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from . import paynow_script
from . import res_company
from . import res_company_autopay
from . import res_company_jobs
from . import res_company_mail
from . import res_company_sender
from . import res_company_trial
from . import res_company_visit
from . import res_company_watch
from . import res_company_web
