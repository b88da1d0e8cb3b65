# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from . import test_amount
from . import test_guard
from . import test_limits
from . import test_link
from . import test_lookup
from . import test_mail_button
from . import test_pages
from . import test_payment
from . import test_portal_guard
from . import test_provider_setup
from . import test_return
from . import test_safety
from . import test_settings
from . import test_unallocated
from . import test_watchdog
