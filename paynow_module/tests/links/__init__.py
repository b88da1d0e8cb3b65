# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from . import test_branch_site
from . import test_code
from . import test_code_stranger
from . import test_finding
from . import test_items_link
from . import test_items_portal
from . import test_link
from . import test_mailed
from . import test_neutralize
from . import test_secure_link
from . import test_void
