from odoo import models


class ReportStatementOverdue(models.AbstractModel):
    """Values of the statement of overdue invoices."""

    _name = "report.nest_recouvrement.report_statement_overdue"
    _inherit = "report.nest_recouvrement.report_statement"
    _description = "Statement of Overdue Invoices"
    _statement_scope = "overdue"
