from odoo import models


class ReportSuspensionPostponement(models.AbstractModel):
    _inherit = "recouvrement.letter"
    _name = "report.nest_recouvrement.report_suspension_postponement"
    _description = "Postponement of a Suspension"
    _letter_kind = "postponement"
