from odoo import api, fields, models
from odoo.exceptions import UserError


class RecouvrementPickupCustody(models.Model):
    """The chain of custody: each time a cheque or a letter passes from hand to hand.

    Names are kept as they were that day; nobody edits or deletes a passage.
    """

    _name = "recouvrement.pickup.custody"
    _description = "Passage from Hand to Hand"
    _order = "date, id"

    pickup_id = fields.Many2one(
        string="Errand",
        comodel_name="recouvrement.pickup",
        required=True,
        ondelete="restrict",
        index=True,
    )
    event = fields.Selection(
        string="Passage",
        selection=[
            ("collected", "Collected"),
            ("handed_over", "Handed over"),
            ("received", "Receipt confirmed"),
            ("refused", "Not received"),
            ("returned", "Returned"),
            ("delivered", "Delivered"),
        ],
        required=True,
    )
    date = fields.Datetime(
        string="When", default=lambda self: fields.Datetime.now(), required=True
    )
    giver_name = fields.Char(string="By")
    receiver_name = fields.Char(string="To")
    user_id = fields.Many2one(
        string="Noted By",
        comodel_name="res.users",
        default=lambda self: self.env.user,
        required=True,
    )
    currency_id = fields.Many2one(related="pickup_id.currency_id")
    amount = fields.Monetary()
    note = fields.Text()
    attachment_id = fields.Many2one(
        string="Proof", comodel_name="ir.attachment", ondelete="restrict"
    )

    @api.depends("event", "pickup_id")
    def _compute_display_name(self):
        labels = dict(self._fields["event"]._description_selection(self.env))
        for passage in self:
            passage.display_name = f"{passage.pickup_id.name} - {labels[passage.event]}"

    def write(self, vals):
        """Refuse: what happened does not change.

        :raise UserError: always, whoever writes
        """
        if self:
            raise UserError(self._get_refusal())
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_never(self):
        if self:
            raise UserError(self._get_refusal())

    def _get_refusal(self):
        return self.env._(
            "The chain of custody is evidence: it is neither changed nor deleted."
        )
