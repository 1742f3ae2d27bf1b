"""The demo's SMTP server, with real SMTP."""

import smtplib
import sys
import time
from email.message import EmailMessage

import pytest
from workbench.layout import Layout, current_layout
from workbench.mailbox import Mails
from workbench.processes import Background, clean_environment


@pytest.fixture
def catcher(tmp_path):
    """A running catcher: its folder and a client."""
    port_file = tmp_path / "port"
    folder = tmp_path / "mails"
    process = Background(Layout(tmp_path), "mail")
    process.start(
        [sys.executable, "-m", "workbench.mailcatcher", folder, port_file],
        clean_environment(PYTHONPATH=str(current_layout().tools)),
        tmp_path / "log",
    )
    deadline = time.monotonic() + 20
    while not port_file.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    try:
        with smtplib.SMTP(
            "127.0.0.1", int(port_file.read_text()), timeout=10
        ) as client:
            yield folder, client
    finally:
        process.stop()


def message(subject):
    """A mail with a PDF."""
    mail = EmailMessage()
    mail["Subject"] = subject
    mail.set_content("text")
    mail.add_attachment(
        b"%PDF-", maintype="application", subtype="pdf", filename="a.pdf"
    )
    return mail


def test_each_mail_is_a_file_in_order_of_arrival(catcher):
    folder, client = catcher
    for number in range(3):
        client.send_message(message(f"n{number}"), "a@example.com", ["b@example.com"])
    texts = [path.read_text() for path in sorted(folder.glob("*.eml"))]
    assert [f"Subject: n{number}" in texts[number] for number in range(3)] == [True] * 3
    assert texts[0].startswith("X-MailFrom: a@example.com\nX-RcptTo: b@example.com\n")
    mails = Mails(folder)
    assert mails.count() == 3
    assert mails.extract_documents() == 3
    assert next(mails.documents.glob("*.pdf")).read_bytes() == b"%PDF-"


def test_an_address_meant_to_be_refused_is(catcher):
    folder, client = catcher
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refusal:
        client.send_message(message("no"), "a@example.com", ["refuse.me@example.com"])
    assert refusal.value.recipients["refuse.me@example.com"][0] == 550
    assert not list(folder.glob("*.eml"))
