# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from . import test_amount
from . import test_guard
from . import test_lookup
from . import test_pages
from . import test_payment
from . import test_settings
