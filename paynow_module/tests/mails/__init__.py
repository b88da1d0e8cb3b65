# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from . import test_mail_button
from . import test_mail_programs
from . import test_mails
