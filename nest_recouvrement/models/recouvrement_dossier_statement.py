import io
import logging
import re

from psycopg2 import OperationalError

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date, get_lang, split_every

from ..report.statement_workbook import build_workbook
from ..tools.dates import day_in_timezone

_logger = logging.getLogger(__name__)

# Enough to share the start of wkhtmltopdf; one document that fails spoils its chunk.
RENDER_CHUNK = 50
REPORTS = {
    "all": "nest_recouvrement.action_report_statement",
    "courtesy": "nest_recouvrement.action_report_statement_courtesy",
    "overdue": "nest_recouvrement.action_report_statement_overdue",
}


class RecouvrementDossier(models.Model):
    """What is owed, as a document: statement of account in PDF and as a workbook.

    A statement has a scope: ``overdue`` (what a reminder is about: the overdue items
    that are not excluded from follow-up), ``all`` (every open item) or ``courtesy``
    (the items that a courtesy message announces). Each deducts the payments and credit
    notes that are not matched yet.
    """

    _inherit = "recouvrement.dossier"

    # === ACTION METHODS === #

    def action_print_statement(self):
        """Print the statement of account of these dossiers."""
        self.check_access("read")
        return self.env.ref(REPORTS["all"]).report_action(self, config=False)

    def action_print_statement_overdue(self):
        """Print the statement of the overdue invoices of these dossiers."""
        self.check_access("read")
        return self.env.ref(REPORTS["overdue"]).report_action(self, config=False)

    def action_export_statement(self):
        """Download the statement of account as a workbook, one sheet a dossier."""
        self.check_access("read")
        ids = ",".join(map(str, self.ids))
        return {
            "type": "ir.actions.act_url",
            "url": f"/recouvrement/statement/all.xlsx?ids={ids}",
            "target": "download",
        }

    # === BUSINESS METHODS - DATA === #

    def _get_statement_values(self, scope):
        """Return what a statement says, per dossier, in a fixed number of queries.

        The caller has checked that these dossiers may be read: the journal items are
        those of the ledger, whoever asks.

        :param str scope: ``overdue`` or ``all``
        :return: per dossier: ``scope``, ``date``, ``lang``, ``currency``, ``items``
            (sorted by due date), ``credits``, ``buckets`` and the totals
        :rtype: dict[recouvrement.dossier, dict]
        """
        items = {dossier.id: [] for dossier in self}
        credit_items = {dossier.id: [] for dossier in self}
        for item in self._fetch_statement_items(scope):
            kind = items if item["residual"] > 0 else credit_items
            kind[item["dossier_id"]].append(item)
        return {
            dossier: dossier._prepare_statement_values(
                scope, items[dossier.id], credit_items[dossier.id]
            )
            for dossier in self
        }

    def _fetch_statement_items(self, scope):
        """Read the open items of these dossiers, in one statement.

        :return: one dict per open receivable item, debit or credit, by due date
        :rtype: list[dict]
        """
        if not self:
            return []
        self.env.flush_all()
        # The settings of a company are those of its ledger, whoever reads it.
        companies_sudo = self.sudo().company_id
        query = SQL(
            """
            WITH setting AS (%(settings)s),
            target AS (
                SELECT dossier.id AS dossier_id, dossier.partner_id, setting.*
                  FROM recouvrement_dossier dossier
                  JOIN setting ON setting.company_id = dossier.company_id
                 WHERE dossier.id = ANY(%(ids)s)
            ),
            %(items)s
            SELECT item.dossier_id, item.line_id, item.move_id, item.due_date,
                   item.days_late, item.residual, item.excluded,
                   COALESCE(contested.disputed, 0) AS disputed,
                   COALESCE(contested.promised, 0) AS promised,
                   line.balance AS amount, line.currency_id,
                   line.amount_currency, line.amount_residual_currency,
                   line.name AS label, move.name, move.ref, move.payment_reference,
                   move.move_type, COALESCE(move.invoice_date, line.date) AS date
              FROM item
              JOIN account_move_line line ON line.id = item.line_id
              JOIN account_move move ON move.id = item.move_id
         LEFT JOIN contested ON contested.line_id = item.line_id
             WHERE %(scope)s
          ORDER BY item.due_date, move.name, item.line_id
            """,
            ids=self.ids,
            items=self._get_items_query(),
            scope=self._get_statement_condition(scope),
            settings=self._get_settings_query(companies_sudo),
        )
        return self.env.execute_query_dict(query)

    def _get_statement_condition(self, scope):
        """Return the SQL condition on each open ``item`` that a statement lists.

        For an extension that adds a scope.
        """
        if scope == "overdue":
            return SQL("item.residual < 0 OR item.days_late > 0 AND NOT item.excluded")
        return SQL("TRUE")

    def _prepare_statement_values(self, scope, items, credit_items):
        """Return the values of one statement from its open items.

        :param str scope: ``overdue`` or ``all``
        :param list[dict] items: debit items
        :param list[dict] credit_items: payments and credit notes not matched yet
        :rtype: dict
        """
        self.ensure_one()
        lang = self._get_statement_lang()
        currency = self.currency_id.with_context(lang=lang)
        for item in items:
            self._complete_statement_item(item, currency)
        for credit in credit_items:
            self._complete_statement_credit(credit, currency)
        items_amount = currency.round(sum(item["residual"] for item in items))
        credits_amount = currency.round(
            sum(credit["residual"] for credit in credit_items)
        )
        balance = currency.round(items_amount - credits_amount)
        return {
            "scope": scope,
            "date": self.company_id._recouvrement_today(),
            "lang": lang,
            "currency": currency,
            "items": items,
            "credits": credit_items,
            "original_amount": currency.round(sum(item["amount"] for item in items)),
            "paid_amount": currency.round(sum(item["paid"] for item in items)),
            "items_amount": items_amount,
            "credits_amount": credits_amount,
            "disputed_amount": currency.round(sum(item["disputed"] for item in items)),
            "promised_amount": currency.round(sum(item["promised"] for item in items)),
            "balance": balance,
            "amount_in_words": self._get_amount_in_words(currency, max(balance, 0)),
            "buckets": self.with_context(lang=lang)._get_statement_buckets(
                scope, items, currency
            ),
            "has_reference": any(item["reference"] for item in items),
            "has_excluded": any(item["excluded"] for item in items),
        }

    def _complete_statement_item(self, item, currency):
        """Add what is paid, what the guarantor calls it, and its own currency."""
        item["days_late"] = max(item["days_late"], 0)
        item["excluded"] = item["excluded"] and item["days_late"] > 0
        item["amount"] = currency.round(item["amount"])
        item["paid"] = currency.round(item["amount"] - item["residual"])
        self._complete_statement_reference(item, currency)

    def _complete_statement_credit(self, credit, currency):
        """Show a credit as a positive amount, the part already matched aside."""
        credit["residual"] = currency.round(-credit["residual"])
        credit["amount"] = currency.round(-credit["amount"])
        credit["amount_currency"] = -credit["amount_currency"]
        credit["amount_residual_currency"] = -credit["amount_residual_currency"]
        self._complete_statement_reference(credit, currency)

    def _complete_statement_reference(self, item, currency):
        """Add the reference by which the guarantor knows an item, if it has one."""
        candidates = (item["ref"], item["payment_reference"], item["label"])
        item["reference"] = next(
            (text for text in candidates if text and text not in item["name"]), ""
        )
        is_foreign = item["currency_id"] != currency.id
        item["foreign_currency"] = currency.browse(
            [item["currency_id"]] if is_foreign else []
        )

    def _get_statement_buckets(self, scope, items, currency):
        """Return the aging summary: ``(label, amount)`` pairs adding up to the items.

        :rtype: list[tuple[str, float]]
        """

        def total(condition):
            return currency.round(
                sum(item["residual"] for item in items if condition(item))
            )

        def label(field_name):
            return self._fields[field_name]._description_string(self.env)

        buckets = [
            (
                label(name),
                total(
                    lambda item, first=first, last=last: not item["excluded"]
                    and first <= item["days_late"] <= last
                ),
            )
            for name, first, last in self._get_buckets()
        ]
        if scope == "all":
            buckets.insert(
                0, (label("not_due_amount"), total(lambda item: not item["days_late"]))
            )
        if excluded := total(lambda item: item["excluded"]):
            buckets.append((label("excluded_amount"), excluded))
        return buckets

    def _get_statement_lang(self):
        """Return the language in which the guarantor is written to.

        :rtype: str
        """
        self.ensure_one()
        return get_lang(
            self.env, self.partner_id.lang or self.company_id.partner_id.lang
        ).code

    def _get_statement_filename(self, scope):
        """Return the name of the document, without extension, for the guarantor."""
        self.ensure_one()
        env = self.with_context(lang=self._get_statement_lang()).env
        values = self._get_filename_values()
        if scope == "overdue":
            return env._("Overdue invoices - %(guarantor)s - %(date)s", **values)
        return env._("Statement - %(guarantor)s - %(date)s", **values)

    def _get_filename_values(self):
        """Return what the name of a document says, without forbidden characters."""
        return {
            "guarantor": re.sub(r"[\\/:*?\"<>|\s]+", " ", self.partner_id.name or ""),
            "date": self.company_id._recouvrement_today().isoformat(),
        }

    def _get_workbook_filename(self, scope):
        """Return the name of the workbook, without extension."""
        if len(self) == 1:
            return self._get_statement_filename(scope)
        day = self.company_id[:1]._recouvrement_today().isoformat()
        if scope == "overdue":
            return self.env._("Overdue invoices - %s", day)
        return self.env._("Statements - %s", day)

    # === BUSINESS METHODS - DOCUMENTS === #

    def _render_statements(self, scope):
        """Render the PDF statements of these dossiers, many in one call.

        A dossier whose statement cannot be rendered fails alone.

        :param str scope: ``overdue`` or ``all``
        :return: PDF contents, and the reasons of the failures
        :rtype: tuple[dict[recouvrement.dossier, bytes],
            dict[recouvrement.dossier, str]]
        """
        documents, failures = {}, {}
        for chunk in split_every(RENDER_CHUNK, self.ids, self.browse):
            chunk._render_statement_chunk(scope, documents, failures)
        return documents, failures

    def _render_statement_chunk(self, scope, documents, failures):
        """Render in one call, or else by halves until those that fail are alone."""
        try:
            # An error may have aborted the transaction.
            with self.env.cr.savepoint():
                documents.update(self._render_statement_batch(scope))
        except OperationalError:
            # The transaction is to be retried as a whole.
            raise
        except Exception as error:
            if len(self) == 1:
                _logger.info(
                    "Statement of dossier %s not rendered", self.id, exc_info=True
                )
                failures[self] = str(error)
                return
            middle = len(self) // 2
            self[:middle]._render_statement_chunk(scope, documents, failures)
            self[middle:]._render_statement_chunk(scope, documents, failures)

    def _render_statement_batch(self, scope):
        """Render in one call of wkhtmltopdf.

        :rtype: dict[recouvrement.dossier, bytes]
        """
        streams = self.env["ir.actions.report"]._render_qweb_pdf_prepare_streams(
            REPORTS[scope], {}, res_ids=self.ids
        )
        documents = {}
        for dossier in self:
            stream = streams.get(dossier.id, {}).get("stream")
            content = stream.getvalue() if stream else b""
            if not content.startswith(b"%PDF"):
                raise UserError(
                    self.env._(
                        "The statement of %s came out empty.", dossier.display_name
                    )
                )
            documents[dossier] = content
        return documents

    def _get_statement_attachments(self, scope):
        """Render the statements of these dossiers and keep them as attachments.

        :param str scope: ``overdue`` or ``all``
        :return: attachments of the dossiers, and the reasons of the failures
        :rtype: tuple[dict[recouvrement.dossier, ir.attachment],
            dict[recouvrement.dossier, str]]
        """
        documents, failures = self._render_statements(scope)
        # Whoever may write to the guarantor may keep what was sent, as with the
        # attachments of any message.
        attachments_sudo = (
            self.env["ir.attachment"]
            .sudo()
            .create(
                [
                    {
                        "name": f"{dossier._get_statement_filename(scope)}.pdf",
                        "raw": content,
                        "mimetype": "application/pdf",
                        "res_model": self._name,
                        "res_id": dossier.id,
                    }
                    for dossier, content in documents.items()
                ]
            )
        )
        attachments = attachments_sudo.sudo(self.env.su)
        return dict(zip(documents, attachments, strict=True)), failures

    def _process_attachments_for_template_post(self, mail_template):
        """Attach the statement that the template asks for, rendered in batch.

        :raise UserError: naming the dossiers whose statement cannot be rendered
        """
        results = super()._process_attachments_for_template_post(mail_template)
        scope = mail_template.recouvrement_statement
        if not scope or self.env.context.get("recouvrement_no_pdf"):
            return results
        attachments, failures = self._get_statement_attachments(scope)
        if failures:
            raise UserError(
                "\n".join(
                    self.env._(
                        "%(dossier)s: no statement. %(reason)s",
                        dossier=dossier.display_name,
                        reason=reason,
                    )
                    for dossier, reason in failures.items()
                )
            )
        for dossier, attachment in attachments.items():
            values = results.setdefault(dossier.id, {})
            values.setdefault("attachment_ids", []).append(attachment.id)
        return results

    def _export_statements(self, scope):
        """Return the statements of these dossiers as a workbook, one sheet each.

        :param str scope: ``overdue`` or ``all``
        :return: content of the XLSX file
        :rtype: bytes
        """
        output = io.BytesIO()
        build_workbook(output, self._get_statement_values(scope))
        return output.getvalue()

    # === BUSINESS METHODS - WORDS === #

    def _get_amount_in_words(self, currency, amount):
        """Return an amount as it is written on a cheque, in the currency's language.

        :param res.currency currency: with the language in its context
        :param float amount: what to write out
        :rtype: str
        """
        # Odoo writes each word with a capital, and calls the CFA franc a franc.
        words = currency.amount_to_text(amount).lower()
        unit = (currency.currency_unit_label or "").lower()
        if currency.name in ("XOF", "XAF"):
            words = words.replace(unit, currency.env._("CFA francs"))
            unit = currency.env._("CFA francs")
        if get_lang(currency.env).code.startswith("fr"):
            # Un million de francs, but un million deux cents francs.
            words = re.sub(rf"(illions?|illiards?) (?={unit})", r"\1 de ", words)
        return words[:1].upper() + words[1:]

    def _get_last_done_date(self, channel):
        """Return when the guarantor was last reached by ``channel`` in this cycle.

        :return: the date in the guarantor's language, or an empty string
        :rtype: str
        """
        self.ensure_one()
        done = self.action_ids.filtered(
            lambda action: action.state == "done"
            and action.channel == channel
            and action.cycle == self.cycle
            and action.date_done
        )
        if not done:
            return ""
        day = day_in_timezone(
            max(done.mapped("date_done")), self.company_id._recouvrement_timezone()
        )
        return format_date(self.env, day, lang_code=self._get_statement_lang())
