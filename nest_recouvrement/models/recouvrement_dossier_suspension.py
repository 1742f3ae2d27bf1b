from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from .recouvrement_suspension import OPEN_STATES


class RecouvrementDossier(models.Model):
    """The suspension of services to a guarantor, from its dossier."""

    _inherit = "recouvrement.dossier"

    suspension_ids = fields.One2many(
        string="Suspensions",
        comodel_name="recouvrement.suspension",
        inverse_name="dossier_id",
    )
    suspension_id = fields.Many2one(
        string="Current Suspension",
        comodel_name="recouvrement.suspension",
        compute="_compute_suspension_id",
        search="_search_suspension_id",
    )
    suspension_state = fields.Selection(
        string="Suspension", related="suspension_id.state"
    )
    suspension_effective_date = fields.Date(related="suspension_id.date_effective")
    suspension_remaining_amount = fields.Monetary(
        related="suspension_id.remaining_amount"
    )

    @api.depends("suspension_ids.state")
    def _compute_suspension_id(self):
        current = {
            suspension.dossier_id: suspension
            for suspension in self.env["recouvrement.suspension"].search(
                [("dossier_id", "in", self.ids), ("state", "in", OPEN_STATES)]
            )
        }
        for dossier in self:
            dossier.suspension_id = current.get(dossier, False)

    def _search_suspension_id(self, operator, value):
        if operator not in ("in", "any"):
            return NotImplemented
        condition = [("id", operator, value)] if operator == "in" else list(value)
        if operator == "in" and False in value:
            return NotImplemented
        return [("suspension_ids", "any", [("state", "in", OPEN_STATES), *condition])]

    def action_prepare_suspension(self):
        """Draft the suspension notice of this guarantor now, by decision.

        :raise UserError: if nothing is to be claimed
        """
        self.ensure_one()
        self.check_access("read")
        suspensions = self.env["recouvrement.suspension"]
        suspensions._check_management()
        self._refresh()
        if not self.suspension_id:
            if not self.claimable_amount:
                raise UserError(
                    self.env._(
                        "No suspension can be prepared. %s", self._get_pause_reason()
                    )
                )
            # Its claim comes from the ledger, whoever drafts it.
            suspensions.sudo()._draft(self)
        return self.action_view_suspension()

    def action_view_suspension(self):
        """Open the current suspension, or the list of them all."""
        self.ensure_one()
        action = {
            "type": "ir.actions.act_window",
            "name": self.env._("Suspensions of %s", self.display_name),
            "res_model": "recouvrement.suspension",
            "domain": [("dossier_id", "=", self.id)],
            "view_mode": "list,form",
        }
        if self.suspension_id:
            return {**action, "res_id": self.suspension_id.id, "view_mode": "form"}
        return action

    def action_lift_suspension(self):
        """Lift the current suspension.

        :raise UserError: if there is none, or it was lifted meanwhile
        """
        self.ensure_one()
        self.check_access("read")
        if not self.suspension_id:
            raise UserError(
                self.env._(
                    "The services of %s are not suspended: there is nothing to lift.",
                    self.display_name,
                )
            )
        return self.suspension_id.action_lift()

    def _refresh_figures(self, companies):
        """Look at the suspensions whose claim may be settled now."""
        result = super()._refresh_figures(companies)
        self.env["recouvrement.suspension"].sudo()._on_ledger_refreshed(self, companies)
        return result

    def _get_suspension_values(self):
        """Return what suspensions of these dossiers claim today, by dossier id.

        In a fixed number of queries.

        :rtype: dict[int, dict]
        """
        claims = self._get_claims()
        return {
            dossier.id: {
                "credit_amount": dossier.unallocated_credit,
                "line_ids": [
                    Command.create(
                        {
                            "amount": amount,
                            "date": item.invoice_date or item.date,
                            "date_maturity": item.date_maturity or item.date,
                            "move_line_id": item.id,
                            "name": item.move_id.name,
                            "original_amount": item.balance,
                        }
                    )
                    for item, amount in claims[dossier].items()
                ],
            }
            for dossier in self
        }
