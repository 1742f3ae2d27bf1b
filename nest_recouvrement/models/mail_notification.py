from odoo import models


class MailNotification(models.Model):
    _inherit = "mail.notification"

    def write(self, vals):
        """Follow bounces back to the reminders that caused them."""
        result = super().write(vals)
        if vals.get("notification_status") == "bounce":
            # The gateway reports what came back: the journal tells it.
            self.env["recouvrement.action"].sudo()._on_bounce(
                self.mail_message_id, vals.get("failure_reason") or ""
            )
        return result
