from odoo import models


class RecouvrementRun(models.Model):
    """The weekly follow-up ends with what management is told about deviations."""

    _inherit = "recouvrement.run"

    def _finish(self):
        """Report what was not done as planned, once a week."""
        for run in self:
            self.env["recouvrement.deviation.report"]._report_week(run.company_id, run)
        return super()._finish()
