from odoo import api, models
from odoo.tools import format_amount, format_date, get_lang

from ..tools.dates import day_in_timezone

# What fits on one page, the latest first.
JOURNAL_ROWS = 12
PROMISE_ROWS = 6
DISPUTE_ROWS = 3
CONTACT_ROWS = 5
ITEM_ROWS = 8


class ReportVisitFile(models.AbstractModel):
    """The file of a visit on one page, for those who decide on it and make it."""

    _name = "report.nest_recouvrement.report_visit_file"
    _description = "File of a Visit"

    @api.model
    def _get_report_values(self, docids, data=None):
        visits = self.env["recouvrement.visit"].browse(docids)
        visits.check_access("read")
        statements = visits.dossier_id._get_statement_values("overdue")
        lang = get_lang(self.env).code
        return {
            "doc_ids": docids,
            "doc_model": visits._name,
            "docs": visits,
            "files": {
                visit: self._prepare_file(visit, statements[visit.dossier_id])
                for visit in visits
            },
            "format_day": lambda day: day
            and format_date(self.env, day, lang_code=lang),
            "format_moment": lambda moment, visit: moment
            and format_date(
                self.env,
                day_in_timezone(moment, visit.company_id._recouvrement_timezone()),
                lang_code=lang,
            ),
            "format_money": lambda amount, currency: format_amount(
                self.env, amount + 0.0, currency, lang_code=lang
            ),
        }

    @api.model
    def _prepare_file(self, visit, statement):
        """Return what one page has room for.

        :param dict statement: the overdue items of the dossier
        """
        dossier = visit.dossier_id
        actions = dossier.action_ids.filtered(
            lambda action: action.state == "done" and action.date_done
        ).sorted("date_done", reverse=True)
        promises = dossier.commitment_ids.sorted(
            lambda promise: (promise.date, promise.id), reverse=True
        )
        disputes = dossier.dispute_ids.filtered(lambda dispute: dispute.state == "open")
        people = dossier.partner_id.child_ids.filtered(
            lambda contact: contact.type in ("contact", "invoice", "other")
        )
        return {
            "actions": actions[:JOURNAL_ROWS],
            "buckets": [
                (dossier._fields[name]._description_string(self.env), dossier[name])
                for name in (
                    "not_due_amount",
                    *(row[0] for row in dossier._get_buckets()),
                )
            ],
            "contacts": (visit.contact_ids | people)[:CONTACT_ROWS],
            "disputes": disputes[:DISPUTE_ROWS],
            "items": statement["items"][:ITEM_ROWS],
            "more_items": max(len(statement["items"]) - ITEM_ROWS, 0),
            "promises": promises[:PROMISE_ROWS],
        }
