# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

# From the ground up: a room may ask those above it here, and no other.
from . import company
from . import ledger
from . import limits
from . import payment
from . import links
from . import outcome
from . import mails
from . import cards
from . import notices
from . import mandates
from . import autopay
from . import reports
from . import health
