"""A mail server that is away, in fast motion: no mail is lost, and none goes twice.

Instead of waiting, the dates in the database are moved into the past. The mails are
real ones over a socket; what arrives there is what clients have. PAYNOW_OUTAGE_CLIENTS
is the number of clients who are owed a reminder and an account summary each.
"""

import os
from collections import Counter
from contextlib import nullcontext
from itertools import pairwise

import pytest
from crowd import gather
from ledger import Ledger, fill

from dev.progress import Stop
from dev.server import free_port

CLIENTS = int(os.environ.get("PAYNOW_OUTAGE_CLIENTS", "5"))
THREE_HOURS, DAY = 180, 24 * 60  # Minutes.
#: Makes the mails that are owed, and the receipt of a payment.
OWE = """
invoice = env["account.move"].search([("name", "=", f"{PREFIX}/model")])
provider = env.ref("payment.payment_provider_demo")
tx = env["payment.transaction"].create({
    "provider_id": provider.id,
    "payment_method_id": env.ref("payment.payment_method_card").id,
    "amount": 1, "currency_id": invoice.currency_id.id,
    "partner_id": invoice.partner_id.id, "reference": f"{PREFIX}-1",
    "invoice_ids": invoice.ids, "operation": "online_direct", "is_paynow": True,
    "paynow_email": f"{PREFIX.lower()}-payer@client.example.com"})
tx._set_done()
tx._post_process()
env.cr.commit()
for name in ("_cron_past_due", "_cron_account_summary"):
    getattr(env["paynow.notice"], name)()
"""
#: Works the queue off; the process dies when the server has taken so many mails.
QUEUE = """
import os, signal
from odoo.addons.base.models.ir_mail_server import IrMail_Server

send_email, taken = IrMail_Server.send_email, []
def send(self, *args, **kwargs):
    taken.append(send_email(self, *args, **kwargs))
    if len(taken) == DIES_AFTER:
        os.kill(os.getpid(), signal.SIGKILL)
    return taken[-1]
IrMail_Server.send_email = send
env["mail.mail"].process_email_queue()
env.cr.commit()
"""
RETRY = """
env["mail.mail"].search([("state", "=", "exception")]).action_retry()
env.cr.commit()
"""
SERVER = "UPDATE ir_mail_server SET smtp_port = %s WHERE active RETURNING id"
#: Ours that wait: their number, and how long they do, in minutes.
WAITING = """
SELECT count(*), coalesce(extract(epoch FROM
       min(scheduled_date) - (now() AT TIME ZONE 'UTC')) / 60, 0)::float
  FROM mail_mail WHERE state = 'outgoing' AND paynow_patience > 0
"""
#: How long after the first try one of them is tried again, in minutes.
AGE = """
SELECT extract(epoch FROM scheduled_date - paynow_tried_date)::float / 60
  FROM mail_mail WHERE state = 'outgoing' AND paynow_patience > 0 ORDER BY id LIMIT 1
"""
#: Has so many minutes pass.
PASS = """
UPDATE mail_mail
   SET scheduled_date = scheduled_date - %(time)s,
       paynow_tried_date = paynow_tried_date - %(time)s,
       write_date = write_date - %(time)s;
UPDATE paynow_notice SET write_date = write_date - %(time)s;
"""
STATES = """
SELECT state, count(*)::int FROM paynow_notice WHERE email LIKE %s GROUP BY state
"""
TOLD = """
SELECT note FROM mail_activity WHERE summary = 'Pay Now: mails could not be sent'
"""
#: Has done what staff were told.
DONE = """
DELETE FROM mail_activity WHERE summary = 'Pay Now: mails could not be sent'
"""


class Post:
    """The mails of a company, its mail server, and the clock."""

    def __init__(self, books, shell, inbox):
        self._books, self._shell, self._inbox = books, shell, inbox
        self._query = books.query
        inbox.connect(shell)
        ((self._port,),) = self._query("SELECT smtp_port FROM ir_mail_server LIMIT 1")

    def owe(self, prefix):
        """Have a crowd be owed mails; return how many.

        :param str prefix: see `gather`; letters only
        """
        self._prefix = prefix.lower()
        self._query(DONE)
        self.connect(False)
        gather(self._shell, prefix, CLIENTS)
        self._shell(fill(OWE, PREFIX=prefix))
        return self._query(WAITING)[0][0]

    def connect(self, is_there):
        """Have the mail server be there, or away."""
        self._query(SERVER, self._port if is_there else free_port())

    def work(self, dies_after=0):
        """Work the mail queue off once.

        :param int dies_after: after so many mails the process is killed
        """
        with pytest.raises(Stop) if dies_after else nullcontext():
            self._shell(fill(QUEUE, DIES_AFTER=dies_after))

    def retry(self):
        """Press *Retry* on what failed."""
        self._shell(RETRY)

    def wait(self, minutes=0):
        """Have so many minutes pass, by default those until the next mail is due."""
        minutes = minutes or self._query(WAITING)[0][1]
        self._query(PASS.replace("%(time)s", f"interval '{minutes:.3f} minutes'"))

    def count(self):
        """Return how many mails wait.

        :rtype: int
        """
        return self._query(WAITING)[0][0]

    def read_ages(self):
        """Return how long after the first try a mail is tried again, if one waits.

        :return: minutes
        :rtype: list[float]
        """
        return [age for (age,) in self._query(AGE)]

    def read_states(self):
        """Return how many notices are in which state.

        :rtype: dict[str, int]
        """
        return dict(self._query(STATES, f"{self._prefix}%"))

    def read_told(self):
        """Return what staff were told.

        :rtype: list[str]
        """
        return [note for (note,) in self._query(TOLD)]

    def read_arrived(self):
        """Return how often each mail arrived, by recipient and subject.

        :rtype: Counter
        """
        return Counter(
            (recipient, message["Subject"])
            for message, recipients in zip(
                self._inbox.messages, self._inbox.recipients, strict=True
            )
            for recipient in recipients
            if recipient.startswith(self._prefix)
        )


@pytest.fixture(scope="module")
def post(stack, paynow_db, shell, inbox):
    """The post of the company."""
    return Post(Ledger(stack, paynow_db, shell), shell, inbox)


def test_three_hours_without_a_mail_server(post):
    """Reminders, summaries and a receipt wait, longer and longer; each arrives once."""
    owed = post.owe("Away")
    assert owed > 2 * CLIENTS
    ages = [0]
    while ages[-1] < THREE_HOURS:
        post.work()
        assert post.count() == owed
        assert set(post.read_states()) == {"queued"}
        ages += post.read_ages()
        post.wait()
    assert not post.read_arrived()
    post.connect(True)
    post.work()
    assert post.count() == 0
    post.work()
    arrived = post.read_arrived()
    print(f"owed: {owed}, tried after minutes: {[round(age) for age in ages]}")
    # Each as long as all before, whatever else the machine does.
    assert all(later > 1.5 * age for age, later in pairwise(ages[1:]))
    assert len(arrived) == 2 * CLIENTS + 1 and set(arrived.values()) == {1}
    assert post.read_states() == {"sent": 2 * CLIENTS}
    assert not post.read_told()


@pytest.mark.parametrize("who", ["Process", "Server"])
def test_who_goes_away_when_a_mail_is_taken(post, inbox, who):
    """The others arrive; this one not again, and staff are told that it is unknown."""
    post.owe(who)
    post.connect(True)
    if who == "Process":
        post.work(dies_after=1)
    else:
        inbox.hangs_up = True
        post.work()
        inbox.hangs_up = False
    post.work()
    assert not post.read_told()
    post.wait(70)
    post.work()
    arrived = post.read_arrived()
    assert len(arrived) == 2 * CLIENTS + 1 and set(arrived.values()) == {1}
    (note,) = post.read_told()
    assert "1 mails" in note


def test_a_day_without_a_mail_server(post):
    """Staff are told once, after a day; what they then retry arrives once."""
    post.owe("Day")
    ages = []
    while post.count():
        post.work()
        ages += post.read_ages()
        post.wait()
        assert not post.read_told()
    assert round(ages[-1]) == DAY
    for _hour in range(3):
        post.wait(70)
        post.work()
    assert len(post.read_told()) == 1
    assert post.read_states() == {"failed": 2 * CLIENTS}
    post.connect(True)
    post.retry()
    post.work()
    arrived = post.read_arrived()
    assert len(arrived) == 2 * CLIENTS + 1 and set(arrived.values()) == {1}
