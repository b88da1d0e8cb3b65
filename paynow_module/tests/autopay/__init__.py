# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from . import test_announce
from . import test_announce_clients
from . import test_announce_courtesy
from . import test_announce_link
from . import test_announce_mails
from . import test_autopay
from . import test_autopay_amount
from . import test_autopay_asked
from . import test_autopay_credit
from . import test_autopay_decline
from . import test_autopay_discount
from . import test_autopay_end
from . import test_autopay_failure
from . import test_autopay_instalments
from . import test_autopay_hold
from . import test_autopay_mandate
from . import test_autopay_next
from . import test_autopay_portal
from . import test_autopay_portal_stop
from . import test_autopay_stop
from . import test_provider_answer
from . import test_provider_class
from . import test_provider_decline
from . import test_provider_run
