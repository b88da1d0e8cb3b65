# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from . import res_company
from . import res_company_jobs
from . import res_company_trial
from . import res_company_web
