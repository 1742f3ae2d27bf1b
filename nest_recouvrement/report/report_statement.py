from odoo import api, models
from odoo.tools import format_amount, format_date, formatLang


class ReportStatement(models.AbstractModel):
    """Values of the statement of account, for all its documents at once."""

    _name = "report.nest_recouvrement.report_statement"
    _description = "Statement of Account"
    _statement_scope = "all"

    @api.model
    def _get_report_values(self, docids, data=None):
        dossiers = self.env["recouvrement.dossier"].browse(docids)
        dossiers.check_access("read")
        return {
            "doc_ids": docids,
            "doc_model": dossiers._name,
            "docs": dossiers,
            "statements": dossiers._get_statement_values(self._statement_scope),
            "format_day": self._format_day,
            "format_money": self._format_money,
            "format_number": self._format_number,
        }

    @api.model
    def _format_day(self, statement, day):
        return format_date(self.env, day, lang_code=statement["lang"])

    @api.model
    def _format_money(self, statement, amount, currency=None):
        currency = currency or statement["currency"]
        return format_amount(
            self.env, amount + 0.0, currency, lang_code=statement["lang"]
        )

    @api.model
    def _format_number(self, statement, amount):
        """Format without the currency, which the heading of the table names."""
        currency = statement["currency"]
        return formatLang(currency.env, amount + 0.0, digits=currency.decimal_places)
