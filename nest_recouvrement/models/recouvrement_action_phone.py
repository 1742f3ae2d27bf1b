from odoo import fields, models


class RecouvrementAction(models.Model):
    """Calls: attempts, calls agreed for later, and how a call ends.

    A call that nobody answers is made again on the next working day, as many times as
    the company says; then the step counts as done. Every attempt is in the journal.
    """

    _inherit = "recouvrement.action"

    attempt_count = fields.Integer(
        string="Attempts", help="Calls that nobody answered.", readonly=True
    )
    not_before = fields.Date(
        help="Nobody answered, or it was agreed to call back then: the guarantor is"
        " not called before this day.",
        readonly=True,
        copy=False,
    )
    call_hour = fields.Float(
        string="At", help="Hour agreed for the call.", readonly=True, copy=False
    )

    def action_call(self):
        """Open the call that this action asks for."""
        self.ensure_one()
        return self.dossier_id.action_call()

    def _reopen(self):
        """Forget the attempts of a call that was withdrawn: the claim came back."""
        result = super()._reopen()
        calls = self.filtered(lambda action: action.channel == "phone")
        calls.write({"attempt_count": 0, "call_hour": 0.0, "not_before": False})
        return result

    def _is_waiting_call(self):
        """Return whether this is a call that a person has to make."""
        self.ensure_one()
        return self.channel == "phone" and self.state in ("proposed", "todo")

    def _postpone_call(self, date, hour=0.0):
        """Have the guarantor called on another day, not before.

        :param datetime.date date: day of the call
        :param float hour: hour agreed; zero: any time
        """
        # The deadline of a step belongs to whoever may work on the dossier.
        actions_sudo = self.sudo()
        actions_sudo.write(
            {"call_hour": hour, "date_deadline": date, "not_before": date}
        )
        actions_sudo.activity_ids.write({"date_deadline": date})
        for action in actions_sudo if hour else ():
            action.activity_ids.summary = action._localized()._get_call_summary()

    def _get_call_summary(self):
        """Return what is to be done, with the hour that was agreed."""
        self.ensure_one()
        if not self.call_hour:
            return self.title
        hours, minutes = divmod(round(self.call_hour * 60), 60)
        return self.env._(
            "%(hour)s: %(call)s", hour=f"{hours:02d}:{minutes:02d}", call=self.title
        )

    def _log_unanswered(self, note):
        """Note that nobody answered: call again, or stop after the last attempt.

        :param str note: what the officer adds
        :return: the line of the journal
        """
        self.ensure_one()
        # Attempts are counted for whoever may work on the dossier.
        action_sudo = self.sudo()
        action_sudo.attempt_count += 1
        company = action_sudo.company_id
        if action_sudo.attempt_count >= company.recouvrement_call_attempts:
            action_sudo._mark_done(outcome="no_answer", note=note)
            return action_sudo
        attempt = action_sudo._log_done(
            action_sudo.dossier_id,
            "phone",
            action_sudo._localized()._get_attempt_name(),
            outcome="no_answer",
            note=note,
            user_id=self.env.uid,
            amount=action_sudo.amount,
        )
        action_sudo._postpone_call(company._recouvrement_next_working_day())
        return attempt

    def _get_attempt_name(self):
        """Return how an attempt is called in the journal."""
        return self.env._(
            "%(call)s: attempt %(number)s of %(count)s",
            call=self.title,
            number=self.attempt_count,
            count=self.company_id.recouvrement_call_attempts,
        )
