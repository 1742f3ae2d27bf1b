from odoo import api, fields, models
from odoo.tools import SQL

# What a promise says, and what was paid of it.
EVIDENCE_FIELDS = frozenset(
    ("amount", "commitment_id", "matched_before", "move_line_id", "paid_amount")
)


class RecouvrementCommitmentLine(models.Model):
    """The part of a promise that concerns one journal item."""

    _name = "recouvrement.commitment.line"
    _description = "Promised Item"
    _inherit = ["recouvrement.item.mixin"]
    _order = "date_maturity, id"

    commitment_id = fields.Many2one(
        comodel_name="recouvrement.commitment",
        required=True,
        ondelete="cascade",
        index=True,
    )
    dossier_id = fields.Many2one(related="commitment_id.dossier_id")
    currency_id = fields.Many2one(related="commitment_id.currency_id")
    move_line_id = fields.Many2one(
        string="Invoice Due",
        comodel_name="account.move.line",
        ondelete="set null",
        index="btree_not_null",
    )
    move_id = fields.Many2one(
        string="Invoice",
        help="Stays when the journal item is made anew: an invoice that is corrected.",
        comodel_name="account.move",
        compute="_compute_move_id",
        store=True,
        ondelete="set null",
        index="btree_not_null",
    )
    residual_amount = fields.Monetary(
        string="Open", related="move_line_id.amount_residual"
    )
    amount = fields.Monetary(string="Promised", required=True)
    matched_before = fields.Monetary(
        help="What was already paid on the item when the promise was made.",
        readonly=True,
        copy=False,
    )
    paid_amount = fields.Monetary(
        string="Paid",
        help="Matched on the item since, in time.",
        readonly=True,
        copy=False,
    )

    _check_amount = models.Constraint(
        "CHECK (amount > 0)", "Promise a positive amount on each invoice."
    )
    _item_uniq = models.UniqueIndex(
        "(commitment_id, move_line_id)", "An invoice stands once in a promise."
    )

    @api.depends("move_line_id")
    def _compute_move_id(self):
        """Keep the invoice when its journal item goes."""
        for line in self.filtered("move_line_id"):
            line.move_id = line.move_line_id.move_id

    @api.model_create_multi
    def create(self, vals_list):
        """Note what is paid already: only what comes after keeps the promise."""
        lines = super().create(vals_list)
        lines._check_editable()
        paid = self._get_paid_amounts(lines.move_line_id)
        # What was paid is the ledger's to say, whoever takes the promise.
        for line in lines.sudo().filtered("move_line_id"):
            line.matched_before = paid.get(line.move_line_id.id, 0.0)
        return lines

    def write(self, vals):
        if vals.keys() & EVIDENCE_FIELDS:
            self._check_editable()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_evidence(self):
        self._check_editable()

    def _check_editable(self):
        """Refuse to change by hand what was promised; the ledger may reduce it.

        :raise UserError: naming the promise
        """
        if self.env.su:
            return
        if made := self.commitment_id.filtered(lambda promise: not promise.is_draft):
            made._refuse_rewriting()

    @api.constrains("amount", "move_line_id")
    def _check_promised(self):
        """Check the promise when a line of it changes alone."""
        # What is no longer owed is taken off several lines, one after the other.
        if self.env.context.get("recouvrement_release"):
            return
        open_lines = self.filtered(lambda line: line.commitment_id.state == "open")
        for commitment in open_lines.commitment_id:
            commitment._check_items()

    @api.model
    def _forget_rejected(self, payment, amounts):
        """Take off what was paid before these promises, and came back from the bank.

        Otherwise what is paid since would first make up for it, and keep no promise.

        :param account.payment payment: rejected by the bank
        :param dict amounts: what it had settled, by account.move.line
        """
        # What the bank did concerns every promise, whoever may see it.
        lines_sudo = self.sudo().search(
            [
                ("move_line_id", "in", [item.id for item in amounts]),
                ("commitment_id.state", "=", "open"),
                ("matched_before", ">", 0),
                ("create_date", ">=", payment.create_date),
            ]
        )
        for line in lines_sudo:
            line.matched_before = max(
                line.matched_before - amounts[line.move_line_id], 0.0
            )

    @api.model
    def _get_paid_amounts(self, items):
        """Return what was paid on journal items, by id, in one query.

        :param account.move.line items: promised items
        :rtype: dict[int, float]
        """
        if not items:
            return {}
        self.env.flush_all()
        return dict(
            self.env.execute_query(
                SQL(
                    """
                    SELECT item.id, SUM(payment.amount)::float
                      FROM account_move_line item
                CROSS JOIN LATERAL (%s) payment
                     WHERE item.id = ANY(%s)
                  GROUP BY item.id
                    """,
                    self.env["recouvrement.commitment"]._get_payments_query(
                        SQL("item.id")
                    ),
                    items.ids,
                )
            )
        )
