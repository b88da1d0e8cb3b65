# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from . import test_autopay
from . import test_autopay_amount
from . import test_autopay_asked
from . import test_autopay_credit
from . import test_autopay_day
from . import test_autopay_day_portal
from . import test_autopay_decline
from . import test_autopay_discount
from . import test_autopay_end
from . import test_autopay_failure
from . import test_autopay_instalments
from . import test_autopay_portal
from . import test_enrol
from . import test_enrol_attack
from . import test_provider_answer
from . import test_provider_run
