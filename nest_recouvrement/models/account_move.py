from odoo import api, fields, models


class AccountMove(models.Model):
    _inherit = "account.move"

    recouvrement_dossier_id = fields.Many2one(
        string="Collection Dossier",
        comodel_name="recouvrement.dossier",
        compute="_compute_recouvrement_dossier_id",
        groups="nest_recouvrement.group_officer,account.group_account_invoice",
    )
    # Posted customer documents by date: the turnover of a guarantor reads only this.
    _recouvrement_turnover_idx = models.Index(
        "(commercial_partner_id, company_id, invoice_date)"
        " INCLUDE (move_type, amount_untaxed_signed)"
        " WHERE state = 'posted' AND move_type IN ('out_invoice', 'out_refund')"
    )

    @api.depends("commercial_partner_id", "company_id", "move_type")
    def _compute_recouvrement_dossier_id(self):
        dossiers = self.env["recouvrement.dossier"].search(
            [("partner_id", "in", self.commercial_partner_id.ids)]
        )
        by_key = {
            (dossier.company_id, dossier.partner_id): dossier for dossier in dossiers
        }
        for move in self:
            move.recouvrement_dossier_id = move.is_sale_document(
                include_receipts=True
            ) and by_key.get((move.company_id, move.commercial_partner_id))

    def write(self, vals):
        """Have the dossiers refreshed whenever items enter or leave the ledger.

        The items of a posted entry change when a bank transaction is reconciled.
        """
        if not vals.keys() & {"line_ids", "partner_id", "state"}:
            return super().write(vals)
        was_posted = self.filtered(lambda move: move.state == "posted")
        before = was_posted.line_ids._get_recouvrement_pairs()
        result = super().write(vals)
        touched = was_posted | self.filtered(lambda move: move.state == "posted")
        touched.line_ids._mark_recouvrement_change(before)
        return result

    def action_view_recouvrement_dossier(self):
        """Open the dossier in which this invoice is followed up."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "recouvrement.dossier",
            "res_id": self.recouvrement_dossier_id.id,
            "view_mode": "form",
        }
