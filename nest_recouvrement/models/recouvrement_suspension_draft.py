from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from .recouvrement_suspension import OPEN_STATES
from .recouvrement_suspension_story import DECISION


class RecouvrementSuspension(models.Model):
    """The draft of a suspension: after a visit, a step of the plan, or by hand."""

    _inherit = "recouvrement.suspension"

    # === BUSINESS METHODS - DRAFTING === #

    @api.model
    def _draft_after_visits(self, visits):
        """Draft the notices after held visits without payment, in one batch.

        :param recouvrement.visit visits: at most one notice is drafted for each
        """
        done = self.search([("visit_id", "in", visits.ids)]).visit_id
        return self._draft((visits - done).dossier_id, visits - done)

    @api.model
    def _draft(self, dossiers, visits=None, actions=None):
        """Draft the notices of dossiers that have none, and tell management.

        :param recouvrement.dossier dossiers: something is to be claimed from them
        :param recouvrement.visit visits: what the notices follow, if anything
        :param recouvrement.action actions: the steps that ask for them, if any
        """
        suspended = self.search(
            [("dossier_id", "in", dossiers.ids), ("state", "in", OPEN_STATES)]
        ).dossier_id
        claims = dossiers._get_claims()
        targets = (dossiers - suspended).filtered(lambda dossier: claims[dossier])
        visit_by_dossier = {visit.dossier_id: visit for visit in visits or ()}
        action_by_dossier = {action.dossier_id: action for action in actions or ()}
        suspensions = self.create(
            [
                {
                    "action_id": action_by_dossier[dossier].id
                    if dossier in action_by_dossier
                    else False,
                    "date_draft": dossier.company_id._recouvrement_today(),
                    "dossier_id": dossier.id,
                    "visit_id": visit_by_dossier[dossier].id
                    if dossier in visit_by_dossier
                    else False,
                }
                for dossier in targets
            ]
        )
        # A step of the plan asks for its decision by itself.
        by_hand = suspensions.filtered(lambda suspension: not suspension.action_id)
        by_hand._tell_management(
            DECISION,
            lambda suspension: suspension.env._("Suspension to approve"),
            lambda suspension: suspension._describe_draft(),
        )
        suspensions._log_milestone(
            lambda suspension: suspension.env._("Suspension notice drafted"),
            lambda suspension: suspension._describe_draft(),
        )
        return suspensions

    def _describe_draft(self):
        """Return why the notice was drafted, in the language of the reader."""
        self.ensure_one()
        values = {
            "amount": self.currency_id.format(self.amount),
            "count": len(self.line_ids),
        }
        if self.visit_id:
            return self.env._(
                "Nothing was paid since the visit of %(date)s: %(amount)s on %(count)s"
                " invoice(s).",
                date=format_date(self.env, self.visit_id.held_on),
                **values,
            )
        return self.env._("%(amount)s on %(count)s invoice(s).", **values)

    # === ACTION METHODS === #

    def action_approve(self):
        """Approve drafts; their notices are to be sent.

        :raise AccessError: for others than management
        :raise UserError: if one is no draft any more, or was paid meanwhile
        """
        self._check_management()
        self._check_state("draft")
        # The ledger decides whether there is still something to claim.
        self.sudo().dossier_id._refresh()
        for suspension in self:
            suspension._check_still_owed()
            suspension._update_claim()
            suspension.sudo().write(
                {
                    "approved_on": fields.Datetime.now(),
                    "approved_user_id": self.env.uid,
                    "state": "approved",
                }
            )
            suspension._close_activities()
        self._log_milestone(
            lambda suspension: suspension.env._("Suspension approved"),
            lambda suspension: suspension.name,
        )
        return True

    # === BUSINESS METHODS - CLAIM === #

    def _check_still_owed(self):
        """Refuse to press for what is paid.

        :raise UserError: if nothing is claimed any more
        """
        self.ensure_one()
        if self._is_settled() or not self.dossier_id.claimable_amount:
            raise UserError(
                self.env._(
                    "Nothing is to be claimed from %(guarantor)s any more: cancel the"
                    " suspension. %(reason)s",
                    guarantor=self.partner_id.display_name,
                    reason=self.dossier_id._get_pause_reason(),
                )
            )

    def _update_claim(self):
        """Claim what is open now: nothing was sent yet."""
        self.ensure_one()
        values = self.dossier_id._get_suspension_values()[self.dossier_id.id]
        # The claim comes from the ledger, whoever approves it.
        self.sudo().write(
            {**values, "line_ids": [Command.clear(), *values["line_ids"]]}
        )
