"""Statements of account as a workbook: dates, numbers and formulas, one sheet each."""

import re

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

DATE, NAME, REFERENCE, DUE, LATE, AMOUNT, PAID, RESIDUAL, NOTE = range(9)
WIDTHS = (12, 24, 28, 12, 10, 16, 16, 16, 40)
TITLE_ROW, GUARANTOR_ROW, DATE_ROW, HEADER_ROW = 0, 1, 2, 4


def build_workbook(output, statements):
    """Write one sheet per statement.

    :param output: binary file
    :param dict statements: result of ``recouvrement.dossier._get_statement_values``
    """
    with xlsxwriter.Workbook(output, {"in_memory": True}) as workbook:
        taken = set()
        for dossier, statement in statements.items():
            name = _get_sheet_name(dossier.partner_id.name or "", taken)
            StatementSheet(workbook, name, dossier, statement).fill()


def _get_sheet_name(name, taken):
    """Return a free name of at most 31 characters, without those Excel refuses."""
    base = re.sub(r"[\[\]:*?/\\\s]+", " ", name).strip(" '")[:31].strip(" '") or "-"
    candidate, number = base, 1
    while candidate.lower() in taken:
        number += 1
        suffix = f" ({number})"
        candidate = base[: 31 - len(suffix)] + suffix
    taken.add(candidate.lower())
    return candidate


class StatementSheet:
    """Writes one statement on one sheet, in the guarantor's language."""

    def __init__(self, workbook, name, dossier, statement):
        self.sheet = workbook.add_worksheet(name)
        self.dossier = dossier.with_context(lang=statement["lang"])
        self.env = self.dossier.env
        self.statement = statement
        decimals = statement["currency"].decimal_places
        money = "#,##0" + ("." + "0" * decimals if decimals else "")
        add = workbook.add_format
        self.title = add({"bold": True, "font_size": 14})
        self.strong = add({"bold": True})
        self.day = add({"num_format": "dd/mm/yyyy", "align": "left"})
        self.money = add({"num_format": money})
        heading = {
            "bold": True,
            "bg_color": "#F4F5F7",
            "bottom": 1,
            "text_wrap": True,
            "valign": "vcenter",
        }
        self.heading = add(heading)
        self.number_heading = add({**heading, "align": "right"})
        self.total = add({"bold": True, "top": 1})
        self.money_total = add({"bold": True, "top": 1, "num_format": money})
        self.balance = add({"bold": True, "top": 1, "bottom": 6, "num_format": money})

    def fill(self):
        """Write the whole sheet."""
        self._write_head()
        row = self._write_items(HEADER_ROW)
        items_cell = xl_rowcol_to_cell(row - 1, RESIDUAL)
        credits_cell = None
        if self.statement["credits"]:
            row = self._write_credits(row + 1)
            credits_cell = xl_rowcol_to_cell(row - 1, RESIDUAL)
        row = self._write_balance(row + 1, items_cell, credits_cell)
        self._write_aging(row + 1)
        self._set_print()

    def _write_head(self):
        env, sheet = self.env, self.sheet
        for column, width in enumerate(WIDTHS):
            sheet.set_column(column, column, width)
        title = (
            env._("Statement of overdue invoices")
            if self.statement["scope"] == "overdue"
            else env._("Statement of account")
        )
        company = self.dossier.company_id.name
        sheet.write_string(TITLE_ROW, 0, f"{title} - {company}", self.title)
        sheet.write_string(
            GUARANTOR_ROW, 0, self.dossier.partner_id.name or "", self.strong
        )
        sheet.write_datetime(DATE_ROW, DATE, self.statement["date"], self.day)
        sheet.write_string(
            DATE_ROW,
            NAME,
            env._("Amounts in %s", self.statement["currency"].name),
        )

    def _write_items(self, row):
        """Write the open items; return the row after their total."""
        env, sheet = self.env, self.sheet
        headings = (
            env._("Date"),
            env._("Invoice"),
            env._("Reference"),
            env._("Due date"),
            env._("Days late"),
            env._("Amount"),
            env._("Paid"),
            env._("Outstanding"),
            env._("Note"),
        )
        for column, heading in enumerate(headings):
            is_number = LATE <= column <= RESIDUAL
            sheet.write_string(
                row,
                column,
                heading,
                self.number_heading if is_number else self.heading,
            )
        first = row + 1
        for item in self.statement["items"]:
            row += 1
            self._write_item(row, item)
            sheet.write_datetime(row, DUE, item["due_date"], self.day)
            sheet.write_number(row, LATE, item["days_late"])
            sheet.write_number(row, AMOUNT, item["amount"], self.money)
            sheet.write_number(row, PAID, item["paid"], self.money)
            left = f"{xl_rowcol_to_cell(row, AMOUNT)}-{xl_rowcol_to_cell(row, PAID)}"
            sheet.write_formula(row, RESIDUAL, f"={left}", self.money, item["residual"])
        sheet.freeze_panes(first, NAME + 1)
        sheet.autofilter(first - 1, 0, max(row, first), NOTE)
        return self._write_total(env._("Total"), first, row + 1)

    def _write_item(self, row, item):
        """Write what items and credits have in common."""
        sheet = self.sheet
        sheet.write_datetime(row, DATE, item["date"], self.day)
        sheet.write_string(row, NAME, item["name"] or "")
        sheet.write_string(row, REFERENCE, item["reference"])
        sheet.write_string(row, NOTE, "; ".join(self._get_notes(item)))

    def _get_notes(self, item):
        """Return what is to be known of an item beyond its amounts."""
        env, currency = self.env, self.statement["currency"]
        if foreign := item["foreign_currency"]:
            yield foreign.format(item["amount_currency"])
            if item["amount_residual_currency"] != item["amount_currency"]:
                yield env._(
                    "outstanding: %s",
                    foreign.format(item["amount_residual_currency"]),
                )
        if item["disputed"]:
            yield env._("disputed: %s", currency.format(item["disputed"]))
        if item["promised"]:
            yield env._("promised: %s", currency.format(item["promised"]))
        if item["excluded"]:
            yield env._("not subject to reminders")

    def _write_total(self, label, first, row):
        """Write the sums of the rows from ``first``; return the row after."""
        sheet = self.sheet
        for column in range(AMOUNT):
            sheet.write_blank(row, column, None, self.total)
        sheet.write_string(row, 0, label, self.total)
        for column, total in (
            (AMOUNT, "original_amount"),
            (PAID, "paid_amount"),
            (RESIDUAL, "items_amount"),
        ):
            self._write_sum(row, column, first, self.statement[total])
        return row + 1

    def _write_sum(self, row, column, first, amount):
        cells = (
            f"{xl_rowcol_to_cell(first, column)}:{xl_rowcol_to_cell(row - 1, column)}"
            if row > first
            else "0"
        )
        self.sheet.write_formula(
            row, column, f"=SUM({cells})", self.money_total, amount
        )

    def _write_credits(self, row):
        """Write the credits to deduct; return the row after their total."""
        env, sheet = self.env, self.sheet
        for column in range(NOTE + 1):
            sheet.write_blank(row, column, None, self.heading)
        sheet.write_string(
            row, 0, env._("Payments and credit notes not matched yet"), self.heading
        )
        sheet.write_string(row, RESIDUAL, env._("To deduct"), self.number_heading)
        first = row + 1
        for credit in self.statement["credits"]:
            row += 1
            self._write_item(row, credit)
            sheet.write_number(row, RESIDUAL, -credit["residual"], self.money)
        row += 1
        for column in range(RESIDUAL):
            sheet.write_blank(row, column, None, self.total)
        sheet.write_string(row, 0, env._("Total"), self.total)
        self._write_sum(row, RESIDUAL, first, -self.statement["credits_amount"])
        return row + 1

    def _write_balance(self, row, items_cell, credits_cell):
        """Write the balance due, as a formula; return the row after."""
        self.sheet.write_string(row, 0, self.env._("Balance due"), self.strong)
        formula = f"={items_cell}+{credits_cell}" if credits_cell else f"={items_cell}"
        self.sheet.write_formula(
            row, RESIDUAL, formula, self.balance, self.statement["balance"]
        )
        return row + 1

    def _write_aging(self, row):
        """Write the aging summary below."""
        for label, amount in self.statement["buckets"]:
            self.sheet.write_string(row, NAME, label)
            self.sheet.write_number(row, REFERENCE, amount, self.money)
            row += 1

    def _set_print(self):
        sheet = self.sheet
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(HEADER_ROW)
        sheet.set_footer("&L&A&R&P / &N")
