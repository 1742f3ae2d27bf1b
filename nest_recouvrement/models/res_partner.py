from odoo import api, fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    is_guarantor = fields.Boolean(
        string="Guarantor",
        help="Pays the invoices of others (insurer, health fund, employer) and is"
        " followed up in Collection. Set on the commercial entity.",
        index="btree_not_null",
        tracking=True,
    )
    recouvrement_dossier_ids = fields.One2many(
        string="Collection Dossiers",
        comodel_name="recouvrement.dossier",
        inverse_name="partner_id",
        groups="nest_recouvrement.group_officer,account.group_account_invoice",
    )
    recouvrement_dossier_count = fields.Integer(
        compute="_compute_recouvrement_dossier_count",
        groups="nest_recouvrement.group_officer,account.group_account_invoice",
    )
    recouvrement_overdue_amount = fields.Monetary(
        string="Overdue",
        compute="_compute_recouvrement_dossier_count",
        currency_field="recouvrement_currency_id",
        groups="nest_recouvrement.group_officer,account.group_account_invoice",
    )
    recouvrement_currency_id = fields.Many2one(
        comodel_name="res.currency", compute="_compute_recouvrement_currency_id"
    )

    @api.depends_context("company")
    def _compute_recouvrement_currency_id(self):
        self.recouvrement_currency_id = self.env.company.currency_id

    @api.depends("commercial_partner_id")
    @api.depends_context("company")
    def _compute_recouvrement_dossier_count(self):
        figures = {
            partner: (count, overdue)
            for partner, count, overdue in self.env["recouvrement.dossier"]._read_group(
                [
                    ("partner_id", "in", self.commercial_partner_id.ids),
                    ("company_id", "=", self.env.company.id),
                ],
                ["partner_id"],
                ["__count", "overdue_amount:sum"],
            )
        }
        for partner in self:
            count, overdue = figures.get(partner.commercial_partner_id, (0, 0.0))
            partner.recouvrement_dossier_count = count
            partner.recouvrement_overdue_amount = overdue

    @api.model
    def _commercial_fields(self):
        return super()._commercial_fields() + ["is_guarantor"]

    def write(self, vals):
        """Follow up, or stop following up, those whose flag or entity changes."""
        moves = vals.keys() & {"is_company", "parent_id"}
        before = self._recouvrement_entities() if moves else {}
        result = super().write(vals)
        if vals.keys() & {"is_guarantor", "is_company", "parent_id", "active"}:
            self._recouvrement_entity_changed(before)
        return result

    def _recouvrement_entities(self):
        return {partner: partner.commercial_partner_id for partner in self}

    def _recouvrement_entity_changed(self, before):
        """Archive or restore dossiers, and have the entities concerned refreshed.

        :param dict before: commercial entity of the partners before the change
        """
        entities = self.commercial_partner_id.union(*before.values())
        # Whoever may edit the contact need not see its dossier.
        dossiers_sudo = (
            self.env["recouvrement.dossier"]
            .sudo()
            .with_context(active_test=False)
            .search([("partner_id", "in", entities.ids)])
        )
        followed = dossiers_sudo.filtered(
            lambda dossier: dossier.partner_id.active
            and dossier.partner_id.commercial_partner_id == dossier.partner_id
            and dossier.partner_id._is_followed_up(dossier.company_id)
        )
        followed.filtered(lambda dossier: not dossier.active).action_unarchive()
        (dossiers_sudo - followed).filtered("active").action_archive()
        self.env["recouvrement.ledger.change"]._mark(
            (company, entity)
            for entity in entities
            for company in entity.sudo()._recouvrement_companies()
        )

    def _recouvrement_companies(self):
        """Return the companies that may have a ledger of this partner."""
        self.ensure_one()
        return self.company_id or self.env["res.company"].search([])

    def _is_followed_up(self, company):
        """Return whether ``company`` follows up this commercial entity.

        :rtype: bool
        """
        self.ensure_one()
        return self.is_guarantor or (
            company.recouvrement_scope == "companies" and self.is_company
        )

    def action_flag_guarantor(self):
        """Flag the commercial entities of these partners as guarantors."""
        self.commercial_partner_id.is_guarantor = True

    def action_unflag_guarantor(self):
        """Stop following up the commercial entities of these partners."""
        self.commercial_partner_id.is_guarantor = False

    def action_view_recouvrement_dossiers(self):
        """Open the dossier of the commercial entity, or the list of its dossiers."""
        self.ensure_one()
        dossiers = self.commercial_partner_id.recouvrement_dossier_ids
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "nest_recouvrement.recouvrement_dossier_action"
        )
        action["context"] = {}
        if len(dossiers) == 1:
            return {
                **action,
                "res_id": dossiers.id,
                "views": [(False, "form")],
                "view_mode": "form",
            }
        return {**action, "domain": [("id", "in", dossiers.ids)]}
