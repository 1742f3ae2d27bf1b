from odoo import api, models


class RecouvrementCommitment(models.Model):
    """Screens of promises refresh first what is stale: paid is kept, at once."""

    _inherit = "recouvrement.commitment"

    def web_read(self, specification):
        """Evaluate first the promises whose ledger changed."""
        self._refresh_shown()
        return super().web_read(specification)

    @api.model
    def web_search_read(self, *args, **kwargs):
        """Evaluate first the promises whose ledger changed, so that filters hold."""
        self._refresh_shown()
        return super().web_search_read(*args, **kwargs)

    @api.model
    def web_read_group(self, *args, **kwargs):
        """Evaluate first the promises whose ledger changed, so that totals hold."""
        self._refresh_shown()
        return super().web_read_group(*args, **kwargs)

    # Odoo's own may run on a read-only replica; these write when something is stale.
    web_read._readonly = False
    web_search_read._readonly = False
    web_read_group._readonly = False

    def _refresh_shown(self):
        """Refresh what is stale, unless the screen of another model reads along."""
        if not self.env.cr.readonly:
            self.env["recouvrement.dossier"]._refresh_stale()
