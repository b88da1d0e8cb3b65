# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from . import test_settings
from . import test_translations

# Odoo's runner looks for the modules that are named here.
from .ledger import *
from .limits import *
from .payment import *
from .links import *
from .outcome import *
from .mails import *
from .cards import *
from .notices import *
from .autopay import *
from .reports import *
from .health import *
