from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Merging partners merges their dossiers, or nothing at all."""

    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        """Undo the merge completely when something refuses it."""
        with self.env.cr.savepoint():
            return super()._merge(
                partner_ids, dst_partner=dst_partner, extra_checks=extra_checks
            )

    def _update_foreign_keys(self, src_partners, dst_partner):
        """Merge the dossiers first: a guarantor has one per company."""
        # Whoever may merge contacts need not see their dossiers.
        dossiers_sudo = self.env["recouvrement.dossier"].sudo()
        dossiers_sudo._merge_partners(src_partners.sudo(), dst_partner.sudo())
        self.env.flush_all()
        return super()._update_foreign_keys(src_partners, dst_partner)

    def _log_merge_operation(self, src_partners, dst_partner):
        """Refresh what the merge changed, before the sources are gone."""
        result = super()._log_merge_operation(src_partners, dst_partner)
        former_entities = src_partners.commercial_partner_id - src_partners
        # Whoever may merge contacts need not see their dossiers.
        dossiers_sudo = self.env["recouvrement.dossier"].sudo()
        dossiers_sudo._after_partner_merge(dst_partner.sudo(), former_entities.sudo())
        return result
