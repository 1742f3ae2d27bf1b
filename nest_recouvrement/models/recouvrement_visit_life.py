from markupsafe import Markup

from odoo import api, fields, models

from .recouvrement_visit import OPEN_STATES


class RecouvrementVisit(models.Model):
    """The life of a visit: decided by management, asked about, looked after daily."""

    _inherit = "recouvrement.visit"

    # === ACTION METHODS === #

    def action_approve(self):
        """Agree to proposed visits; they are to be scheduled.

        :raise AccessError: for others than management
        :raise UserError: if one is already decided on
        """
        self._check_management()
        self._check_state("proposed")
        for visit in self:
            # The decision is written by this button only.
            visit.sudo().write({"state": "approved", **self._prepare_decision()})
            visit._close_activities()
        return True

    def action_decline(self):
        """Ask why the visit is declined or cancelled, and how the follow-up goes on.

        :raise AccessError: for others than management
        """
        self.ensure_one()
        self._check_management()
        self._check_state(*OPEN_STATES)
        return self._open_wizard(
            "recouvrement.visit.decline",
            self.env._("Decline the visit")
            if self.state == "proposed"
            else self.env._("Cancel the visit"),
        )

    def _decline(self, reason):
        """Decline a proposal, or cancel a visit; the officer gets to know why.

        :param str reason: why, in the words of whoever decides
        """
        self._check_management()
        self._check_state(*OPEN_STATES)
        for visit in self:
            visit_sudo = visit.sudo()
            event_sudo = visit_sudo.event_id
            visit_sudo.write(
                {
                    "state": "declined" if visit.state == "proposed" else "cancelled",
                    "decision_reason": reason,
                    "event_id": False,
                    **self._prepare_decision(),
                }
            )
            event_sudo.unlink()
            visit._close_activities()

    def action_propose_again(self):
        """Propose a declined visit once more, with the figures of today."""
        self._check_state("declined")
        self.check_access("write")
        for visit in self:
            visit_sudo = visit.sudo()
            visit_sudo.write(
                {
                    "state": "proposed",
                    "decided_on": False,
                    "decided_user_id": False,
                    "decision_reason": False,
                    "date_proposed": visit.company_id._recouvrement_today(),
                }
            )
            visit_sudo._compute_claim()
            action_sudo = visit_sudo.action_id
            if action_sudo.state == "todo":
                # The step goes back to whoever decides on it.
                action_sudo._drop_activities()
                action_sudo._perform_task()
            else:
                visit_sudo._ask_management()
        return True

    def _prepare_decision(self):
        return {
            "decided_on": fields.Datetime.now(),
            "decided_user_id": self.env.uid,
        }

    # === BUSINESS METHODS - PEOPLE === #

    def _ask_management(self):
        """Ask management to decide on visits that nobody was asked about yet."""
        for visit in self:
            visit._schedule_for(
                visit.user_id or visit.company_id._recouvrement_responsible("manager"),
                "nest_recouvrement.mail_activity_type_visit_decision",
                visit.reason,
            )

    def _schedule_for(self, user, activity_type, text, **values):
        """Create an activity on one visit for a person."""
        self.ensure_one()
        # Whoever proposes or reports a visit need not be its manager.
        self.sudo().with_context(mail_activity_quick_update=True).activity_schedule(
            activity_type,
            user_id=(user or self.env.user).id,
            note=Markup("<p>%s</p>") % (text or ""),
            **values,
        )

    # === BUSINESS METHODS - SCHEDULER === #

    @api.model
    def _cron_follow_up(self):
        """Daily: ask for the reports of visits whose day is over, once a day planned.

        Then look at what was paid after those that were held.
        """
        companies_sudo = self.env["res.company"].sudo().search([])
        visits = self.sudo().with_context(allowed_company_ids=companies_sudo.ids)
        for company in companies_sudo:
            visits._remind_unreported(company)
        visits._follow_up_payments(companies_sudo)
