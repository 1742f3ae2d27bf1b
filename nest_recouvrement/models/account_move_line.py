from odoo import api, fields, models


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    days_overdue = fields.Integer(string="Days Late", compute="_compute_days_overdue")

    # The open items of every partner: what is owed reads only this.
    _recouvrement_open_idx = models.Index(
        "(partner_id, company_id) INCLUDE (id, move_id, account_id, amount_residual,"
        " date_maturity, date, no_followup, display_type)"
        " WHERE parent_state = 'posted' AND amount_residual <> 0"
    )
    # The paid ones: how long a guarantor takes to pay reads only this.
    _recouvrement_paid_idx = models.Index(
        "(partner_id, company_id) INCLUDE (id, account_id, balance, date_maturity)"
        " WHERE parent_state = 'posted' AND reconciled"
        " AND display_type = 'payment_term' AND balance > 0"
    )

    @api.depends("balance", "date_maturity", "date")
    def _compute_days_overdue(self):
        """Count the days since what is owed was due; a credit is never late."""
        receipts = self.filtered(lambda line: line.balance < 0)
        receipts.days_overdue = 0
        for line in self - receipts:
            due_date = line.date_maturity or line.date
            today = line.company_id._recouvrement_today() if line.company_id else None
            line.days_overdue = (
                max((today - due_date).days, 0) if today and due_date else 0
            )

    def write(self, vals):
        """Have the dossiers refreshed when what is owed, by whom or when changes."""
        if not vals.keys() & self._get_recouvrement_watched_fields():
            return super().write(vals)
        posted = self.filtered(lambda line: line.parent_state == "posted")
        before = posted._get_recouvrement_pairs()
        result = super().write(vals)
        posted._mark_recouvrement_change(before)
        return result

    @api.model
    def _get_recouvrement_watched_fields(self):
        """Return the fields that say what is owed, by whom and when."""
        return {
            "account_id",
            "balance",
            "credit",
            "date_maturity",
            "debit",
            "no_followup",
            "partner_id",
        }

    def _get_recouvrement_pairs(self):
        """Return the (company, commercial partner) who owe or are owed these items."""
        return {
            (line.company_id, line.partner_id.commercial_partner_id)
            for line in self
            if line.partner_id and line.account_id.account_type == "asset_receivable"
        }

    def _mark_recouvrement_change(self, before=()):
        """Have the dossiers of these items' partners refreshed.

        :param before: pairs whose items these were before they changed
        """
        if pairs := self._get_recouvrement_pairs().union(before):
            self.env["recouvrement.ledger.change"]._mark(pairs)

    def action_include_in_followup(self):
        """Follow up items that were excluded, such as those of an opening balance.

        :raise AccessError: for who is neither collection manager nor accountant
        """
        self._recouvrement_writable().no_followup = False

    def action_exclude_from_followup(self):
        """Leave items out of reminders; they stay in the balance.

        :raise AccessError: for who is neither collection manager nor accountant
        """
        self._recouvrement_writable().no_followup = True

    def _recouvrement_writable(self):
        """Let the collection manager decide what is followed up.

        The manager only reads the ledger otherwise: what is followed up is no
        accounting figure.
        """
        if self.env.user.has_group("nest_recouvrement.group_manager"):
            self.check_access("read")
            return self.sudo()
        self.check_access("write")
        return self
