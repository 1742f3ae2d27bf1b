from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..models.account_move_suspension import OVERRIDE


class RecouvrementSuspensionAllow(models.TransientModel):
    """Why invoices are confirmed although services are suspended."""

    _name = "recouvrement.suspension.allow"
    _description = "Invoice despite a Suspension"

    move_ids = fields.Many2many(
        string="Invoices", comodel_name="account.move", required=True
    )
    reason = fields.Char(required=True)
    explanation = fields.Text(compute="_compute_explanation")

    @api.depends("move_ids")
    def _compute_explanation(self):
        for wizard in self:
            blocked = wizard.move_ids._get_blocked_by_suspension()
            wizard.explanation = "\n".join(
                dict.fromkeys(
                    self.env["res.partner"]._prepare_service_status(record)["reason"]
                    for record in blocked.values()
                )
            )

    @api.constrains("reason")
    def _check_reason(self):
        for wizard in self:
            if not wizard.reason.strip():
                raise ValidationError(
                    self.env._("Write why the suspended guarantor is invoiced.")
                )

    def action_confirm(self):
        """Allow the invoices, log why, and confirm them if the user may.

        :raise AccessError: for users who may not override a suspension
        """
        self.ensure_one()
        if not self.env.user.has_group(OVERRIDE):
            raise AccessError(
                self.env._("You may not invoice a guarantor who is suspended.")
            )
        self.move_ids.check_access("read")
        blocked = self.move_ids._get_blocked_by_suspension()
        if not blocked:
            raise UserError(self.env._("These invoices are not blocked any more."))
        # The exception is this user's decision: its right was checked above.
        self.env["recouvrement.suspension.exception"].sudo().create(
            [
                {
                    "move_id": move.id,
                    "reason": self.reason,
                    "suspension_id": suspension.id,
                    "user_id": self.env.uid,
                }
                for move, suspension in blocked.items()
            ]
        )
        self._log_allowed(blocked)
        if self.env.user.has_group("account.group_account_invoice"):
            return self.move_ids.action_post() or True
        return True

    def _log_allowed(self, blocked):
        """Keep the decision on the invoices and in the journal."""
        for move, suspension in blocked.items():
            move.sudo()._message_log(
                body=self.env._(
                    "Allowed although services are suspended (%(suspension)s):"
                    " %(reason)s",
                    suspension=suspension.name,
                    reason=self.reason,
                )
            )
            suspension._log_milestone(
                lambda record: record.env._("Invoice allowed despite the suspension"),
                lambda record, move=move: record.env._(
                    "%(invoice)s, %(amount)s: %(reason)s",
                    invoice=move.name or move.ref or record.env._("Draft invoice"),
                    amount=move.currency_id.format(move.amount_total),
                    reason=self.reason,
                ),
            )
