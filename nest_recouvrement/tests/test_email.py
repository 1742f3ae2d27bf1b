from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import NOW, RecouvrementCommon
from .common_mail import MAIL_LOGGER, MailServerCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestEmail(MailServerCommon, RecouvrementCommon):
    """Reminders by e-mail, over a real SMTP connection."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.email = "clinic@example.com"
        cls.officer.write({"email": "rac@example.com", "phone": "+221 77 100 00 00"})
        cls.company.recouvrement_officer_id = cls.officer
        cls.guarantor = cls._create_guarantor()
        cls.invoice = cls._invoice(cls.guarantor, 125_000, due=-40)

    def _remind(self, pdf=False):
        """Execute the run, and return the action of the guarantor's reminder."""
        run = self.env["recouvrement.run"].create({"company_id": self.company.id})
        run.with_context(recouvrement_no_pdf=not pdf).action_execute()
        return self._search_dossiers(self.guarantor).action_ids.filtered(
            lambda action: action.channel == "email"
        )

    def _send(self, actions):
        with self._sending():
            actions.with_context(recouvrement_no_pdf=True)._get_queued_mails().send()

    def test_reminder_leaves_with_its_statement(self):
        """It goes to the guarantor, with the statement; answers go to the RAC."""
        action = self._remind(pdf=True)
        self.assertRecordValues(
            action,
            [
                {
                    "state": "done",
                    "delivery_state": "outgoing",
                    "recipients": '"IPM Teranga" <ipm.teranga@example.com>',
                }
            ],
        )
        self._send(action)
        ((recipients, message),) = self.catcher.messages
        self.assertEqual(recipients, ["ipm.teranga@example.com"])
        self.assertIn("rac@example.com", message["Reply-To"])
        self.assertIn("125", self._body(message))
        (attachment,) = message.iter_attachments()
        self.assertEqual(attachment.get_content_type(), "application/pdf")
        self.assertEqual(action.delivery_state, "sent")
        self.assertEqual(len(action.attachment_ids), 1)

    def test_invoice_contacts_come_first(self):
        """Every contact of type invoice is written to, and then nobody else."""
        for name in ("compta", "archives"):
            self.env["res.partner"].create(
                {
                    "name": name,
                    "parent_id": self.guarantor.id,
                    "type": "invoice",
                    "email": f"{name}@example.com",
                }
            )
        self._send(self._remind())
        sent_to = [recipients for recipients, _message in self.catcher.messages]
        self.assertEqual(
            sorted(sent_to), [["archives@example.com"], ["compta@example.com"]]
        )

    def test_paid_meanwhile_does_not_leave(self):
        """Paid while its reminder is in the queue: it does not leave."""
        action = self._remind()
        self._pay(self.invoice)
        self._send(action)
        self.assertFalse(self.catcher.messages)
        self.assertRecordValues(
            action, [{"state": "skipped", "delivery_state": "cancelled"}]
        )
        self.assertFalse(self._search_dossiers(self.guarantor).pending_action_id)

    def test_partly_paid_meanwhile_leaves_corrected(self):
        """Partly paid while in the queue: the reminder leaves with what is left."""
        action = self._remind()
        self._pay(self.invoice, amount=25_000)
        self._send(action)
        ((_recipients, message),) = self.catcher.messages
        body = self._body(message)
        self.assertRegex(body, r"100[\s,.\u00a0]000")
        self.assertNotRegex(body, r"125[\s,.\u00a0]000")
        self.assertEqual(action.amount, 100_000)
        self.assertRecordValues(
            action.line_ids, [{"residual_amount": 100_000, "amount": 100_000}]
        )

    def test_credited_meanwhile_does_not_leave(self):
        """Credited in full while in the queue: nothing is owed, nothing leaves."""
        action = self._remind()
        self._credit_note(self.guarantor, 125_000, invoices=self.invoice)
        self._send(action)
        self.assertFalse(self.catcher.messages)
        self.assertEqual(action.delivery_state, "cancelled")
        self.assertTrue(action.is_withdrawn)

    def test_partly_credited_meanwhile_leaves_corrected(self):
        """Credited in part, not matched yet: it leaves for 125 000 - 45 000."""
        action = self._remind()
        self._credit_note(self.guarantor, 45_000)
        self._send(action)
        ((_recipients, message),) = self.catcher.messages
        self.assertRegex(self._body(message), r"80[\s,.\u00a0]000")
        self.assertEqual(action.amount, 80_000)

    def test_cancelled_invoice_is_not_reminded(self):
        """Cancelled while its reminder is in the queue: it does not leave."""
        action = self._remind()
        self.invoice.button_draft()
        self.invoice.button_cancel()
        self._send(action)
        self.assertFalse(self.catcher.messages)
        self.assertEqual(action.delivery_state, "cancelled")

    def test_one_invoice_of_two_cancelled_meanwhile(self):
        """One of two invoices cancelled while in the queue: the other is claimed."""
        self._invoice(self.guarantor, 60_000, due=-20)
        action = self._remind()
        self.assertEqual(action.amount, 185_000)
        self.invoice.button_draft()
        self.invoice.button_cancel()
        self._send(action)
        ((_recipients, message),) = self.catcher.messages
        body = self._body(message)
        self.assertRegex(body, r"60[\s,.\u00a0]000")
        self.assertNotIn(self.invoice.name, body)
        self.assertRecordValues(action, [{"amount": 60_000, "state": "done"}])

    def test_disputed_meanwhile_does_not_leave(self):
        """Contested in full while in the queue: it does not leave."""
        action = self._remind()
        self._dispute(self.invoice)
        self._send(action)
        self.assertFalse(self.catcher.messages)
        self.assertEqual(action.delivery_state, "cancelled")

    def test_promised_meanwhile(self):
        """Promised in part while in the queue: it leaves for the rest only."""
        action = self._remind()
        self._promise(self.invoice, amount=100_000)
        self._send(action)
        ((_recipients, message),) = self.catcher.messages
        self.assertRegex(self._body(message), r"25[\s,.\u00a0]000")
        self.assertEqual(action.amount, 25_000)
        self._promise(self.invoice, amount=25_000)
        self.assertFalse(self._search_dossiers(self.guarantor).claimable_amount)

    def test_archived_meanwhile_does_not_leave(self):
        """No longer followed up while in the queue: it does not leave."""
        action = self._remind()
        self.guarantor.is_guarantor = False
        self._send(action)
        self.assertFalse(self.catcher.messages)
        self.assertEqual(action.delivery_state, "cancelled")

    def test_merged_meanwhile_leaves_corrected(self):
        """Merged into another guarantor while in the queue: it leaves for both."""
        other = self._create_guarantor(name="IPM Teranga 2")
        self._invoice(other, 75_000, due=-10)
        action = self._remind()
        wizard = self.env["base.partner.merge.automatic.wizard"]
        wizard._merge((other + self.guarantor).ids, self.guarantor)
        self._send(action)
        messages = [
            self._body(message)
            for recipients, message in self.catcher.messages
            if recipients == ["ipm.teranga@example.com"]
        ]
        self.assertEqual(len(messages), 1)
        self.assertRegex(messages[0], r"200[\s,.\u00a0]000")
        self.assertEqual(action.amount, 200_000)

    def test_hold_stops_what_is_in_the_queue(self):
        """Put on hold while in the queue: the reminder does not leave."""
        action = self._remind()
        action.dossier_id.write({"hold_until": self.today, "hold_reason": "Meeting"})
        self._send(action)
        self.assertFalse(self.catcher.messages)
        self.assertEqual(action.delivery_state, "cancelled")

    def test_refused_by_the_mail_server(self):
        """Refused: the action fails with what the server said; the RAC is told."""
        self.guarantor.email = "refuse.me@example.com"
        action = self._remind()
        with mute_logger(MAIL_LOGGER, "odoo.addons.base.models.ir_mail_server"):
            self._send(action)
        self.assertEqual((action.state, action.delivery_state), ("failed", "exception"))
        self.assertIn("550 No such user here", action.failure_reason)
        self.assertNotIn("b'", action.failure_reason)
        self.assertEqual(action.activity_ids.user_id, self.officer)
        self.assertEqual(action.run_id.failure_count, 1)

    def test_refused_then_repaired(self):
        """Once the address is right, trying again sends one e-mail, and one only."""
        self.guarantor.email = "refuse.me@example.com"
        action = self._remind()
        with mute_logger(MAIL_LOGGER, "odoo.addons.base.models.ir_mail_server"):
            self._send(action)
        self.guarantor.email = "right@example.com"
        action.with_user(self.officer).with_context(
            recouvrement_no_pdf=True
        ).action_retry()
        self._send(action)
        self.assertEqual(
            [recipients for recipients, _message in self.catcher.messages],
            [["right@example.com"]],
        )
        self.assertRecordValues(
            action,
            [{"state": "done", "delivery_state": "sent", "failure_reason": False}],
        )
        self.assertFalse(action.activity_ids)

    def test_message_leaves_once(self):
        """A message that may have left before a crash is not sent again."""
        action = self._remind()
        mail = action._get_queued_mails()
        dispatch = self.env["recouvrement.dispatch"]
        recipient = "somebody"
        self.assertTrue(dispatch._claim(mail.message_id, recipient))
        self.addCleanup(dispatch._release, mail.message_id, recipient)
        self.assertFalse(dispatch._claim(mail.message_id, recipient))
        self.env.cr.execute(
            "INSERT INTO recouvrement_dispatch (message_id, recipient, handed_on)"
            " VALUES (%s, 'crashed', now())",
            [mail.message_id],
        )
        self._send(action)
        self.assertFalse(self.catcher.messages)
        self.assertEqual((action.state, action.delivery_state), ("done", "uncertain"))
        self.assertIn("may have been delivered", action.activity_ids.note)

    def test_bounce_comes_back_to_the_journal(self):
        """A bounce is noted on the action, and the RAC checks the address."""
        action = self._remind()
        self._send(action)
        ((recipients, message),) = self.catcher.messages
        self._return(message, recipients[0], reason="552 Mailbox full")
        self.assertEqual(action.delivery_state, "bounced")
        self.assertIn("Mailbox full", action.failure_reason)
        self.assertEqual(action.activity_ids.user_id, self.officer)
        self.assertEqual(action.run_id.failure_count, 1)

    def test_message_is_in_the_chatter(self):
        """The reminder stays in the chatter after Odoo deleted the sent mail."""
        action = self._remind()
        mail = action._get_queued_mails()
        self._send(action)
        self.assertFalse(mail.exists())
        self.assertIn(action.mail_message_id, action.dossier_id.message_ids)
