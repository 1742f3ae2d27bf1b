from . import report_statement, report_statement_overdue, statement_workbook
