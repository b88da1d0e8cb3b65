# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from . import test_settings
from . import test_platform
from . import test_public_methods
from . import test_translations
from . import test_uninstall
from . import test_views

# Odoo's runner looks for the modules that are named here.
from .ledger import *  # noqa: F403
from .limits import *  # noqa: F403
from .payment import *  # noqa: F403
from .links import *  # noqa: F403
from .outcome import *  # noqa: F403
from .mails import *  # noqa: F403
from .cards import *  # noqa: F403
from .notices import *  # noqa: F403
from .mandates import *  # noqa: F403
from .autopay import *  # noqa: F403
from .reports import *  # noqa: F403
from .health import *  # noqa: F403
