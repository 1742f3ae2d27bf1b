from odoo import models


class ReportSuspensionNotice(models.AbstractModel):
    _inherit = "recouvrement.letter"
    _name = "report.nest_recouvrement.report_suspension_notice"
    _description = "Suspension Notice"
    _letter_kind = "notice"
