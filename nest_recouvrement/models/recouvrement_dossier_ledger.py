from odoo import api, fields, models
from odoo.exceptions import ValidationError


class RecouvrementDossier(models.Model):
    """What the ledger says: figures stored by a set-based refresh (design, section 3).

    All amounts are in the company's currency, from the residuals of posted receivable
    items, never from the payment state of invoices.
    """

    _inherit = "recouvrement.dossier"

    not_due_amount = fields.Monetary(
        string="Not Due",
        help="Open items due today or later.",
        readonly=True,
    )
    overdue_amount = fields.Monetary(
        string="Overdue",
        help="Open items due before today, without those excluded from follow-up.",
        readonly=True,
    )
    excluded_amount = fields.Monetary(
        string="Excluded",
        help="Overdue items excluded from follow-up. Odoo excludes those of general"
        " journals, such as opening balances, until they are included by hand.",
        readonly=True,
    )
    unallocated_credit = fields.Monetary(
        help="Payments and credit notes that are not matched yet.",
        readonly=True,
    )
    balance = fields.Monetary(
        help="Not due + overdue + excluded - unallocated credit: what the general"
        " ledger says.",
        readonly=True,
    )
    bucket_1_30 = fields.Monetary(string="1-30 Days", readonly=True)
    bucket_31_60 = fields.Monetary(string="31-60 Days", readonly=True)
    bucket_61_90 = fields.Monetary(string="61-90 Days", readonly=True)
    bucket_91_120 = fields.Monetary(string="91-120 Days", readonly=True)
    bucket_121_plus = fields.Monetary(string="Over 120 Days", readonly=True)
    disputed_amount = fields.Monetary(
        string="Disputed", help="Overdue, under an open dispute.", readonly=True
    )
    promised_amount = fields.Monetary(
        string="Promised",
        help="Overdue, covered by promises that have not expired.",
        readonly=True,
    )
    claimable_amount = fields.Monetary(
        string="Claimable",
        help="Overdue - disputed - promised - unallocated credit: what a reminder may"
        " press for.",
        readonly=True,
    )
    oldest_due_date = fields.Date(
        help="Of the overdue items that are neither disputed nor promised.",
        readonly=True,
    )
    days_overdue = fields.Integer(
        string="Days Late",
        help="Days since the oldest due date.",
        readonly=True,
        aggregator="max",
    )
    open_invoice_count = fields.Integer(string="Open Invoices", readonly=True)
    overdue_invoice_count = fields.Integer(string="Overdue Invoices", readonly=True)
    first_invoice_date = fields.Date(readonly=True)
    monthly_turnover = fields.Monetary(
        help="Untaxed invoices minus credit notes, a month, over the last complete"
        " calendar months.",
        readonly=True,
    )
    average_delay_days = fields.Float(
        string="Average Delay (Days)",
        help="From due date to full payment, over the last 12 months, weighted by"
        " amount.",
        digits=(16, 1),
        readonly=True,
        aggregator="avg",
    )
    promise_kept_rate = fields.Float(
        string="Promises Kept",
        help="Share of the promises ended in the last 12 months that were kept.",
        readonly=True,
        aggregator="avg",
    )
    refreshed_on = fields.Datetime(readonly=True)
    is_stale = fields.Boolean(compute="_compute_is_stale")

    aging_bar = fields.Json(
        help="Amounts by age, for the bar of the form.", compute="_compute_aging_bar"
    )
    open_item_ids = fields.Many2many(
        string="Open Items",
        comodel_name="account.move.line",
        compute="_compute_open_item_ids",
    )

    @api.depends(
        lambda self: ["not_due_amount", *(row[0] for row in self._get_buckets())]
    )
    def _compute_aging_bar(self):
        for dossier in self:
            fields_shown = ["not_due_amount", *(row[0] for row in self._get_buckets())]
            dossier.aging_bar = [
                {
                    "name": name,
                    "label": self._fields[name]._description_string(self.env),
                    "amount": dossier[name],
                    "formatted": dossier.currency_id.format(dossier[name]),
                }
                for name in fields_shown
            ]

    @api.depends("balance")
    def _compute_open_item_ids(self):
        for dossier in self:
            dossier.open_item_ids = self.env["account.move.line"].search_fetch(
                dossier._get_open_items_domain(),
                self._get_open_item_fields(),
                order="date_maturity, id",
            )

    def _compute_is_stale(self):
        changes_sudo = self.env["recouvrement.ledger.change"].sudo()
        stale = changes_sudo._read_group(
            [("partner_id", "in", self.partner_id.ids)], ["company_id", "partner_id"]
        )
        stale_ids = {(company.id, partner.id) for company, partner in stale}
        for dossier in self:
            key = (dossier.company_id.id, dossier.partner_id.id)
            dossier.is_stale = key in stale_ids

    # === BUSINESS METHODS - ITEMS === #

    @api.model
    def _get_open_item_fields(self):
        """Return the fields of items that the form shows, read along with them."""
        return [
            "amount_residual",
            "balance",
            "company_currency_id",
            "company_id",
            "date",
            "date_maturity",
            "invoice_date",
            "move_id",
            "move_name",
            "no_followup",
            "ref",
        ]

    def _get_open_items_domain(self):
        """Return the domain of the unpaid receivable items of one dossier."""
        self.ensure_one()
        return [
            ("company_id", "=", self.company_id.id),
            ("partner_id.commercial_partner_id", "=", self.partner_id.id),
            ("parent_state", "=", "posted"),
            ("account_id.account_type", "=", "asset_receivable"),
            ("amount_residual", "!=", 0),
        ]

    def _check_own_items(self, items):
        """Refuse journal items that are no open debt of this dossier's guarantor.

        :param account.move.line items: items named by a promise or a dispute
        :raise ValidationError: naming the first wrong one
        """
        self.ensure_one()
        for item in items:
            if (
                item.partner_id.commercial_partner_id != self.partner_id
                or item.company_id != self.company_id
            ):
                raise ValidationError(
                    self.env._(
                        "%(invoice)s is not owed by %(guarantor)s to %(company)s.",
                        invoice=item.move_id.name,
                        guarantor=self.display_name,
                        company=self.company_id.name,
                    )
                )
            if (
                item.parent_state != "posted"
                or item.account_id.account_type != "asset_receivable"
                or item.amount_residual <= 0
            ):
                raise ValidationError(
                    self.env._(
                        "Nothing is open on %(invoice)s: choose an unpaid invoice.",
                        invoice=item.move_id.name,
                    )
                )
