from odoo import models


class ValidateAccountMove(models.TransientModel):
    _inherit = "validate.account.move"

    def validate_move(self):
        """Tell which invoices stay in draft because services are suspended."""
        blocked = self.move_ids._get_blocked_by_suspension()
        result = super().validate_move()
        if not blocked:
            return result
        guarantors = {record.partner_id.display_name for record in blocked.values()}
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": self.env._("Invoices left in draft"),
                "message": self.env._(
                    "%(count)s invoice(s) are not confirmed: services are suspended for"
                    " %(guarantors)s.",
                    count=len(blocked),
                    guarantors=", ".join(sorted(guarantors)),
                ),
                "type": "warning",
                "sticky": True,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
