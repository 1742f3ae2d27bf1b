from odoo import models


class MailNotification(models.Model):
    _inherit = "mail.notification"

    def write(self, vals):
        """Follow bounces back to the reminders and notices that caused them."""
        result = super().write(vals)
        if vals.get("notification_status") == "bounce":
            # The gateway reports what came back: the journal tells it.
            reason = vals.get("failure_reason") or ""
            for model in ("recouvrement.action", "recouvrement.suspension"):
                self.env[model].sudo()._on_bounce(self.mail_message_id, reason)
        return result
