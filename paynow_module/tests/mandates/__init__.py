# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from . import test_mandate_document
from . import test_mandate_guest
from . import test_mandate_keep
from . import test_mandate_return
from . import test_mandate_text
