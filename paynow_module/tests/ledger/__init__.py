# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from . import test_deposit
from . import test_discount
from . import test_discount_any
from . import test_discount_day
from . import test_open_item
from . import test_oracle
from . import test_received
from . import test_received_twice
from . import test_to_the_cent
from . import test_unallocated
