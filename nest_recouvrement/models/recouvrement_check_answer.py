from odoo import api, fields, models

from ..tools.dates import SATURDAY


class RecouvrementCheck(models.Model):
    """The end of checks: answered by a person, by the ledger, or by the time limit."""

    _inherit = "recouvrement.check"

    def _answer(self, state, note=None, amounts=None):
        """Close pending checks, write it into the journal, and let reminders go on.

        What remains claimable, and is due, is performed without waiting for the next
        weekly follow-up.

        :param str state: ``settled`` or ``nothing``
        :param str note: what was matched, in the user's own words
        :param dict amounts: amounts matched by account.move.line
        """
        self._close(state, note=note, amounts=amounts)
        # What depends on the answer is planned for whoever answers.
        self.sudo().dossier_id._refresh()
        self._trigger_reminders()

    def _close(self, state, note=None, amounts=None):
        """Close checks without planning their dossiers again."""
        # Only the answer, its journal and its activities are written.
        checks_sudo = self.sudo()
        checks_sudo.write(
            {
                "state": state,
                "date_answered": fields.Datetime.now(),
                "answer_user_id": self.env.uid,
                "note": note,
            }
        )
        for check in checks_sudo:
            reader = check._in_language_of(check.dossier_id.user_id)
            self.env["recouvrement.action"]._log_done(
                check.dossier_id,
                "check",
                reader._get_answer_title(),
                amounts=amounts,
                note=note,
                user_id=check.user_id.id,
            )
        activities_sudo = checks_sudo.activity_ids
        if state == "expired":
            activities_sudo.unlink()
        elif activities_sudo:
            activities_sudo.action_feedback(feedback=note or "")

    def _get_answer_title(self):
        """Return how the check ended, for the journal."""
        self.ensure_one()
        return {
            "settled": self.env._("Accounting check: settled"),
            "nothing": self.env._("Accounting check: nothing for this guarantor"),
            "expired": self.env._("Accounting check: time limit over, no answer"),
        }[self.state]

    @api.model
    def _trigger_reminders(self):
        """Have the reminders that waited performed, as soon as this is committed."""
        cron_sudo = self.env.ref("nest_recouvrement.ir_cron_after_checks").sudo()
        cron_sudo._trigger()

    @api.model
    def _expire_overdue(self, companies):
        """Close the checks whose time limit is over, on working days only.

        :param res.company companies: companies to look at
        :return: the checks that were closed
        """
        expired = self.browse()
        for company in companies:
            today = company._recouvrement_today()
            if today.weekday() < SATURDAY:
                expired += self.search(
                    [
                        ("company_id", "=", company.id),
                        ("state", "=", "pending"),
                        ("date_deadline", "<", today),
                    ]
                )
        if expired:
            expired._close("expired")
            expired.dossier_id._refresh_escalation(expired.company_id)
        return expired

    @api.model
    def _close_settled(self, dossiers, companies):
        """Close the pending checks that the ledger answered meanwhile.

        Everything was paid, or nothing of what was found is open any more: the
        accountant matched it from another screen.

        :param recouvrement.dossier dossiers: only theirs, if there are any
        :param res.company companies: companies of the dossiers
        """
        scope = [("dossier_id", "in", dossiers.ids)] if dossiers else []
        pending = self.search(
            [("state", "=", "pending"), ("company_id", "in", companies.ids), *scope]
        )
        # Read at once what is looked at check by check.
        items = pending.line_ids._get_items()
        items.fetch(["account_id", "amount_residual", "parent_state"])
        settled = pending.filtered(lambda check: check._is_settled())
        if settled:
            settled._close("settled", note=settled._get_ledger_note())
            settled._trigger_reminders()

    def _is_settled(self):
        """Return whether nothing is left to answer, by the figures of now."""
        self.ensure_one()
        dossier = self.dossier_id
        return (
            dossier.overdue_amount <= dossier.unallocated_credit
            or dossier.cycle != self.cycle
            or not any(line._is_open() for line in self.line_ids)
        )

    @api.model
    def _get_ledger_note(self):
        return self.env._("Matched in accounting.")
