# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from . import ir_http
from . import paynow_attempt
from . import paynow_limit
from . import paynow_limit_words
from . import paynow_limit_work
from . import res_company
