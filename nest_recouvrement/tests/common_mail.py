import re
import socket
from contextlib import contextmanager
from email import policy
from email.parser import BytesParser
from unittest.mock import patch

from aiosmtpd.controller import Controller

MAIL_LOGGER = "odoo.addons.mail.models.mail_mail"
# What a mail server answers when it cannot deliver (RFC 3464).
DELIVERY_REPORT = """\
Return-Path: <>
From: MAILER-DAEMON@mx.example.com (Mail Delivery System)
To: clinic@example.com
Subject: Undelivered Mail Returned to Sender
Message-Id: <returned.{address}>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="part"

--part
Content-Type: text/plain; charset=us-ascii

{reason}

--part
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.com

Final-Recipient: rfc822; {address}
Action: failed
Status: 5.1.1

--part
Content-Type: message/rfc822

{original}

--part--
"""


class Catcher:
    """A mail server that keeps what it is given, and refuses some recipients."""

    def __init__(self):
        self.messages = []

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if address.startswith("refuse"):
            return "550 No such user here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        message = BytesParser(policy=policy.default).parsebytes(envelope.content)
        self.messages.append((envelope.rcpt_tos, message))
        return "250 OK"


class MailServerCommon:
    """A real SMTP connection to a server that keeps what it is given."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.catcher = Catcher()
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        controller = Controller(cls.catcher, hostname="127.0.0.1", port=port)
        controller.start()
        cls.addClassCleanup(controller.stop)
        cls.env["ir.mail_server"].search([]).active = False
        cls.env["ir.mail_server"].create(
            {"name": "Catcher", "smtp_host": "127.0.0.1", "smtp_port": port}
        )
        # One address that the catcher sees, whatever the domain settings.
        cls.env["mail.alias.domain"].search([]).unlink()

    def setUp(self):
        super().setUp()
        self.catcher.messages.clear()

    @contextmanager
    def _sending(self):
        """Let Odoo hand e-mails over, as it does outside tests."""
        mail_server = type(self.env["ir.mail_server"])
        with patch.object(mail_server, "_disable_send", classmethod(lambda cls: False)):
            yield

    def _body(self, message):
        html = message.get_body(("html",)).get_content()
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).replace("\u202f", " ")

    def _return(self, message, address, reason="550 5.1.1 Mailbox unavailable"):
        """Hand the report of a mail server over to Odoo's gateway.

        :param message: e-mail as the mail server got it
        :param str address: recipient whom it was not delivered to
        """
        headers = [f"{name}: {message[name]}" for name in ("Message-Id", "From")]
        report = DELIVERY_REPORT.format(
            address=address, original="\n".join([*headers, "", "..."]), reason=reason
        )
        self.env["mail.thread"].sudo().message_process(False, report)
