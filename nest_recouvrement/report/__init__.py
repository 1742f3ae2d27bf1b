from . import (
    recouvrement_unallocated_report,
    report_statement,
    report_statement,
    report_statement_courtesy,
    report_statement_overdue,
    statement_workbook,
)
