"""What the writers of the demo ledger share."""

from collections.abc import Iterator

from odoo.tools import SQL

from .guarantors import Guarantor

BATCH_SIZE = 200


def get_journal(company, journal_type: str):
    """Return the first journal of that type."""
    return company.env["account.journal"].search(
        [("type", "=", journal_type), ("company_id", "=", company.id)], limit=1
    )


def get_currency(company, guarantor: Guarantor):
    """Return the currency in which a guarantor is invoiced, and pays."""
    if guarantor.currency:
        return company.env.ref(f"base.{guarantor.currency}")
    return company.currency_id


def batches(items) -> Iterator:
    """Yield slices of a list or recordset."""
    for start in range(0, len(items), BATCH_SIZE):
        yield items[start : start + BATCH_SIZE]


def analyze(env, *tables: str) -> None:
    """Tell the planner what was loaded: it believes that tables are as empty as before.

    Some of Odoo's own queries on matched invoices take minutes else.
    """
    env.flush_all()
    env.cr.execute(SQL("ANALYZE %s", SQL(", ").join(map(SQL.identifier, tables))))
