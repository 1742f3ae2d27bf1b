from odoo import Command, api, fields, models

from .recouvrement_suspension_letter import TEMPLATES
from .recouvrement_suspension_story import DECISION


class RecouvrementSuspension(models.Model):
    """The letters of a suspension by e-mail; a notice that came back proves nothing."""

    _inherit = "recouvrement.suspension"

    notice_message_id = fields.Many2one(
        string="Notice by E-mail",
        comodel_name="mail.message",
        ondelete="set null",
        index="btree_not_null",
        readonly=True,
        copy=False,
    )
    bounced_on = fields.Datetime(
        string="Came Back On",
        help="The e-mail with the notice reached nobody: it proves nothing.",
        readonly=True,
        copy=False,
    )
    bounce_reason = fields.Char(
        string="What the Mail Server Said", readonly=True, copy=False
    )

    # === BUSINESS METHODS - SENDING === #

    def _email_letter(self, kind, letter):
        """Queue the e-mail that a letter is attached to; it leaves at once.

        :param str kind: ``notice``, ``postponement`` or ``lifting``
        :param ir.attachment letter: the letter itself
        :return: whom it was sent to, empty if nobody has an address
        :rtype: str
        """
        self.ensure_one()
        contacts = self.dossier_id._get_reminder_contacts()[self.dossier_id]
        if not contacts:
            return ""
        mail_id = (
            self.env.ref(TEMPLATES[kind])
            .sudo()
            .send_mail(
                self.id,
                email_values={
                    "attachment_ids": [Command.set(letter.ids)],
                    "is_notification": True,
                    "recipient_ids": [Command.set(contacts.ids)],
                },
            )
        )
        # The queue sends for everybody.
        mail_sudo = self.env["mail.mail"].sudo().browse(mail_id)
        mail_sudo._create_recouvrement_notifications()
        if kind == "notice":
            self.sudo().write(
                {
                    "bounce_reason": False,
                    "bounced_on": False,
                    "notice_message_id": mail_sudo.mail_message_id.id,
                }
            )
        self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()
        return ", ".join(contact.email_formatted for contact in contacts)

    # === BUSINESS METHODS - FOLLOWING === #

    @api.model
    def _on_bounce(self, messages, reason):
        """Note that notices came back, and ask to complete the contact data.

        :param mail.message messages: the messages that bounced
        :param str reason: what the other server said
        """
        # Whatever the gateway reports, collection is to know.
        suspensions = self.sudo().search([("notice_message_id", "in", messages.ids)])
        if not suspensions:
            return
        bounced = suspensions.notice_message_id.notification_ids.filtered(
            lambda notification: notification.notification_status == "bounce"
        )
        bounced.res_partner_id._recouvrement_mark_bounced()
        for suspension in suspensions:
            suspension._on_notice_returned(reason)

    def _on_notice_returned(self, reason):
        """Note that the notice did not reach a recipient.

        It still counts as proof if it reached another one.

        :param str reason: what the mail server said
        """
        self.ensure_one()
        said = " ".join(reason.split())[:300]
        localized = self._localized()
        came_back = localized.env._(
            "The suspension notice came back: check the address. %s", said
        )
        self.dossier_id._request_contact_update(came_back)
        statuses = set(
            self.notice_message_id.notification_ids.mapped("notification_status")
        )
        if self.bounced_on or statuses - {"bounce", "canceled", "exception"}:
            return
        self.write({"bounce_reason": said, "bounced_on": fields.Datetime.now()})
        self._log_milestone(
            lambda record: record.env._("Suspension notice came back"),
            lambda record: f"{record.name}: {said}",
        )
        if self.is_served or self.state not in ("notified", "in_force"):
            return
        self._tell_management(
            DECISION,
            lambda record: record.env._("Notice without proof"),
            lambda record: record.env._(
                "The notice e-mailed to %(recipients)s came back: nothing proves that"
                " it was received. Send it again, by the courier or by registered"
                " letter.",
                recipients=record.recipients,
            ),
        )

    @api.model
    def _on_refused(self, messages, reason):
        """Note that the mail server refused notices.

        :param mail.message messages: messages that did not leave
        :param str reason: what the server said
        """
        # The queue sends for everybody.
        suspensions = self.sudo().search([("notice_message_id", "in", messages.ids)])
        for suspension in suspensions:
            suspension._on_notice_returned(reason)
