# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from . import test_health
from . import test_mail_health
from . import test_sender
from . import test_stranger
from . import test_watch
