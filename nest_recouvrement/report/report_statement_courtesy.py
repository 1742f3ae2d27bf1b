from odoo import models


class ReportStatementCourtesy(models.AbstractModel):
    """Values of the statement of the invoices that a courtesy message announces."""

    _name = "report.nest_recouvrement.report_statement_courtesy"
    _inherit = "report.nest_recouvrement.report_statement"
    _description = "Statement of Invoices Falling Due"
    _statement_scope = "courtesy"
