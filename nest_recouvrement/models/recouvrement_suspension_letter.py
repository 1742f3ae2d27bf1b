from odoo import Command, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..report.letter_dates import format_long_date
from ..tools.dates import day_in_timezone

REPORTS = {
    "lifting": "nest_recouvrement.action_report_suspension_lifting",
    "notice": "nest_recouvrement.action_report_suspension_notice",
    "postponement": "nest_recouvrement.action_report_suspension_postponement",
}
TEMPLATES = {
    "lifting": "nest_recouvrement.mail_template_suspension_lifting",
    "notice": "nest_recouvrement.mail_template_suspension_notice",
    "postponement": "nest_recouvrement.mail_template_suspension_postponement",
}


class RecouvrementSuspension(models.Model):
    """The letters of a suspension: notice, postponement, lifting; how they leave."""

    _inherit = "recouvrement.suspension"

    # === ACTION METHODS === #

    def action_print_notice(self):
        """Print the notice, also before it is approved, to read it."""
        self.check_access("read")
        return self.env.ref(REPORTS["notice"]).report_action(self, config=False)

    # === BUSINESS METHODS - WORDS === #

    def _get_letter_values(self, kind):
        """Return what a letter says, in the guarantor's language.

        :param str kind: ``notice``, ``postponement`` or ``lifting``
        :rtype: dict
        """
        self.ensure_one()
        dossier = self.dossier_id
        lang = dossier._get_statement_lang()
        currency = self.currency_id.with_context(lang=lang)
        today = self.company_id._recouvrement_today()
        date = (self.date_notified or today) if kind == "notice" else today
        effective = self.date_effective or fields.Date.add(
            date, days=self.company_id.recouvrement_suspension_notice_days
        )
        amount = self.amount if kind == "notice" else self.remaining_amount
        rows = self._get_letter_rows(kind)
        return {
            "amount": amount,
            "amount_in_words": dossier._get_amount_in_words(currency, amount).strip(),
            "called": self._get_last_day("phone"),
            "currency": currency,
            "date": date,
            "deducted": currency.round(sum(row["amount"] for row in rows) - amount),
            "deadline": max(fields.Date.subtract(effective, days=1), date),
            "effective": effective,
            "is_settled": self._is_settled(),
            "kind": kind,
            "lang": lang,
            "notified": self.date_notified,
            "original_amount": sum(row["line"].original_amount for row in rows),
            "reminded": self._get_last_day("email"),
            "rows": rows,
            "rows_amount": sum(row["amount"] for row in rows),
            "visited": self.visit_id.held_on,
            "was_in_force": bool(self.in_force_since),
        }

    def _get_last_day(self, channel):
        """Return the day on which the guarantor was last reached by ``channel``.

        Before the notice: what was sent since is not what led to it.
        """
        self.ensure_one()
        timezone = self.company_id._recouvrement_timezone()
        days = [
            day_in_timezone(action.date_done, timezone)
            for action in self.dossier_id.action_ids
            if action.state == "done"
            and action.channel == channel
            and action.cycle == self.dossier_id.cycle
            and action.date_done
        ]
        limit = self.date_notified
        return max((day for day in days if not limit or day <= limit), default=False)

    def _get_letter_rows(self, kind):
        """Return the invoices of a letter: as claimed, or what is left of them.

        :rtype: list[dict]
        """
        self.ensure_one()
        if kind == "notice":
            return [{"amount": line.amount, "line": line} for line in self.line_ids]
        disputed = self._get_disputed_amounts()
        rows = [
            {
                "amount": line._get_remaining(disputed.get(line.move_line_id.id, 0.0)),
                "line": line,
            }
            for line in self.line_ids
        ]
        return [row for row in rows if row["amount"] > 0]

    def _format_long_date(self, day):
        """Return a date written out in the guarantor's language, for messages."""
        self.ensure_one()
        return format_long_date(self.env, day, self.dossier_id._get_statement_lang())

    def _get_deadline(self):
        """Return the last day on which a payment avoids the suspension."""
        self.ensure_one()
        return self._get_letter_values("notice")["deadline"]

    def _get_letter_filename(self, kind):
        """Return the name of a letter, without extension, for the guarantor."""
        self.ensure_one()
        env = self.with_context(lang=self.dossier_id._get_statement_lang()).env
        reference = self.name.replace("/", "-")
        return {
            "lifting": env._("Lifting - %s", reference)
            if self.in_force_since
            else env._("Notice withdrawn - %s", reference),
            "notice": env._("Suspension notice - %s", reference),
            "postponement": env._("Postponement - %s", reference),
        }[kind]

    # === BUSINESS METHODS - SENDING === #

    def _make_letter(self, kind):
        """Render a letter and keep it with the suspension.

        :param str kind: ``notice``, ``postponement`` or ``lifting``
        :return: the letter; nothing if the context says that no PDF is wanted
        :rtype: ir.attachment
        """
        self.ensure_one()
        # A letter is kept for whoever may send it.
        attachments_sudo = self.env["ir.attachment"].sudo()
        if self.env.context.get("recouvrement_no_pdf"):
            return attachments_sudo
        content, _type = self.env["ir.actions.report"]._render_qweb_pdf(
            REPORTS[kind], self.ids
        )
        letter = attachments_sudo.create(
            {
                "mimetype": "application/pdf",
                "name": f"{self._get_letter_filename(kind)}.pdf",
                "raw": content,
                "res_id": self.id,
                "res_model": self._name,
            }
        )
        self.sudo().document_ids = [Command.link(letter.id)]
        return letter

    def _email_letter(self, kind, letter):
        """Queue the e-mail that a letter is attached to; it leaves at once.

        :return: whom it was sent to, empty if nobody has an address
        :rtype: str
        """
        self.ensure_one()
        contacts = self.dossier_id._get_reminder_contacts()[self.dossier_id]
        if not contacts:
            return ""
        self.env.ref(TEMPLATES[kind]).sudo().send_mail(
            self.id,
            email_values={
                "attachment_ids": [Command.set(letter.ids)],
                "is_notification": True,
                "recipient_ids": [Command.set(contacts.ids)],
            },
        )
        # The queue sends for everybody.
        self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()
        return ", ".join(contact.email_formatted for contact in contacts)

    def _notify(self, date_effective, by_email=True, courier=None, registered=None):
        """Send the notice of an approved suspension, by the ways chosen.

        :param date date_effective: day from which services are suspended
        :param bool by_email: whether it leaves by e-mail
        :param dict courier: values of the courier's errand that delivers it
        :param dict registered: number and date of the registered letter
        :raise UserError: if nothing is owed any more, or nobody would receive it
        """
        self.ensure_one()
        self._check_management()
        self._check_state("approved")
        # The ledger decides whether there is still something to claim.
        self.sudo().dossier_id._refresh()
        self._check_still_owed()
        contacts = self.dossier_id._get_reminder_contacts()[self.dossier_id]
        by_email = by_email and bool(contacts)
        if not (by_email or courier or registered):
            raise UserError(
                self.env._(
                    "%(guarantor)s would not receive the notice: it has no e-mail"
                    " address. Send it by the courier or by registered letter.",
                    guarantor=self.partner_id.display_name,
                )
                if not contacts
                else self.env._("Choose at least one way to send the notice.")
            )
        self._update_claim()
        # Only this button sends a notice; it keeps the proof.
        suspension_sudo = self.sudo()
        suspension_sudo.write(
            {
                "date_effective": date_effective,
                "date_notified": self.company_id._recouvrement_today(),
                "state": "notified",
                **(registered or {}),
            }
        )
        letter = suspension_sudo._make_letter("notice")
        if by_email:
            suspension_sudo.write(
                {
                    "emailed_on": fields.Datetime.now(),
                    "recipients": suspension_sudo._email_letter("notice", letter),
                }
            )
        if courier:
            suspension_sudo._create_delivery(letter, courier)
        self._close_activities()
        self._log_notified(letter)

    def _create_delivery(self, letter, values):
        """Give the notice to the courier, with a copy of the letter."""
        self.ensure_one()
        pickup = self.env["recouvrement.pickup"].create(
            {
                "dossier_id": self.dossier_id.id,
                "instructions": self._localized().env._(
                    "Deliver the letter %s against a signature.", self.name
                ),
                "kind": "deliver",
                "suspension_id": self.id,
                **values,
            }
        )
        pickup._attach_letter(letter)

    def _log_notified(self, letter):
        """Write the notice into the journal; the step that asked for it is done."""
        self.ensure_one()
        localized = self._localized()
        ways = [
            localized.emailed_on
            and localized.env._("by e-mail to %s", localized.recipients),
            localized.pickup_ids and localized.env._("by the courier"),
            localized.registered_number
            and localized.env._("by registered letter %s", localized.registered_number),
        ]
        note = localized.env._(
            "%(suspension)s: %(amount)s, services suspended from %(date)s; sent"
            " %(ways)s.",
            suspension=self.name,
            amount=self.currency_id.format(self.amount),
            date=format_date(localized.env, self.date_effective),
            ways=", ".join(filter(None, ways)),
        )
        action_sudo = self.sudo().action_id
        if action_sudo.state in ("proposed", "todo", "failed"):
            action_sudo.document_ids = [Command.set(letter.ids)]
            action_sudo.with_user(self.env.user)._mark_done(note=note)
            return
        self._log_milestone(
            lambda suspension: suspension.env._("Suspension notice sent"),
            lambda suspension: note,
            letter,
        )

    # === BUSINESS METHODS - PROOF === #

    def _record_delivery(self, date, received_by=None, documents=None):
        """Record when, and by whom, the notice was received.

        Called by the proof that a person records, and by the courier's delivery.

        :param date date: day of the reception
        :param str received_by: name and position
        :param ir.attachment documents: photo, receipt or acknowledgement
        """
        for suspension in self:
            # The proof is recorded by whoever brings it: officer or courier.
            suspension_sudo = suspension.sudo()
            suspension_sudo.write(
                {
                    "delivered_on": date,
                    "received_by": received_by or suspension.received_by,
                    "document_ids": [
                        Command.link(document.id) for document in documents or ()
                    ],
                }
            )
            localized = suspension_sudo._localized()
            suspension_sudo._log_milestone(
                lambda record: record.env._("Suspension notice received"),
                lambda record, localized=localized: localized.env._(
                    "%(suspension)s received on %(date)s by %(name)s.",
                    suspension=localized.name,
                    date=format_date(localized.env, localized.delivered_on),
                    name=localized.received_by or "-",
                ),
                documents,
            )
