from odoo import api, models
from odoo.exceptions import ValidationError

from .recouvrement_pickup import IN_HAND_STATES


class RecouvrementPickup(models.Model):
    """What an errand may say: who goes, for open invoices."""

    _inherit = "recouvrement.pickup"

    @api.constrains("user_id", "dossier_id")
    def _check_courier(self):
        # A courier's companies are read by whoever gives the errand.
        for pickup_sudo in self.sudo().filtered("user_id"):
            if pickup_sudo.company_id not in pickup_sudo.user_id.company_ids:
                raise ValidationError(
                    self.env._(
                        "%(courier)s does not work in %(company)s: choose another"
                        " courier.",
                        courier=pickup_sudo.user_id.name,
                        company=pickup_sudo.company_id.name,
                    )
                )

    @api.constrains("kind", "line_ids", "dossier_id")
    def _check_lines(self):
        """A cheque names open invoices of its guarantor, each for what is left."""
        for pickup in self.filtered(lambda pickup: pickup.kind == "collect"):
            if not pickup.line_ids:
                raise ValidationError(
                    self.env._(
                        "Name the invoices that the cheque is for, and the amount on"
                        " each."
                    )
                )
            if pickup.state == "to_collect":
                pickup.dossier_id._check_own_items(pickup.line_ids.move_line_id)
                pickup._check_residuals()
            elif pickup.state in IN_HAND_STATES:
                pickup._check_named_amount()

    def _check_residuals(self):
        """Refuse to name more than what is open and not named by another cheque."""
        others = self.env["recouvrement.pickup.line"]._read_group(
            [
                ("move_line_id", "in", self.line_ids.move_line_id.ids),
                ("pickup_id.state", "in", ("to_collect", *IN_HAND_STATES)),
                ("pickup_id", "not in", self.ids),
            ],
            ["move_line_id"],
            ["amount:sum"],
        )
        named = dict(others)
        for line in self.line_ids.filtered("move_line_id"):
            item = line.move_line_id
            available = item.amount_residual - named.get(item, 0.0)
            if line.currency_id.compare_amounts(line.amount, available) > 0:
                raise ValidationError(
                    self.env._(
                        "At most %(available)s can be collected on %(invoice)s: the"
                        " rest is paid, or named by another cheque.",
                        invoice=line.name,
                        available=line.currency_id.format(max(available, 0.0)),
                    )
                )
