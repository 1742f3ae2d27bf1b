from odoo import models


class ReportSuspensionLifting(models.AbstractModel):
    _inherit = "recouvrement.letter"
    _name = "report.nest_recouvrement.report_suspension_lifting"
    _description = "Lifting of a Suspension"
    _letter_kind = "lifting"
