from odoo import api, fields, models
from odoo.fields import Domain


class AccountMoveLine(models.Model):
    """Open items by guarantor: the list that makes up the balances (`sources/1`)."""

    _inherit = "account.move.line"

    # Not stored: the ledger is large, and lists are grouped by it through a join.
    recouvrement_guarantor_id = fields.Many2one(
        string="Guarantor", related="partner_id.commercial_partner_id"
    )

    @api.model
    def action_view_portfolio_items(self):
        """Open the unpaid items of the user's guarantors, grouped by guarantor.

        Those of every dossier for whoever follows none.
        """
        own = Domain("user_id", "=", self.env.uid)
        dossiers = self.env["recouvrement.dossier"]
        if not dossiers.search(own, limit=1):
            own = Domain.TRUE
        views = {
            kind: self.env.ref(
                f"nest_recouvrement.account_move_line_view_{kind}_portfolio"
            ).id
            for kind in ("list", "search")
        }
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Open Invoices by Guarantor"),
            "res_model": self._name,
            "views": [(views["list"], "list")],
            "search_view_id": (views["search"], "search"),
            "domain": list(self._get_portfolio_domain(own)),
            "context": {"create": False, "search_default_group_guarantor": 1},
        }

    @api.model
    def _get_portfolio_domain(self, dossiers):
        """Return the domain of the unpaid receivable items of some dossiers.

        A guarantor may be followed by one officer in a company, by another elsewhere.

        :param Domain dossiers: the dossiers looked at
        """
        followed = Domain.OR(
            Domain("company_id", "=", company.id)
            & Domain(
                "recouvrement_guarantor_id.recouvrement_dossier_ids",
                "any",
                list(dossiers & Domain("company_id", "=", company.id)),
            )
            for company in self.env.companies
        )
        return followed & Domain(
            [
                ("parent_state", "=", "posted"),
                ("account_id.account_type", "=", "asset_receivable"),
                ("amount_residual", "!=", 0),
            ]
        )
