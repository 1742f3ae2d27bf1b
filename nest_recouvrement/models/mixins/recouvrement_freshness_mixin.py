from odoo import api, models


class RecouvrementFreshnessMixin(models.AbstractModel):
    """Screens that refresh first the dossiers whose ledger changed (design, section 3).

    Nobody who paid an hour ago is shown as owing.
    """

    _name = "recouvrement.freshness.mixin"
    _description = "Fresh Figures on Screens"

    def web_read(self, specification):
        """Refresh first what is stale: a screen never shows yesterday's debt."""
        self._refresh_shown()
        return super().web_read(specification)

    @api.model
    def web_search_read(self, *args, **kwargs):
        """Refresh first what is stale, so that filters and totals hold."""
        self._refresh_shown()
        return super().web_search_read(*args, **kwargs)

    @api.model
    def web_read_group(self, *args, **kwargs):
        """Refresh first what is stale, so that columns and their totals hold."""
        self._refresh_shown()
        return super().web_read_group(*args, **kwargs)

    @api.model
    def formatted_read_group(self, *args, **kwargs):
        """Refresh first what is stale, so that graphs hold."""
        self._refresh_shown()
        return super().formatted_read_group(*args, **kwargs)

    @api.model
    def formatted_read_grouping_sets(self, *args, **kwargs):
        """Refresh first what is stale, so that pivots hold."""
        self._refresh_shown()
        return super().formatted_read_grouping_sets(*args, **kwargs)

    # Odoo's own may run on a read-only replica; these write when something is stale.
    web_read._readonly = False
    web_search_read._readonly = False
    web_read_group._readonly = False
    formatted_read_group._readonly = False
    formatted_read_grouping_sets._readonly = False

    def _refresh_shown(self):
        """Refresh what is stale, unless the screen of another model reads along."""
        if not self.env.cr.readonly:
            self._get_shown_dossiers()._refresh_stale()

    def _get_shown_dossiers(self):
        """Return the dossiers behind these records; none stands for all of them."""
        return self.env["recouvrement.dossier"]
