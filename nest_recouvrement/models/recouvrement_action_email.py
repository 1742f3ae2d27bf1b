from collections import defaultdict

from odoo import SUPERUSER_ID, api, fields, models, modules


class RecouvrementAction(models.Model):
    """Reminders by e-mail: written in batch, checked again as they leave, followed.

    The action is done once its e-mail is in Odoo's queue. It leaves right after the
    transaction, or by the queue's own cron; what becomes of it comes back here.
    """

    _inherit = "recouvrement.action"

    mail_message_id = fields.Many2one(
        string="Message",
        comodel_name="mail.message",
        ondelete="set null",
        index="btree_not_null",
        readonly=True,
        copy=False,
    )
    delivery_state = fields.Selection(
        string="Delivery",
        selection=[
            ("outgoing", "In the queue"),
            ("sent", "Sent"),
            ("uncertain", "Uncertain"),
            ("exception", "Refused"),
            ("bounced", "Bounced"),
            ("cancelled", "Cancelled"),
        ],
        readonly=True,
        copy=False,
    )

    # === BUSINESS METHODS - WRITING === #

    def _perform_email(self):
        """Write the e-mails of these actions, in one batch per template.

        If the batch fails, one by one: the dossier that made it fail fails alone.
        """
        reachable = self._fail_without_recipient()
        for _template, actions in reachable.grouped(
            lambda action: action._get_mail_template()
        ).items():
            try:
                with self.env.cr.savepoint():
                    actions._write_emails()
            except Exception:
                # One of them is wrong: find which one.
                self.env.invalidate_all(flush=False)
                for action in actions:
                    with action._failing_alone():
                        action._write_emails()

    def _fail_without_recipient(self):
        """Fail the actions that have nobody to write to; return the others."""
        contacts = self.dossier_id._get_reminder_contacts()
        unreachable = self.filtered(lambda action: not contacts[action.dossier_id])
        if unreachable:
            unreachable._fail(
                self.env._(
                    "No e-mail address: complete the guarantor's contacts, then try"
                    " again, or skip the step."
                )
            )
        return self - unreachable

    def _get_mail_template(self):
        """Return the message that these actions, of one kind, send.

        For an extension that writes what no step of a plan asks for.
        """
        return self.step_id.template_id

    def _write_emails(self):
        """Queue one e-mail per action, from the template of their common step."""
        template = self._get_mail_template().with_context(recouvrement_compiled={})
        by_dossier = {action.dossier_id.id: action for action in self}
        mails_sudo = template.send_mail_batch(
            list(by_dossier),
            # Odoo deletes sent mails, and keeps the messages of notifications.
            email_values={"is_notification": True},
        )
        mails_sudo._create_recouvrement_notifications()
        for mail in mails_sudo:
            by_dossier[mail.res_id].write(
                {
                    "mail_message_id": mail.mail_message_id.id,
                    "recipients": ", ".join(
                        partner.email_formatted for partner in mail.recipient_ids
                    ),
                }
            )
        self.write(
            {
                "date_done": fields.Datetime.now(),
                "delivery_state": "outgoing",
                "done_user_id": self.env.uid,
                "state": "done",
            }
        )

    # === BUSINESS METHODS - LEAVING === #

    @api.model
    def _get_unsent(self, company):
        """Return the actions of ``company`` whose e-mail is still in the queue."""
        return self.search(
            [("company_id", "=", company.id), ("delivery_state", "=", "outgoing")]
        )

    def _get_queued_mails(self):
        """Return the e-mails of these actions that are still in the queue."""
        return (
            self.env["mail.mail"]
            .sudo()
            .search(
                [
                    ("mail_message_id", "in", self.mail_message_id.ids),
                    ("state", "=", "outgoing"),
                ]
            )
        )

    def _send_queued(self):
        """Have the e-mails of these actions leave once the transaction is committed.

        Each is committed as it leaves. What does not leave, because the process dies,
        stays in Odoo's queue.
        """
        mail_ids = self._get_queued_mails().ids
        if not mail_ids or modules.module.current_test:
            return
        registry = self.env.registry

        @self.env.cr.postcommit.add
        def send_with_own_cursor():
            with registry.cursor() as cr:
                env = api.Environment(cr, SUPERUSER_ID, {})
                env["mail.mail"].browse(mail_ids).send(auto_commit=True)

    def _check_before_leaving(self, mail):
        """Check a reminder against the ledger right before it leaves.

        :param mail.mail mail: the queued e-mail of this action
        :return: whether it may leave; it may have been corrected meanwhile
        :rtype: bool
        """
        self.ensure_one()
        dossier = self.dossier_id
        dossier._refresh_stale()
        reason = self._localized()._get_stop_reason()
        if reason:
            mail.write({"state": "cancel", "failure_reason": False})
            mail._cancel_recouvrement_notifications()
            self.delivery_state = "cancelled"
            self._withdraw(reason)
            dossier._refresh()
            return False
        if self._is_claim_changed():
            self._correct_email(mail)
        return True

    def _get_stop_reason(self):
        """Return why this message must not leave any more, or an empty string."""
        self.ensure_one()
        return self.dossier_id._get_pause_reason()

    def _get_claimable_amount(self):
        """Return what this message may claim by the figures of now."""
        self.ensure_one()
        return self.dossier_id.claimable_amount

    def _is_claim_changed(self):
        """Return whether the items claimed are not open as they were written."""
        self.ensure_one()
        currency = self.currency_id
        if currency.compare_amounts(self.amount, self._get_claimable_amount()):
            return True
        return any(
            not line.move_line_id
            or currency.compare_amounts(
                line.residual_amount, line.move_line_id.amount_residual
            )
            for line in self.line_ids
        )

    def _correct_email(self, mail):
        """Write a queued e-mail again, with what is owed now."""
        self.amount = self._get_claimable_amount()
        self._write_evidence()
        former = mail.attachment_ids
        fresh = self._get_mail_template().send_mail_batch(
            self.dossier_id.ids, email_values={"is_notification": True}
        )
        mail.write(
            {
                "attachment_ids": [fields.Command.set(fresh.attachment_ids.ids)],
                "body": fresh.body,
                "body_html": fresh.body_html,
                "subject": fresh.subject,
            }
        )
        message = fresh.mail_message_id
        fresh.unlink()
        message.unlink()
        former.unlink()

    # === BUSINESS METHODS - FOLLOWING === #

    def _on_mail_sent(self):
        """Note that the mail server took the e-mail."""
        self.write({"delivery_state": "sent"})

    def _on_mail_failed(self, reason):
        """Note that the e-mail was refused: the step is to be done again."""
        self.delivery_state = "exception"
        self._fail(reason)
        self.dossier_id._refresh()

    def _on_mail_uncertain(self):
        """Note that a crash hides whether the e-mail left; it is not sent again."""
        self.delivery_state = "uncertain"
        self._ask_to_repair(
            self._localized().env._(
                "The server stopped while this e-mail was leaving: it may have been"
                " delivered, and was not sent again. Ask the guarantor."
            )
        )

    @api.model
    def _on_bounce(self, messages, reason):
        """Note that e-mails came back, and ask to complete the contact data.

        :param mail.message messages: the messages that bounced
        :param str reason: what the other server said
        """
        actions = self.search([("mail_message_id", "in", messages.ids)])
        if not actions:
            return
        actions.delivery_state = "bounced"
        bounced = messages.notification_ids.filtered(
            lambda notification: notification.notification_status == "bounce"
        ).res_partner_id
        bounced._recouvrement_mark_bounced()
        said = " ".join(reason.split())[:300]
        for action in actions:
            localized = action._localized()
            action.failure_reason = localized.env._("Bounced: %s", said)
            came_back = localized.env._(
                "The e-mail came back: check the address. %s", said
            )
            action._ask_to_repair(came_back)
            action.dossier_id._request_contact_update(came_back)

    @api.model
    def _get_actions_by_message(self, mails):
        """Return the action behind each reminder among ``mails``.

        :rtype: dict[mail.mail, recouvrement.action]
        """
        # The queue sends for everybody.
        actions_sudo = self.sudo().search(
            [("mail_message_id", "in", mails.mail_message_id.ids)]
        )
        by_message = defaultdict(self.sudo().browse) | {
            action.mail_message_id.id: action for action in actions_sudo
        }
        return {
            mail: by_message[mail.mail_message_id.id]
            for mail in mails
            if mail.mail_message_id.id in by_message
        }
