# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from . import test_instalments
from . import test_items_reason
from . import test_lot
from . import test_mail_failure
from . import test_notice
from . import test_opt_out
from . import test_outage
from . import test_reach
from . import test_reminder
from . import test_reply
from . import test_several
from . import test_statement
from . import test_statement_items
from . import test_summary
from . import test_throttle
from . import test_told_staff
