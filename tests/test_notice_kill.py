"""No reminder and no account summary is lost or sent twice, whenever a run dies.

The runs are processes of their own, killed (-9) at different moments; at the end two
run at once, without the lock that Odoo's scheduler would take. PAYNOW_KILL_CLIENTS and
PAYNOW_KILLS are the number of clients and of kills (2,000 and 10 are the figures to
tell of), PAYNOW_KILL_CRONS the runs; each client has one past due invoice and is owed
one mail by each of the two runs.
"""

import os
import signal
import subprocess
import time

import pytest
from crowd import gather
from ledger import Ledger, fill

KILLS = int(os.environ.get("PAYNOW_KILLS", "1"))
#: So many that between two kills more than one lot of fifty is made.
CLIENTS = int(os.environ.get("PAYNOW_KILL_CLIENTS", 60 * KILLS))
RUN = """
Notice = env["paynow.notice"]
for name in NAMES:
    getattr(Notice, name)()
"""
CRONS = os.environ.get(
    "PAYNOW_KILL_CRONS", "_cron_past_due,_cron_account_summary"
).split(",")
NOTICES = "SELECT count(*) FROM paynow_notice"
#: Mails to the crowd by what they are about and whom they go to.
MAILS = """
SELECT count(*), coalesce(sum(n), 0)::int, coalesce(max(n), 0)::int
  FROM (SELECT count(*) AS n
          FROM mail_mail mail
          JOIN mail_message message ON message.id = mail.mail_message_id
         WHERE mail.email_to LIKE 'kill%%'
         GROUP BY message.model, mail.email_to) AS counts
"""
#: Mails without a notice, notices without a mail.
ORPHANS = """
SELECT (SELECT count(*) FROM mail_mail m
         WHERE m.email_to LIKE 'kill%%'
           AND NOT EXISTS (SELECT FROM paynow_notice n WHERE n.mail_id = m.id)),
       (SELECT count(*) FROM paynow_notice n
         WHERE n.email LIKE 'kill%%' AND n.mail_id IS NULL)
"""
STATES = """
SELECT kind, state, count(*) FROM paynow_notice
 WHERE email LIKE 'kill%%' GROUP BY kind, state ORDER BY kind, state
"""


@pytest.fixture(scope="module")
def books(stack, paynow_db, shell):
    """The books of the crowd."""
    gather(shell, "Kill", CLIENTS)
    return Ledger(stack, paynow_db, shell)


@pytest.fixture
def start_run(stack, paynow_db):
    """A function that starts a run in a process of its own."""
    command = stack.command("shell", "-d", paynow_db, "--no-http", "--log-level=error")
    processes = []

    def start():
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            env=stack.environment,
        )
        process.stdin.write(fill(RUN, NAMES=CRONS).encode())
        process.stdin.close()
        processes.append(process)
        return process

    yield start
    for process in processes:
        process.kill()
        process.wait()


def test_killed_runs_lose_nothing_and_send_nothing_twice(books, start_run):
    """After each kill every mail has its notice; at the end everybody has one each."""
    ((others,),) = books.query(NOTICES)
    owed, moments = len(CRONS) * CLIENTS, []
    for kill in range(KILLS):
        # The kills are spread over both kinds of mail, and over the work for one.
        aim = others + (kill + 1) * owed // (KILLS + 2)
        run = start_run()
        while books.query(NOTICES)[0][0] < aim and run.poll() is None:
            time.sleep(0.001)
        time.sleep(kill * 0.003)
        run.kill()
        assert run.wait() == -signal.SIGKILL, "The run ended before it was killed."
        assert books.query(ORPHANS) == [(0, 0)]
        moments.append(books.query(MAILS)[0][1])
    print(f"mails when the runs were killed: {moments}")
    assert sorted(set(moments)) == moments and moments[-1] < owed

    runs = [start_run(), start_run()]
    assert [run.wait() for run in runs] == [0, 0]
    assert start_run().wait() == 0  # Once more changes nothing.
    ((recipients, mails, most),) = books.query(MAILS)
    print(
        f"clients: {CLIENTS}, mails owed: {owed}, made: {mails},"
        f" duplicates: {mails - recipients}, lost: {owed - recipients};"
        f" notices: {books.query(STATES)}"
    )
    assert (recipients, mails, most) == (owed, owed, 1)
    assert books.query(ORPHANS) == [(0, 0)]
    states = books.query(STATES)
    assert [(state, count) for _kind, state, count in states] == [
        ("queued", CLIENTS) for _cron in CRONS
    ]
