from odoo import api, models
from odoo.exceptions import UserError


class ResPartner(models.Model):
    """Dossiers follow the debt of partners who change entity, or keep them."""

    _inherit = "res.partner"

    def _recouvrement_entity_changed(self, before):
        """Have claims follow the items that belong to another entity now."""
        moved = {
            partner: entity
            for partner, entity in before.items()
            if entity != partner.commercial_partner_id
        }
        if moved:
            # Whoever may edit the contact need not see its dossier.
            companies_sudo = self.env["res.company"].sudo().search([])
            self.env["recouvrement.dossier"].sudo().with_context(
                allowed_company_ids=companies_sudo.ids
            )._follow_entities(
                {partner.sudo(): entity.sudo() for partner, entity in moved.items()}
            )
        return super()._recouvrement_entity_changed(before)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_recouvrement_dossier(self):
        # A dossier is there for its company, whoever deletes the partner.
        dossier_sudo = (
            self.env["recouvrement.dossier"]
            .sudo()
            .with_context(active_test=False)
            .search([("partner_id", "in", self.ids)], limit=1)
        )
        if dossier_sudo:
            raise UserError(
                self.env._(
                    "%(guarantor)s has a collection dossier in %(company)s, whose"
                    " journal is evidence: archive the contact, or merge it with the"
                    " right one, instead of deleting it.",
                    guarantor=dossier_sudo.partner_id.display_name,
                    company=dossier_sudo.company_id.name,
                )
            )
