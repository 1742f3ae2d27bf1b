from odoo import api, models
from odoo.tools import format_date

from .recouvrement_suspension import OPEN_STATES

LIFT = "nest_recouvrement.mail_activity_type_suspension_lift"


class RecouvrementSuspension(models.Model):
    """What the days and the payments do to suspensions."""

    _inherit = "recouvrement.suspension"

    @api.model
    def _cron_follow_up(self):
        """Daily: put suspensions into force at their date, propose to lift the paid.

        Nobody who paid, or whose promises cover everything, is suspended.
        """
        companies_sudo = self.env["res.company"].sudo().search([])
        suspensions = self.sudo().with_context(allowed_company_ids=companies_sudo.ids)
        running = suspensions.search([("state", "in", ("notified", "in_force"))])
        # Refreshing proposes to lift what is settled.
        running.dossier_id._refresh()
        today = {company: company._recouvrement_today() for company in companies_sudo}
        due = running.filtered(
            lambda record: record.state == "notified"
            and record.date_effective <= today[record.company_id]
            and not record._is_settled()
            and record.dossier_id.claimable_amount > 0
        )
        served = due.filtered("is_served")
        served._enforce()
        unserved = (due - served).filtered(lambda record: not record.unserved_on)
        unserved._ask_for_proof()

    def _ask_for_proof(self):
        """Tell management, once, that a notice cannot take effect."""
        for suspension in self:
            suspension.unserved_on = suspension.company_id._recouvrement_today()
        self._tell_management(
            "nest_recouvrement.mail_activity_type_suspension",
            lambda suspension: suspension.env._("Notice without proof"),
            lambda suspension: suspension.env._(
                "The suspension was to take effect on %(date)s, but nothing proves that"
                " the notice was received: record the proof, or postpone it.",
                date=format_date(suspension.env, suspension.date_effective),
            ),
        )

    @api.model
    def _on_ledger_refreshed(self, dossiers, companies):
        """Propose to lift what is settled, as soon as the ledger says so (asks, 26).

        What was not notified yet is given up. One query when nobody is suspended.

        :param recouvrement.dossier dossiers: those refreshed; all if there are none
        :param res.company companies: their companies
        """
        scope = [("dossier_id", "in", dossiers.ids)] if dossiers else []
        running = self.search(
            [
                ("company_id", "in", companies.ids),
                ("state", "in", OPEN_STATES),
                *scope,
            ]
        )
        if not running:
            return
        running.invalidate_recordset(["remaining_amount", "paid_amount"])
        settled = running.filtered(lambda record: record._is_settled())
        for suspension in settled.filtered(
            lambda record: record.state in ("draft", "approved")
        ):
            suspension._cancel(
                suspension._localized().env._("Settled before the notice was sent.")
            )
        running = running.filtered(lambda record: record.state in OPEN_STATES)
        settled &= running
        # What is owed again, because a payment was rejected, is not proposed any more.
        stale = (running - settled).filtered("lift_proposed_on")
        stale._withdraw_lift_proposal()
        settled.filtered(lambda record: not record.lift_proposed_on)._propose_lift()

    def _propose_lift(self):
        """Ask management, once, to lift suspensions whose claim is settled."""
        for suspension in self:
            suspension.lift_proposed_on = suspension.company_id._recouvrement_today()
        self._tell_management(
            LIFT,
            lambda suspension: suspension.env._("All is paid: lift the suspension"),
            lambda suspension: suspension.env._(
                "%(amount)s is settled: one click lifts the suspension, and sends the"
                " letter.",
                amount=suspension.currency_id.format(suspension.amount),
            ),
        )

    def _withdraw_lift_proposal(self):
        """Take the proposals back: something is owed again."""
        self.lift_proposed_on = False
        lift_type = self.env.ref(LIFT)
        self.activity_ids.filtered(
            lambda activity: activity.activity_type_id == lift_type
        ).unlink()
