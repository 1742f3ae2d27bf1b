from odoo import fields, models


class RecouvrementDossier(models.Model):
    """What a dossier opens: items, invoices, and the guarantor."""

    _inherit = "recouvrement.dossier"

    def action_view_open_items(self):
        """Open the unpaid journal items of the guarantor in this company."""
        self.ensure_one()
        views = {
            kind: self.env.ref(
                f"nest_recouvrement.account_move_line_view_{kind}_recouvrement"
            ).id
            for kind in ("list", "search")
        }
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Open items of %s", self.display_name),
            "res_model": "account.move.line",
            "views": [(views["list"], "list")],
            "search_view_id": (views["search"], "search"),
            "domain": self._get_open_items_domain(),
            "context": {"create": False},
        }

    def action_view_excluded_items(self):
        """Open the overdue items that are excluded from follow-up."""
        action = self.action_view_open_items()
        today = fields.Date.to_string(self.company_id._recouvrement_today())
        action["name"] = self.env._("Excluded items of %s", self.display_name)
        action["domain"] = [
            *action["domain"],
            ("no_followup", "=", True),
            ("date_maturity", "<", today),
        ]
        return action

    def action_view_invoices(self):
        """Open the customer invoices and credit notes of the guarantor."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "account.action_move_out_invoice_type"
            ),
            "domain": [
                ("commercial_partner_id", "=", self.partner_id.id),
                ("company_id", "=", self.company_id.id),
                ("move_type", "in", ("out_invoice", "out_refund", "out_receipt")),
            ],
            "context": {"create": False, "default_move_type": "out_invoice"},
        }

    def action_view_partner(self):
        """Open the guarantor's contact sheet."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "res.partner",
            "res_id": self.partner_id.id,
            "view_mode": "form",
        }
