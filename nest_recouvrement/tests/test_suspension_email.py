from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import NOW
from .common_mail import MAIL_LOGGER, MailServerCommon
from .test_suspension import SuspensionCommon

ADDRESS = "ipm.teranga@example.com"


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestSuspensionEmail(MailServerCommon, SuspensionCommon):
    """A notice by e-mail, over a real SMTP connection, and what comes back."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.email = "clinic@example.com"

    def _send(self, suspension):
        """Let the queue send the notice; return what the mail server got of it."""
        queued = self.env["mail.mail"].sudo()
        queued = queued.search(
            [("mail_message_id", "=", suspension.notice_message_id.id)]
        )
        with self._sending():
            queued.send()
        return [
            (recipients, message)
            for recipients, message in self.catcher.messages
            if message["Message-Id"] == suspension.notice_message_id.message_id
        ]

    def _requests(self):
        """Return what the officer is asked about the contact data."""
        return self.dossier._get_contact_requests()

    def test_notice_leaves_with_its_letter(self):
        """Ensure that the notice really leaves, and counts as its proof."""
        suspension = self._notify()
        ((recipients, message),) = self._send(suspension)
        self.assertEqual(recipients, [ADDRESS])
        self.assertIn(suspension.name, message["Subject"])
        self.assertTrue(suspension.is_served)
        self.assertFalse(self._requests())
        self._run_on("03-26")
        self.assertEqual(suspension.state, "in_force")

    def test_step_8_returned_notice_proves_nothing(self):
        """Ensure that a notice that came back is seen, repaired, and no proof."""
        suspension = self._notify()
        ((_recipients, message),) = self._send(suspension)
        self._return(message, ADDRESS)
        self.assertTrue(suspension.bounced_on)
        self.assertIn("Mailbox unavailable", suspension.bounce_reason)
        self.assertFalse(suspension.is_served)
        self.assertEqual(self.guarantor.recouvrement_bounced_email, ADDRESS)
        self.assertEqual(self._requests().user_id, self.officer)
        self.assertIn("Mailbox unavailable", self._requests().note)
        self.assertEqual(suspension.activity_ids.user_id, self.manager)
        self.assertIn("without proof", suspension.activity_ids.summary.lower())
        story = self.dossier.action_ids.filtered(
            lambda action: action.channel == "suspension"
        )
        self.assertIn("Suspension notice came back", story.mapped("name"))
        # Nobody is suspended who was not told.
        self._run_on("03-26")
        self.assertEqual(suspension.state, "notified")
        self.assertTrue(suspension.unserved_on)

    def test_returned_notice_is_sent_again(self):
        """Ensure that a notice that came back is sent another way, and then counts."""
        suspension = self._notify()
        ((_recipients, message),) = self._send(suspension)
        with self.assertRaisesRegex(UserError, "is notified"):
            suspension.with_user(self.manager).action_notify()
        self._return(message, ADDRESS)
        suspension.with_user(self.manager).action_notify()
        wizard = self.env["recouvrement.suspension.notify"].with_user(self.manager)
        with freeze_time("2026-03-20 10:00:00"):
            wizard.create(
                {
                    "suspension_id": suspension.id,
                    "by_email": False,
                    "by_registered": True,
                    "registered_number": "RR 123 SN",
                }
            ).action_confirm()
        self.assertTrue(suspension.is_served)
        self.assertFalse(suspension.activity_ids)
        self.assertEqual(str(suspension.date_effective), "2026-03-28")
        self._run_on("03-26")
        self.assertEqual(suspension.state, "notified")
        self._run_on("03-28")
        self.assertEqual(suspension.state, "in_force")

    def test_returned_by_one_of_two(self):
        """Ensure that a notice that one recipient got still counts."""
        for name in ("compta", "archives"):
            self.env["res.partner"].create(
                {
                    "name": name,
                    "parent_id": self.guarantor.id,
                    "type": "invoice",
                    "email": f"{name}@example.com",
                }
            )
        suspension = self._notify()
        (first, second) = self._send(suspension)
        self._return(first[1], first[0][0])
        self.assertFalse(suspension.bounced_on)
        self.assertTrue(suspension.is_served)
        self.assertTrue(self._requests())
        self._return(second[1], second[0][0])
        self.assertTrue(suspension.bounced_on)
        self.assertFalse(suspension.is_served)

    def test_refused_by_the_mail_server(self):
        """Ensure that a notice that could not leave proves nothing either."""
        self.guarantor.email = "refuse.me@example.com"
        suspension = self._notify()
        with mute_logger(MAIL_LOGGER, "odoo.addons.base.models.ir_mail_server"):
            self.assertFalse(self._send(suspension))
        self.assertIn("550", suspension.bounce_reason)
        self.assertFalse(suspension.is_served)
        self.assertEqual(self._requests().user_id, self.officer)

    def test_received_although_returned(self):
        """Ensure that a delivery by hand outweighs what came back by e-mail."""
        suspension = self._notify()
        ((_recipients, message),) = self._send(suspension)
        suspension._record_delivery(self.today, received_by="Awa Diop")
        self._return(message, ADDRESS)
        self.assertTrue(suspension.is_served)
        self.assertFalse(suspension.activity_ids)
        self._run_on("03-26")
        self.assertEqual(suspension.state, "in_force")

    def test_comment_that_comes_back(self):
        """Ensure that another message on the suspension is not taken for the notice."""
        suspension = self._notify()
        ((_recipients, message),) = self._send(suspension)
        comment = suspension.message_post(
            body="Thank you",
            partner_ids=self.guarantor.ids,
            subtype_xmlid="mail.mt_comment",
        )
        message.replace_header("Message-Id", comment.message_id)
        self._return(message, ADDRESS)
        self.assertFalse(suspension.bounced_on)
        self.assertTrue(suspension.is_served)
