import smtplib

from odoo import api, models


class IrMailServer(models.Model):
    _inherit = "ir.mail_server"

    @api.model
    def send_email(self, message, *args, **kwargs):
        """Hand a reminder over only once, whatever process tries it again."""
        if self._disable_send() or not self.env.context.get(
            "recouvrement_single_dispatch"
        ):
            return super().send_email(message, *args, **kwargs)
        dispatch_sudo = self.env["recouvrement.dispatch"].sudo()
        key = (message["Message-Id"], message["To"] or "")
        if not dispatch_sudo._claim(*key):
            # Another process is sending it, or did.
            return message["Message-Id"]
        try:
            return super().send_email(message, *args, **kwargs)
        except smtplib.SMTPServerDisconnected:
            # Nobody knows whether the server took it: the claim stays.
            raise
        except Exception:
            dispatch_sudo._release(*key)
            raise
