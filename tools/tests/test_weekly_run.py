"""The weekly run in real processes: killed half-way, started twice, sending twice.

Each test starts ``odoo shell`` on the copy of the test database that ``make test``
makes, with a real SMTP server; what is done there is committed.
"""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import contextmanager
from email import policy
from email.parser import BytesParser

import psycopg2
import pytest
from aiosmtpd.controller import Controller

from odoo.tools import config

GUARANTORS = 24
TIMEOUT = 240

# Common beginning of the scripts; ``env`` is what odoo shell offers.
PREPARE = """
from datetime import timedelta
from odoo import Command

def prepare(count, port):
    env['ir.mail_server'].search([]).active = False
    env['ir.mail_server'].create(
        {'name': 'Catcher', 'smtp_host': '127.0.0.1', 'smtp_port': port})
    company = env.company
    company.email = 'clinic@nest.example'
    company.recouvrement_officer_id = env.ref('base.user_admin')
    env['res.partner'].search([('is_guarantor', '=', True)]).is_guarantor = False
    env['recouvrement.run'].search([('state', '=', 'running')]).state = 'failed'
    partners = env['res.partner'].create([
        {'name': f'IPM {i}', 'is_company': True, 'is_guarantor': True,
         'email': f'ipm{i}@guarantor.example'} for i in range(count)])
    due = company._recouvrement_today() - timedelta(days=10)
    env['account.move'].create([
        {'move_type': 'out_invoice', 'partner_id': partner.id, 'invoice_date': due,
         'invoice_date_due': due, 'invoice_line_ids': [Command.create(
            {'name': 'Care', 'price_unit': 1000, 'tax_ids': [Command.clear()]})]}
        for partner in partners]).action_post()
    env.cr.commit()
"""

RUN = """
env['recouvrement.run'].with_context(
    recouvrement_no_pdf=True)._cron_weekly(batch_size=5)
env.cr.commit()
"""


class Catcher:
    """A mail server that keeps what it gets, and may do something meanwhile."""

    def __init__(self):
        self.recipients = []
        self.on_mail = None
        self.on_data = None

    async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802
        """Before the message is taken."""
        if self.on_mail:
            self.on_mail(len(self.recipients))
        envelope.mail_from = address
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        """Keep the message; the sender knows it only after the answer."""
        message = BytesParser(policy=policy.default).parsebytes(envelope.content)
        assert message["Message-Id"]
        self.recipients += envelope.rcpt_tos
        if self.on_data:
            self.on_data(len(self.recipients))
            await asyncio.sleep(0.2)
        return "250 OK"


@pytest.fixture
def catcher():
    """A mail server on a free port of 127.0.0.1."""
    handler = Catcher()
    with socket.create_server(("127.0.0.1", 0)) as free:
        handler.port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=handler.port)
    controller.start()
    yield handler
    controller.stop()


def database():
    """Return the name of the database for processes."""
    name = config["db_name"]
    return f"{name[0] if isinstance(name, list) else name}_processes"


def start(script):
    """Start ``odoo shell`` with a script; its output is collected by a thread."""
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "odoo", "shell", "-c", config["config"]),
            *("-d", database(), "--no-http", "--log-level=warn"),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    process.lines = []
    process.reader = threading.Thread(
        target=lambda: process.lines.extend(process.stdout), daemon=True
    )
    process.reader.start()
    process.stdin.write(script)
    process.stdin.close()
    return process


def finish(process):
    """Wait for the end of a process; return what it printed."""
    try:
        process.wait(TIMEOUT)
    finally:
        if process.poll() is None:
            process.kill()
    process.reader.join(10)
    return "".join(process.lines)


def execute(script):
    """Run a script to its end; it must succeed."""
    process = start(script)
    output = finish(process)
    assert process.returncode == 0, output
    return output


def wait_for(process, text):
    """Wait until a process has printed ``text``."""
    limit = time.monotonic() + TIMEOUT
    while time.monotonic() < limit:
        if any(text in line for line in process.lines):
            return
        assert process.poll() is None, "".join(process.lines)
        time.sleep(0.05)
    raise AssertionError(f"{text} did not come")


@contextmanager
def cursor():
    """A plain connection to the database of the processes."""
    connection = psycopg2.connect(
        dbname=database(),
        host=config["db_host"],
        port=config["db_port"],
        user=config["db_user"],
    )
    try:
        with connection, connection.cursor() as cr:
            yield cr
    finally:
        connection.close()


def journal():
    """Return (recipients, state, delivery) of the reminders of followed guarantors."""
    with cursor() as cr:
        cr.execute(
            """SELECT partner.email, action.state, action.delivery_state
                 FROM recouvrement_action action
                 JOIN res_partner partner ON partner.id = action.partner_id
                WHERE action.channel = 'email' AND partner.is_guarantor"""
        )
        return cr.fetchall()


def assert_each_once(catcher, uncertain=0):
    """Check that every guarantor has one action, and got one e-mail.

    :param uncertain: messages of which nobody can know whether they left
    """
    rows = journal()
    expected = {f"ipm{i}@guarantor.example" for i in range(GUARANTORS)}
    assert Counter(row[0] for row in rows) == Counter(expected)
    assert {row[1] for row in rows} == {"done"}
    states = Counter(row[2] for row in rows)
    assert states["sent"] == GUARANTORS - uncertain
    assert states["uncertain"] == uncertain
    received = Counter(catcher.recipients)
    assert max(received.values()) == 1
    missing = expected - set(received)
    assert len(missing) <= uncertain
    certain = {row[0] for row in rows if row[2] == "sent"}
    assert certain <= set(received)
    return missing


def kill(process):
    """Kill a process as a power cut would."""
    os.kill(process.pid, signal.SIGKILL)
    process.wait(TIMEOUT)


def test_killed_between_batches(catcher):
    """Killed after a batch: the next call does the rest, each exactly once."""
    execute(f"{PREPARE}\nprepare({GUARANTORS}, {catcher.port})")
    died = start(
        """
import os, signal
model = type(env['recouvrement.run'])
perform, calls = model._perform_due_steps, []
def dying(self, dossiers):
    calls.append(1)
    if len(calls) == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return perform(self, dossiers)
model._perform_due_steps = dying
"""
        + RUN
    )
    finish(died)
    assert died.returncode == -signal.SIGKILL
    assert len(catcher.recipients) == 10
    execute(RUN)
    assert not assert_each_once(catcher)
    with cursor() as cr:
        cr.execute(
            "SELECT state, dossier_count, action_count FROM recouvrement_run"
            " ORDER BY id DESC LIMIT 1"
        )
        assert cr.fetchone() == ("done", GUARANTORS, 2 * GUARANTORS)
    before = len(catcher.recipients)
    execute(RUN)
    assert len(catcher.recipients) == before


def test_killed_when_the_server_took_the_message(catcher):
    """Killed before the answer: the message left once, and is not sent again."""
    execute(f"{PREPARE}\nprepare({GUARANTORS}, {catcher.port})")
    victim = []

    def strike(count):
        if count == 7 and victim:
            os.kill(victim.pop().pid, signal.SIGKILL)

    catcher.on_data = strike
    victim.append(start(RUN))
    process = victim[0]
    finish(process)
    assert process.returncode == -signal.SIGKILL
    catcher.on_data = None
    execute(RUN)
    assert not assert_each_once(catcher, uncertain=1)


def test_killed_before_the_server_took_the_message(catcher):
    """Killed in the middle of a dialogue: one message is reported, none is doubled."""
    execute(f"{PREPARE}\nprepare({GUARANTORS}, {catcher.port})")
    victim = []

    def strike(count):
        if count == 7 and victim:
            os.kill(victim.pop().pid, signal.SIGKILL)
            time.sleep(0.2)

    catcher.on_mail = strike
    victim.append(start(RUN))
    process = victim[0]
    finish(process)
    assert process.returncode == -signal.SIGKILL
    catcher.on_mail = None
    execute(RUN)
    missing = assert_each_once(catcher, uncertain=1)
    with cursor() as cr:
        cr.execute(
            """SELECT partner.email
                 FROM recouvrement_action action
                 JOIN res_partner partner ON partner.id = action.partner_id
                 JOIN mail_activity activity
                   ON activity.recouvrement_action_id = action.id AND activity.active
                WHERE action.delivery_state = 'uncertain'
                  AND partner.is_guarantor"""
        )
        assert {row[0] for row in cr.fetchall()} == missing


def test_two_runs_at_once(catcher):
    """Two processes follow up one company: the second one is refused in words."""
    execute(f"{PREPARE}\nprepare({GUARANTORS}, {catcher.port})")
    execute_run = """
run = env['recouvrement.run'].with_context(recouvrement_no_pdf=True).create(
    {'company_id': env.company.id})
env.cr.commit()
run.action_execute()
env.cr.commit()
"""
    slow = start(
        """
import time
model = type(env['recouvrement.run'])
perform = model._perform_due_steps
def slowly(self, dossiers):
    print('RUNNING', flush=True)
    time.sleep(8)
    return perform(self, dossiers)
model._perform_due_steps = slowly
"""
        + execute_run
    )
    wait_for(slow, "RUNNING")
    second = start(execute_run)
    output = finish(second)
    assert second.returncode != 0
    assert "is running already" in output
    output = finish(slow)
    assert slow.returncode == 0, output
    assert not assert_each_once(catcher)


def test_two_senders_at_once(catcher):
    """Two processes empty the mail queue: each message leaves once."""
    execute(f"{PREPARE}\nprepare({GUARANTORS}, {catcher.port})")
    execute(
        """
run = env['recouvrement.run'].with_context(recouvrement_no_pdf=True).create(
    {'company_id': env.company.id})
model = type(env['recouvrement.action'])
model._send_queued = lambda self: None
run.action_execute()
env.cr.commit()
"""
    )
    send = "env['mail.mail'].process_email_queue()\nenv.cr.commit()\n"
    senders = [start(send), start(send)]
    for sender in senders:
        output = finish(sender)
        assert sender.returncode == 0, output
    execute(send)
    assert not assert_each_once(catcher)


def test_two_invoices_posted_at_once(catcher):
    """Two invoices of one guarantor posted at the same time do not conflict."""
    execute(f"{PREPARE}\nprepare(1, {catcher.port})")
    post = """
partner = env['res.partner'].search([('is_guarantor', '=', True)])
journal = env['account.journal'].create(
    {'name': 'Sales %(code)s', 'type': 'sale', 'code': '%(code)s'})
env.cr.commit()
move = env['account.move'].create(
    {'move_type': 'out_invoice', 'partner_id': partner.id, 'journal_id': journal.id,
     'invoice_line_ids': [Command.create(
        {'name': 'Care', 'price_unit': 500, 'tax_ids': [Command.clear()]})]})
env.cr.commit()
move.action_post()
print('POSTED', flush=True)
%(wait)s
env.cr.commit()
"""
    first = start(PREPARE + post % {"code": "SA", "wait": "import time; time.sleep(8)"})
    wait_for(first, "POSTED")
    execute(PREPARE + post % {"code": "SB", "wait": ""})
    assert first.poll() is None
    output = finish(first)
    assert first.returncode == 0, output
    execute("env['recouvrement.dossier']._refresh_stale(); env.cr.commit()")
    with cursor() as cr:
        cr.execute(
            """SELECT dossier.balance FROM recouvrement_dossier dossier
                 JOIN res_partner partner ON partner.id = dossier.partner_id
                WHERE partner.is_guarantor"""
        )
        assert [row[0] for row in cr.fetchall()] == [2000]
