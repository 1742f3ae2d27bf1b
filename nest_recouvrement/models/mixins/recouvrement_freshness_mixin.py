from odoo import api, models


class RecouvrementFreshnessMixin(models.AbstractModel):
    """Screens that refresh first the dossiers whose ledger changed (design, section 3).

    Nobody who paid an hour ago is shown as owing. What a screen reads along with its
    records is as fresh as they are: it looks for what is stale once.
    """

    _name = "recouvrement.freshness.mixin"
    _description = "Fresh Figures on Screens"

    def web_read(self, specification):
        """Refresh first what is stale: a screen never shows yesterday's debt."""
        fresh = self._refresh_shown()
        return super(RecouvrementFreshnessMixin, fresh).web_read(specification)

    @api.model
    def web_search_read(self, *args, **kwargs):
        """Refresh first what is stale, so that filters and totals hold."""
        fresh = self._refresh_shown()
        return super(RecouvrementFreshnessMixin, fresh).web_search_read(*args, **kwargs)

    @api.model
    def web_read_group(self, *args, **kwargs):
        """Refresh first what is stale, so that columns and their totals hold."""
        fresh = self._refresh_shown()
        return super(RecouvrementFreshnessMixin, fresh).web_read_group(*args, **kwargs)

    @api.model
    def formatted_read_group(self, *args, **kwargs):
        """Refresh first what is stale, so that graphs hold."""
        fresh = self._refresh_shown()
        return super(RecouvrementFreshnessMixin, fresh).formatted_read_group(
            *args, **kwargs
        )

    @api.model
    def formatted_read_grouping_sets(self, *args, **kwargs):
        """Refresh first what is stale, so that pivots hold."""
        fresh = self._refresh_shown()
        return super(RecouvrementFreshnessMixin, fresh).formatted_read_grouping_sets(
            *args, **kwargs
        )

    # Odoo's own may run on a read-only replica; these write when something is stale.
    web_read._readonly = False
    web_search_read._readonly = False
    web_read_group._readonly = False
    formatted_read_group._readonly = False
    formatted_read_grouping_sets._readonly = False

    def _refresh_shown(self):
        """Refresh what is stale, unless the screen of another model reads along.

        :return: these records, which need not be looked after again
        """
        if self.env.cr.readonly or self.env.context.get("recouvrement_is_fresh"):
            return self
        self._get_shown_dossiers()._refresh_stale()
        return self.with_context(recouvrement_is_fresh=True)

    def _get_shown_dossiers(self):
        """Return the dossiers behind these records; none stands for all of them."""
        return self.env["recouvrement.dossier"]
