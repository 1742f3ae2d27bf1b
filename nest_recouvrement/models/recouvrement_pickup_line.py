from odoo import api, fields, models
from odoo.exceptions import UserError


class RecouvrementPickupLine(models.Model):
    """The part of a cheque that is meant for one journal item.

    Couriers read what is stored here, never the journal item.
    """

    _name = "recouvrement.pickup.line"
    _description = "Item of an Errand"
    _inherit = ["recouvrement.item.mixin"]
    _order = "date_maturity, id"

    pickup_id = fields.Many2one(
        comodel_name="recouvrement.pickup",
        required=True,
        ondelete="cascade",
        index=True,
    )
    currency_id = fields.Many2one(related="pickup_id.currency_id")
    move_line_id = fields.Many2one(
        string="Invoice Due",
        comodel_name="account.move.line",
        ondelete="set null",
        index="btree_not_null",
        groups="nest_recouvrement.group_officer,account.group_account_invoice",
    )
    amount = fields.Monetary(required=True)

    _check_amount = models.Constraint(
        "CHECK (amount > 0)", "Enter a positive amount on each invoice."
    )
    _item_uniq = models.UniqueIndex(
        "(pickup_id, move_line_id)", "An invoice stands once in an errand."
    )

    @api.constrains("amount", "move_line_id")
    def _check_errand(self):
        """Whichever way a line is written, the rules of its errand hold."""
        self.pickup_id._check_lines()

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._check_editable()
        return lines

    def write(self, vals):
        self._check_editable()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_done(self):
        self._check_editable()

    def _check_editable(self):
        """Refuse to name other invoices once a cheque is paid, rejected or gone.

        :raise UserError: naming the errand
        """
        for pickup in () if self.env.su else self.pickup_id:
            if pickup.state not in ("to_collect", "collected", "handed_over"):
                raise UserError(
                    self.env._(
                        "The invoices of %(errand)s can no longer be changed.",
                        errand=pickup.display_name,
                    )
                )
