from odoo import api, models


class AccountChartTemplate(models.AbstractModel):
    """The entry of the demo network, beside that of ``account``'s own demo data."""

    _inherit = "account.chart.template"

    @api.model
    def _install_recouvrement_demo(self, company_ids):
        """Give companies the ledger of the demo network, unless they have it.

        Called by ``recouvrement_demo.xml`` only, that is where demo data is loaded.

        :param list company_ids: ids of the companies; those without a chart of
            accounts are left out
        """
        # Nobody else needs these modules: they are imported with the data.
        from .network import DemoNetwork  # noqa: PLC0415

        for company in self.env["res.company"].browse(company_ids):
            DemoNetwork(company).load()
