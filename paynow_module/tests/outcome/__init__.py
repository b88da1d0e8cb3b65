# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from . import test_answer
from . import test_branch
from . import test_day
from . import test_document
from . import test_failure
from . import test_items_receipt
from . import test_items_refund
from . import test_late_news
from . import test_mail_later
from . import test_not_ours
from . import test_receipt
from . import test_receipt_day
from . import test_received_news
from . import test_refund
from . import test_return
from . import test_return_books
from . import test_watchdog
from . import test_words
