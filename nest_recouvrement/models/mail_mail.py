import re

from odoo import api, models

# What a mail server answers, as smtplib writes it: (550, b'no such mailbox').
SMTP_ANSWER = re.compile(r"""\((\d{3}), b?(["'])(.*?)\2\)""")


class MailMail(models.Model):
    _inherit = "mail.mail"

    def _send(
        self,
        auto_commit=False,
        raise_exception=False,
        smtp_session=None,
        alias_domain_id=False,
        mail_server=False,
        post_send_callback=None,
    ):
        """Check reminders one last time, one by one, as they leave."""
        options = {
            "auto_commit": auto_commit,
            "raise_exception": raise_exception,
            "smtp_session": smtp_session,
            "alias_domain_id": alias_domain_id,
            "mail_server": mail_server,
            "post_send_callback": post_send_callback,
        }
        actions = self.env["recouvrement.action"]._get_actions_by_message(self)
        if not actions:
            return super()._send(**options)
        others = self.filtered(lambda mail: mail not in actions)
        if others:
            super(MailMail, others)._send(**options)
        for mail, action in actions.items():
            # Another process may be sending it: each mail leaves once.
            if not mail.try_lock_for_update():
                continue
            if mail.state == "outgoing" and mail._may_reminder_leave(action):
                super(
                    MailMail, mail.with_context(recouvrement_single_dispatch=True)
                )._send(**options)
        if post_send_callback:
            post_send_callback(self.ids)
        return True

    def _may_reminder_leave(self, action):
        """Return whether the reminder of ``action`` is still right and unsent."""
        self.ensure_one()
        if self.env["recouvrement.dispatch"].sudo()._is_claimed(self.message_id):
            self.write(
                {
                    "state": "exception",
                    "failure_reason": self.env._("Interrupted while it was leaving."),
                }
            )
            action._on_mail_uncertain()
            return False
        return action._check_before_leaving(self)

    def _postprocess_sent_message(
        self, success_pids, success_emails, failure_reason=False, failure_type=None
    ):
        """Follow the fate of reminders and notices back to the journal."""
        for mail, action in (
            self.env["recouvrement.action"]._get_actions_by_message(self).items()
        ):
            if mail.state == "sent":
                action._on_mail_sent()
            elif mail.state == "exception":
                action._on_mail_failed(
                    self._say_refusal(failure_reason or mail.failure_reason)
                    or self.env._("The e-mail could not be sent.")
                )
        # Odoo deletes what it has sent: look for notices that were refused before.
        refused = self.filtered(
            lambda mail: mail.model == "recouvrement.suspension"
            and mail.state == "exception"
        )
        messages = refused.mail_message_id
        reason = failure_reason or refused[:1].failure_reason
        result = super()._postprocess_sent_message(
            success_pids,
            success_emails,
            failure_reason=failure_reason,
            failure_type=failure_type,
        )
        if messages:
            self.env["recouvrement.suspension"]._on_refused(
                messages, reason or self.env._("The e-mail could not be sent.")
            )
        return result

    def _create_recouvrement_notifications(self):
        """Follow these e-mails recipient by recipient, as those of the chatter."""
        self.env["mail.notification"].sudo().create(
            [
                {
                    "author_id": mail.author_id.id,
                    "mail_mail_id": mail.id,
                    "mail_message_id": mail.mail_message_id.id,
                    "notification_status": "ready",
                    "notification_type": "email",
                    "is_read": True,
                    "res_partner_id": partner.id,
                }
                for mail in self
                for partner in mail.recipient_ids
            ]
        )

    @api.model
    def _say_refusal(self, reason):
        """Return what the mail server answered, without the words of the program."""
        answers = {
            f"{code} {text}" for code, _quote, text in SMTP_ANSWER.findall(reason or "")
        }
        if not answers:
            return reason
        return self.env._(
            "The mail server refused the message: %s", ", ".join(sorted(answers))
        )

    def _cancel_recouvrement_notifications(self):
        """Show in the chatter that these e-mails did not leave."""
        self.env["mail.notification"].sudo().search(
            [("mail_mail_id", "in", self.ids)]
        ).write({"notification_status": "canceled"})
