from odoo import api, models
from odoo.tools import format_amount, format_date, formatLang

from .letter_dates import format_long_date


class ReportSuspensionNotice(models.AbstractModel):
    """Values of the letters to guarantors: what they say, and how it is written."""

    _name = "report.nest_recouvrement.report_suspension_notice"
    _description = "Suspension Notice"
    _letter_kind = "notice"

    @api.model
    def _get_report_values(self, docids, data=None):
        suspensions = self.env["recouvrement.suspension"].browse(docids)
        suspensions.check_access("read")
        return {
            "doc_ids": docids,
            "doc_model": suspensions._name,
            "docs": suspensions,
            "format_day": self._format_day,
            "format_long_day": self._format_long_day,
            "format_money": self._format_money,
            "format_number": self._format_number,
            "letters": {
                suspension: suspension._get_letter_values(self._letter_kind)
                for suspension in suspensions
            },
        }

    @api.model
    def _format_day(self, letter, day):
        return format_date(self.env, day, lang_code=letter["lang"])

    @api.model
    def _format_long_day(self, letter, day):
        return format_long_date(self.env, day, letter["lang"])

    @api.model
    def _format_money(self, letter, amount):
        return format_amount(
            self.env, amount + 0.0, letter["currency"], lang_code=letter["lang"]
        )

    @api.model
    def _format_number(self, letter, amount):
        """Format without the currency, which the heading of the table names."""
        currency = letter["currency"]
        return formatLang(currency.env, amount + 0.0, digits=currency.decimal_places)
