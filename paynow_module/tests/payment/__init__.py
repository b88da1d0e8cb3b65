# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from . import test_again
from . import test_again_stripe
from . import test_ambiguity
from . import test_amount
from . import test_checkout
from . import test_equal_work
from . import test_guard
from . import test_guard_proof
from . import test_guard_rules
from . import test_guard_state
from . import test_headers
from . import test_idempotence
from . import test_lookup
from . import test_number
from . import test_page_cache
from . import test_page_frame
from . import test_page_safety
from . import test_pages
from . import test_parts
from . import test_parts_orders
from . import test_payable
from . import test_payment
from . import test_portal_guard
from . import test_portal_rules
from . import test_proof
from . import test_provider_setup
