# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from . import autopay
from . import autopay_link
from . import card
from . import checkout
from . import code
from . import enrol
from . import enrol_payment
from . import invoice
from . import items
from . import link
from . import mandate
from . import payment
from . import paynow
from . import receipt
from . import reminders
from . import tell
