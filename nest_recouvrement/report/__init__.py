from . import (
    report_letter,
    report_statement,
    report_statement_overdue,
    report_suspension_lifting,
    report_suspension_postponement,
    report_visit_file,
    statement_workbook,
)
