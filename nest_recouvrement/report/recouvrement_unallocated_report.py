from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class RecouvrementUnallocatedReport(models.Model):
    """What guarantors paid, or were credited, that no invoice is matched with.

    One row per open credit item of a followed-up guarantor, with its age: what a
    reminder must not press for, and what the accountant has to allocate.
    """

    _name = "recouvrement.unallocated.report"
    _description = "Unallocated Receipt"
    _auto = False
    _order = "date, id"
    _rec_name = "name"

    name = fields.Char(string="Number", readonly=True)
    ref = fields.Char(string="Reference", readonly=True)
    date = fields.Date(readonly=True)
    days = fields.Integer(string="Age (Days)", aggregator="max", readonly=True)
    bucket = fields.Selection(
        string="Age",
        selection=[
            ("0_7", "Up to 7 days"),
            ("8_30", "8 to 30 days"),
            ("31_60", "31 to 60 days"),
            ("61_90", "61 to 90 days"),
            ("91_plus", "Over 90 days"),
        ],
        readonly=True,
    )
    kind = fields.Selection(
        selection=[
            ("payment", "Payment"),
            ("credit_note", "Credit note"),
            ("transaction", "Bank transaction"),
            ("entry", "Other entry"),
        ],
        readonly=True,
    )
    amount = fields.Monetary(string="Not Allocated", readonly=True)
    overdue_amount = fields.Monetary(
        string="Overdue",
        help="What the guarantor owes and is overdue.",
        related="dossier_id.overdue_amount",
    )
    reason = fields.Char(string="Why No Invoice Is Named", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    partner_id = fields.Many2one(
        string="Guarantor", comodel_name="res.partner", readonly=True
    )
    dossier_id = fields.Many2one(comodel_name="recouvrement.dossier", readonly=True)
    user_id = fields.Many2one(
        string="Collection Officer", comodel_name="res.users", readonly=True
    )
    move_id = fields.Many2one(
        string="Journal Entry", comodel_name="account.move", readonly=True
    )
    move_line_id = fields.Many2one(
        string="Journal Item", comodel_name="account.move.line", readonly=True
    )
    payment_id = fields.Many2one(comodel_name="account.payment", readonly=True)

    _depends = {
        "account.account": ["account_type"],
        "account.move": ["move_type", "name", "ref", "statement_line_id"],
        "account.move.line": [
            "account_id",
            "amount_residual",
            "company_id",
            "date",
            "move_id",
            "parent_state",
            "partner_id",
        ],
        "account.payment": ["recouvrement_unallocated_reason"],
        "recouvrement.dossier": ["active", "company_id", "partner_id", "user_id"],
        "res.partner": ["commercial_partner_id", "tz"],
    }

    @property
    def _table_query(self):
        return SQL("%s %s %s", self._select(), self._from(), self._where())

    def _select(self):
        return SQL(
            """
            SELECT item.id, item.id AS move_line_id, item.move_id, item.company_id,
                   item.date, move.name, move.ref, dossier.partner_id,
                   dossier.id AS dossier_id, dossier.user_id,
                   move.origin_payment_id AS payment_id,
                   payment.recouvrement_unallocated_reason AS reason,
                   -item.amount_residual AS amount, age.days,
                   CASE WHEN age.days <= 7 THEN '0_7'
                        WHEN age.days <= 30 THEN '8_30'
                        WHEN age.days <= 60 THEN '31_60'
                        WHEN age.days <= 90 THEN '61_90'
                        ELSE '91_plus' END AS bucket,
                   CASE WHEN move.origin_payment_id IS NOT NULL THEN 'payment'
                        WHEN move.move_type = 'out_refund' THEN 'credit_note'
                        WHEN move.statement_line_id IS NOT NULL THEN 'transaction'
                        ELSE 'entry' END AS kind
            """
        )

    def _from(self):
        """Return the tables; the days of a company begin in its own timezone."""
        return SQL(
            """
              FROM account_move_line item
              JOIN account_move move ON move.id = item.move_id
              JOIN account_account account
                ON account.id = item.account_id
               AND account.account_type = 'asset_receivable'
              JOIN res_partner partner ON partner.id = item.partner_id
              JOIN recouvrement_dossier dossier
                ON dossier.partner_id = partner.commercial_partner_id
               AND dossier.company_id = item.company_id
               AND dossier.active
              JOIN res_company company ON company.id = item.company_id
              JOIN res_partner company_partner
                ON company_partner.id = company.partner_id
         LEFT JOIN account_payment payment ON payment.id = move.origin_payment_id
        CROSS JOIN LATERAL (
                SELECT (%(now)s::timestamp AT TIME ZONE 'UTC'
                        AT TIME ZONE COALESCE(company_partner.tz, 'UTC'))::date
                       - item.date AS days) age
            """,
            now=fields.Datetime.now(),
        )

    def _where(self):
        return SQL("WHERE item.parent_state = 'posted' AND item.amount_residual < 0")

    def action_allocate(self):
        """Open what is not allocated, where its invoices are named.

        :raise UserError: a bank transaction or another entry, matched by hand
        """
        self.ensure_one()
        if self.payment_id:
            return self.payment_id._open_form()
        if self.kind != "credit_note":
            raise UserError(
                self.env._(
                    "%(entry)s is no payment: match it from the invoices that it"
                    " settles, under their outstanding credits.",
                    entry=self.name,
                )
            )
        return {
            "type": "ir.actions.act_window",
            "res_model": "account.move",
            "res_id": self.move_id.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    def action_view_dossier(self):
        """Open the dossier of the guarantor."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "recouvrement.dossier",
            "res_id": self.dossier_id.id,
            "view_mode": "form",
        }
