from odoo import api, models


class RecouvrementDossier(models.Model):
    """Partners become one: their dossiers do, company by company."""

    _inherit = "recouvrement.dossier"

    @api.model
    def _merge_partners(self, sources, destination):
        """Bring the dossiers of partners who become one together, company by company.

        :param res.partner sources: partners that disappear
        :param res.partner destination: the one that stays
        :return: the dossiers that stay
        :rtype: recouvrement.dossier
        """
        entity = destination.commercial_partner_id
        if any(sources.mapped("is_company")):
            # Odoo makes a company of the contact that a company is merged into.
            entity = destination
        dossiers = self._find(sources + entity)
        kept = self.browse()
        for of_company in dossiers.grouped("company_id").values():
            own = of_company.filtered(lambda dossier: dossier.partner_id == entity)
            others = of_company - own
            if not own:
                own = others.sorted(lambda dossier: (not dossier.active, dossier.id))[0]
                others -= own
                own.write({"partner_id": entity.id})
            own._absorb(others)
            others.unlink()
            kept += own
        followed = sources.filtered(
            lambda source: source.commercial_partner_id == source
        ).filtered("is_guarantor")
        if followed and not entity.is_guarantor:
            entity.is_guarantor = True
        return kept

    @api.model
    def _after_partner_merge(self, destination, former_entities):
        """Put in order what depends on whose debt an item is, once it moved.

        :param res.partner destination: the partner that stays
        :param res.partner former_entities: entities that the merged contacts left
        """
        entity = destination.commercial_partner_id
        if entity != destination:
            # Odoo takes the contact for the entity of its invoices.
            moves = self.env["account.move"].search(
                [("commercial_partner_id", "=", destination.id)]
            )
            moves.write({"commercial_partner_id": entity.id})
        companies = self.env["res.company"].search([])
        self._create_missing(companies, entity.ids)
        self._hand_over_items(entity)
        if concerned := self._find(entity + former_entities):
            concerned._refresh()
