from . import (
    recouvrement_letter,
    recouvrement_unallocated_report,
    report_statement,
    report_statement_courtesy,
    report_statement_overdue,
    report_suspension_lifting,
    report_suspension_notice,
    report_suspension_postponement,
    report_visit_file,
    statement_workbook,
)
