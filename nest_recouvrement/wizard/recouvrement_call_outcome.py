from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

# Outcomes of a call in which nobody spoke for the guarantor.
UNREACHED = ("no_answer", "wrong_number")


class RecouvrementCall(models.TransientModel):
    """How a call ends: what is checked, what is written, who is told."""

    _inherit = "recouvrement.call"

    call_back_date = fields.Date(string="Call Back On")
    call_back_hour = fields.Float(string="At")
    reason = fields.Char(help="Why they contest, or refuse to pay.")
    wrong_partner_id = fields.Many2one(
        string="Whose Number", comodel_name="res.partner"
    )

    @api.onchange("outcome")
    def _onchange_outcome(self):
        """Propose the next working day, and the number that was dialled first."""
        if self.outcome == "call_back" and not self.call_back_date:
            self.call_back_date = self.company_id._recouvrement_next_working_day()
        if self.outcome == "wrong_number" and not self.wrong_partner_id:
            self.wrong_partner_id = self.contact_ids[:1]

    # === ACTION METHODS === #

    def action_log(self):
        """Log the outcome; each leads on by itself. Nothing is half done.

        A second click on a logged call does nothing.

        :raise UserError: what is missing, or that somebody logged the call meanwhile
        """
        self.ensure_one()
        if self.state == "logged":
            return
        self._check_may_log()
        self._log_answers()
        summary = getattr(self, f"_log_{self.outcome}")()
        self.write(
            {
                "state": "logged",
                "summary": "\n".join(filter(None, (self.summary, summary))),
            }
        )

    def action_continue(self):
        """Go on with the same call: what the first outcome leaves is still open."""
        self.ensure_one()
        self.line_ids.unlink()
        self.write(
            {
                "date": False,
                "document_ids": [fields.Command.clear()],
                "line_ids": [
                    fields.Command.create(values)
                    for values in self._prepare_lines(self.dossier_id)
                ],
                "note": False,
                "outcome": False,
                "reason": False,
                "state": "calling",
            }
        )

    # === CHECKS === #

    def _check_may_log(self):
        """Refuse a second outcome, and what lacks an answer.

        Whoever logs the same call at the same time waits here, and finds it logged.
        """
        dossier = self.dossier_id
        dossier.check_access("write")
        # Locking is no right on the figures.
        dossier.sudo()._lock_for_refresh(dossier.company_id)
        dossier._refresh_stale()
        if not self.outcome:
            raise UserError(self.env._("Choose how the call ended."))
        if self.journal_id and self.outcome in UNREACHED:
            raise UserError(
                self.env._("Somebody answered this call: choose another outcome.")
            )
        self._check_not_logged_meanwhile()
        if self.outcome not in UNREACHED:
            self._check_answered()

    def _check_not_logged_meanwhile(self):
        """Refuse to log a call that somebody else logged since it was opened."""
        if self.journal_id:
            return
        waiting = self.waiting_id
        logged = self.env["recouvrement.action"].search(
            [
                ("channel", "=", "phone"),
                ("dossier_id", "=", self.dossier_id.id),
                ("id", ">", self.last_action_number),
                ("state", "=", "done"),
            ],
            limit=1,
        )
        if waiting.state == "done" or (
            waiting.state == "skipped" and not waiting.is_withdrawn
        ):
            logged = waiting
        if logged:
            outcomes = dict(logged._fields["outcome"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "%(user)s logged a call of %(guarantor)s meanwhile (%(outcome)s)."
                    " Open the call again to see what stands now.",
                    user=logged.done_user_id.name or "-",
                    guarantor=self.partner_id.display_name,
                    outcome=outcomes.get(logged.outcome, "-"),
                )
            )

    def _check_answered(self):
        """Refuse an outcome before every broken promise was asked about."""
        answered = self.answer_ids.filtered(lambda answer: answer._is_answered())
        due = self.dossier_id.commitment_ids.filtered("is_answer_due")
        if missing := due - answered.commitment_id:
            raise UserError(
                self.env._(
                    "First ask why this was not kept, and note the reason:\n%s",
                    "\n".join(missing.mapped("display_name")),
                )
            )

    # === WHAT IS WRITTEN === #

    def _log_answers(self):
        """Note why the promises were not kept."""
        for answer in self.answer_ids.filtered(lambda answer: answer._is_answered()):
            # Somebody else may have asked meanwhile.
            if answer.commitment_id.is_answer_due:
                answer.commitment_id.write(
                    {"answer": answer.answer, "answer_reason_id": answer.reason_id.id}
                )

    def _localized(self):
        """Return the call in the language in which the journal is read."""
        self.ensure_one()
        lang = self.dossier_id.user_id.lang or self.env.lang
        return self if lang == self.env.lang else self.with_context(lang=lang)

    def _write_journal(self, outcome, *notes):
        """Write the outcome into the journal: the step that waited, or a new line.

        What is agreed on later in the same call is added to the same line.

        :param str outcome: of the line of the journal
        :param notes: what was said and agreed on; empty ones are left out
        """
        note = "\n".join(filter(None, notes)) or None
        if self.journal_id:
            # Notes may be added to what is done.
            self.journal_id.sudo()._append_note(note)
            return
        if self.waiting_id and self.waiting_id._is_waiting_call():
            self.waiting_id._mark_done(outcome=outcome, note=note)
            self.journal_id = self.waiting_id
            return
        self.journal_id = self._log_call(outcome, note)

    def _log_call(self, outcome, note):
        """Write a line of its own: a call that no step asked for, or one attempt."""
        call = self._localized()
        return self.env["recouvrement.action"]._log_done(
            self.dossier_id,
            "phone",
            call.waiting_id.title or call.env._("Call"),
            amounts=self._get_claimed_amounts(),
            note=note,
            outcome=outcome,
            user_id=self.env.uid,
        )

    def _get_claimed_amounts(self):
        """Return what is claimed today by journal item: the evidence of a call."""
        return {
            self.env["account.move.line"].browse(item["line_id"]): amount
            for item in self.dossier_id._fetch_statement_items("overdue")
            if (amount := item["residual"] - item["disputed"] - item["promised"]) > 0
        }

    # === OUTCOMES === #

    def _log_no_answer(self):
        """Try again on the next working day, as often as the company says."""
        waiting = self.waiting_id
        if not waiting or not waiting._is_waiting_call():
            self._write_journal("no_answer", self.note)
            return self.env._("No answer.")
        self.journal_id = waiting._log_unanswered(self.note)
        if not waiting._is_waiting_call():
            return self.env._(
                "No answer, after %s attempt(s): the follow-up goes on.",
                waiting.attempt_count,
            )
        return self.env._(
            "No answer: to be called again on %(date)s (attempt %(number)s of"
            " %(count)s).",
            date=self._format_day(waiting.not_before),
            number=waiting.attempt_count,
            count=self.company_id.recouvrement_call_attempts,
        )

    def _log_call_back(self):
        """Have the guarantor called on the day, and at the hour, that were agreed."""
        day = self.call_back_date
        if not day or day < self.company_id._recouvrement_today():
            raise UserError(
                self.env._("Choose the day to call back: today or a later one.")
            )
        self._check_hour(self.call_back_hour)
        waiting = self.waiting_id
        if not waiting or not waiting._is_waiting_call():
            waiting = self._create_agreed_call()
        self.journal_id = self._log_call("call_back", self.note)
        waiting._postpone_call(day, self.call_back_hour)
        waiting.dossier_id._refresh()
        moment = (self._format_day(day), self._format_hour(self.call_back_hour))
        return self.env._("To be called back on %s.", " ".join(filter(None, moment)))

    def _create_agreed_call(self):
        """Create a call to make that no step asks for, with its activity."""
        dossier = self.dossier_id
        # Officers do not write the journal of others; they may agree to call back.
        action_sudo = (
            self.env["recouvrement.action"]
            .sudo()
            .create(
                {
                    "amount": dossier.claimable_amount,
                    "channel": "phone",
                    "cycle": dossier.cycle,
                    "date_deadline": self.call_back_date,
                    "dossier_id": dossier.id,
                    "name": self._localized().env._("Call back"),
                    "user_id": (dossier.user_id or self.env.user).id,
                }
            )
        )
        action_sudo._schedule_activities(
            {
                action_sudo: {
                    "activity_type": "nest_recouvrement.mail_activity_type_call",
                    "note": action_sudo._localized()._get_task_note(),
                    "summary": action_sudo.name,
                }
            }
        )
        return action_sudo.sudo(self.env.su)

    def _log_refusal(self):
        """Tell management about a refusal, with its reason."""
        if not (self.reason or "").strip():
            raise UserError(self.env._("Write why they refuse to pay."))
        self._write_journal("refusal", self.reason, self.note)
        manager = self.company_id._recouvrement_responsible("manager")
        user = manager or self.dossier_id.user_id or self.env.user
        localized = self.with_context(lang=user.lang or self.env.lang)
        # An officer tells management; it is an activity for somebody else.
        self.dossier_id.sudo().activity_schedule(
            "nest_recouvrement.mail_activity_type_refusal",
            note=self.reason,
            summary=localized.env._(
                "Refusal to pay %s: decide what follows",
                self.currency_id.format(self.claimable_amount),
            ),
            user_id=user.id,
        )
        return self.env._("Refusal: %s is told.", user.name)

    def _log_wrong_number(self):
        """Have the number corrected; the guarantor is still to be called."""
        partner = self.wrong_partner_id
        if partner not in self.contact_ids:
            raise UserError(self.env._("Choose whose number is wrong."))
        number = partner.phone
        said = self.env._(
            "%(number)s is not the number of %(partner)s.",
            number=number,
            partner=partner.name or partner.display_name,
        )
        self.journal_id = self._log_call(
            "wrong_number", "\n".join(filter(None, (said, self.note)))
        )
        self.dossier_id._report_wrong_number(partner, number)
        return said

    # === WORDS === #

    def _check_hour(self, *hours):
        """Refuse an hour that no clock shows."""
        if any(not 0 <= hour < 24 for hour in hours):
            raise UserError(self.env._("Enter an hour between 00:00 and 23:59."))

    def _format_hour(self, hour):
        """Return an hour as it is read, or nothing for any time."""
        hours, minutes = divmod(round(hour * 60), 60)
        return f"{hours:02d}:{minutes:02d}" if hour else ""

    def _format_day(self, day):
        """Return a day in the language of the user."""
        return format_date(self.env, day)
