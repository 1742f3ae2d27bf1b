from odoo import models


class AccountMove(models.Model):
    """An invoice that is put back to draft, corrected and confirmed stays promised."""

    _inherit = "account.move"

    def _post(self, soft=True):
        posted = super()._post(soft=soft)
        if invoices := posted.filtered(lambda move: move.is_sale_document()):
            self.env["recouvrement.commitment"]._relink_items(invoices)
        return posted

    def write(self, vals):
        """Release what is promised on an invoice that is cancelled."""
        result = super().write(vals)
        if vals.get("state") == "cancel":
            # What left the ledger made its dossier stale already.
            promised = self._get_promised_invoices()
            promised.line_ids._mark_recouvrement_change()
        return result

    def unlink(self):
        """Release what is promised on an invoice that is deleted."""
        pairs = self._get_promised_invoices().line_ids._get_recouvrement_pairs()
        result = super().unlink()
        self.env["account.move.line"]._mark_recouvrement_change(pairs)
        return result

    def _get_promised_invoices(self):
        """Return the invoices among these that an open promise names."""
        # Whoever cancels an invoice need not see what is promised on it.
        lines_sudo = self.env["recouvrement.commitment.line"].sudo()
        return lines_sudo.search(
            [("commitment_id.state", "=", "open"), ("move_id", "in", self.ids)]
        ).move_id.with_env(self.env)
