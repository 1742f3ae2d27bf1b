from odoo import api, fields, models


class RecouvrementDossier(models.Model):
    """The visits to a guarantor, from its dossier (`sources/1`, step 7)."""

    _inherit = "recouvrement.dossier"

    visit_ids = fields.One2many(
        string="Visits",
        comodel_name="recouvrement.visit",
        inverse_name="dossier_id",
    )
    visit_count = fields.Integer(compute="_compute_visit_count")

    @api.depends("visit_ids")
    def _compute_visit_count(self):
        counts = dict(
            self.env["recouvrement.visit"]._read_group(
                [("dossier_id", "in", self.ids)], ["dossier_id"], ["__count"]
            )
        )
        for dossier in self:
            dossier.visit_count = counts.get(dossier, 0)

    def action_view_visits(self):
        """Open the visits to this guarantor."""
        self.ensure_one()
        self.check_access("read")
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "nest_recouvrement.recouvrement_visit_action"
            ),
            "domain": [("dossier_id", "=", self.id)],
            "context": {"default_dossier_id": self.id},
        }

    def action_propose_visit(self):
        """Propose a visit to management, outside of the plan."""
        self.ensure_one()
        self.check_access("write")
        return {
            **self._open_new("recouvrement.visit"),
            "name": self.env._("Visit to %s", self.display_name),
            "target": "current",
        }

    def _get_claimed_amounts(self):
        """Return what is claimed of this dossier, item by item.

        What is disputed or promised is not.

        :rtype: dict[account.move.line, float]
        """
        self.ensure_one()
        return self._get_claims()[self]

    def _get_claims(self):
        """Return what is claimed item by item, for many dossiers in one statement.

        :rtype: dict[recouvrement.dossier, dict[account.move.line, float]]
        """
        claims = {dossier: {} for dossier in self}
        by_id = {dossier.id: dossier for dossier in self}
        # The evidence of a claim is that of the ledger, whoever writes it.
        items_sudo = self.env["account.move.line"].sudo()
        rows = self._fetch_statement_items("overdue")
        items_sudo = items_sudo.browse(row["line_id"] for row in rows)
        for row, item in zip(rows, items_sudo, strict=True):
            dossier = by_id[row["dossier_id"]]
            amount = dossier.currency_id.round(
                row["residual"] - row["disputed"] - row["promised"]
            )
            if amount > 0:
                claims[dossier][item] = amount
        return claims

    def _prepare_claimed_lines(self):
        """Return the lines of a promise or an errand about all that is claimed."""
        return [
            fields.Command.create({"move_line_id": item.id, "amount": amount})
            for item, amount in self._get_claimed_amounts().items()
        ]
