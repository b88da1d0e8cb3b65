# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from . import test_month
from . import test_report
from . import test_report_days
from . import test_report_payments
