# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from . import test_attempts
from . import test_captcha
from . import test_claim
from . import test_limits
from . import test_payment_limits
from . import test_safety
from . import test_work
