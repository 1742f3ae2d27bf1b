from odoo import api, models
from odoo.exceptions import UserError

CONTENT_FIELDS = frozenset(
    ("checksum", "datas", "db_datas", "name", "raw", "res_id", "res_model", "type")
)


class IrAttachment(models.Model):
    """A document that proves something done is kept as it was handed in."""

    _inherit = "ir.attachment"

    def write(self, vals):
        """Keep the content of proofs.

        :raise UserError: naming the document and what it proves
        """
        if not self.env.su and CONTENT_FIELDS & vals.keys():
            self._check_no_recouvrement_proof()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_recouvrement_proof(self):
        if not self.env.su:
            self._check_no_recouvrement_proof()

    @api.model
    def _get_recouvrement_proofs(self):
        """Return where documents are proofs: model, field, and records still edited.

        For an extension with documents of its own: it adds a row.

        :rtype: list[tuple[str, str, list]]
        """
        return [
            ("recouvrement.action", "document_ids", [("state", "=", "done")]),
            ("recouvrement.pickup", "document_ids", [("date_done", "!=", False)]),
            ("recouvrement.visit", "document_ids", [("state", "=", "held")]),
            ("recouvrement.suspension", "document_ids", []),
        ]

    def _check_no_recouvrement_proof(self):
        """Refuse to change what proves something, whoever may see what it proves."""
        for model, field_name, domain in self._get_recouvrement_proofs():
            proved_sudo = (
                self.env[model]
                .sudo()
                .search([(field_name, "in", self.ids), *domain], limit=1)
            )
            if proved_sudo:
                raise UserError(
                    self.env._(
                        "%(document)s is a proof of %(record)s: add another document"
                        " instead of changing it.",
                        document=(self & proved_sudo[field_name])[:1].sudo().name,
                        record=proved_sudo.display_name,
                    )
                )
