"""A deterministic ledger, written by set-based SQL as Odoo itself writes it.

Every guarantor has the same number of invoices over fourteen months. About two thirds
are paid, on time or late, by payments that settle one or several of them; others are
partly paid, or reversed by a credit note. Some payments and credit notes are not
matched. Random choices are hashes of the row's number: the same ledger comes out
whatever the plan of the query.
"""

import datetime
from dataclasses import dataclass
from pathlib import Path

from odoo import Command, api

from . import databases

# To be raised when the rows written here change.
EDITION = 1
DAYS = 425
# A ledger gets older by itself: after these days it is made anew.
MAX_AGE_DAYS = 7
TABLES = (
    "account_move",
    "account_move_line",
    "account_partial_reconcile",
    "account_payment",
    "res_partner",
)
SQL_FOLDER = Path(__file__).parent / "sql"


@dataclass(frozen=True)
class Size:
    """How large a ledger is.

    :param name: end of the database's name
    :param guarantors: number of guarantors
    :param invoices: number of invoices of each
    """

    name: str
    guarantors: int
    invoices: int

    @property
    def database(self) -> str:
        """The database that holds it."""
        return f"bench_{self.name}"

    @property
    def total(self) -> int:
        """The number of invoices."""
        return self.guarantors * self.invoices


SMALL = Size("small", 60, 50)
MEDIUM = Size("100k", 2_000, 50)
LARGE = Size("1m", 10_000, 100)


def ensure(size: Size) -> bool:
    """Make the database of a ledger, unless it is there and recent.

    :return: whether it was made now
    """
    facts = f"edition {EDITION}, {size.guarantors} x {size.invoices}, made on "
    found = databases.comment(size.database) or ""
    if found.startswith(facts):
        made_on = datetime.date.fromisoformat(found.removeprefix(facts))
        if (today() - made_on).days <= MAX_AGE_DAYS:
            databases.run_odoo(size.database, "-u", "nest_recouvrement")
            return False
    databases.copy(databases.template(), size.database)
    generate(size)
    verify(size)
    databases.set_comment(size.database, f"{facts}{today()}")
    return True


def verify(size: Size) -> None:
    """Refuse a ledger that is not as Odoo would have written it.

    :raise SystemExit: saying what is wrong
    """
    wrong = databases.execute(size.database, _script("verify"))
    if wrong:
        raise SystemExit(f"The ledger {size.database} is wrong: {dict(wrong)}")


def describe(size: Size) -> str:
    """What the ledger holds, in one line."""
    ((overdue, credits, payments),) = databases.execute(
        size.database,
        """SELECT COUNT(*) FILTER (WHERE line.amount_residual > 0
                                     AND line.date_maturity < current_date),
                  COUNT(*) FILTER (WHERE line.amount_residual < 0),
                  (SELECT COUNT(*) FROM account_payment)
             FROM account_move_line line
             JOIN account_account account ON account.id = line.account_id
            WHERE account.account_type = 'asset_receivable'
              AND line.parent_state = 'posted'""",
    )
    return f"{overdue} overdue items, {payments} payments, {credits} unmatched credits"


def today() -> datetime.date:
    """The day of the ledger: the company's timezone is UTC."""
    return datetime.datetime.now(datetime.timezone.utc).date()


def generate(size: Size) -> None:
    """Write the ledger into its database, then have PostgreSQL look at it."""
    parameters = _prepare(size)
    with databases.connection(size.database) as conn, conn.cursor() as cursor:
        # Foreign keys are right by construction, and checked one row at a time.
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("SET work_mem = '256MB'")
        cursor.execute("SET maintenance_work_mem = '1GB'")
        indexes = _drop_indexes(cursor)
        for name in ("plan", "partners", "moves", "lines", "matching", "sequences"):
            cursor.execute(_script(name), parameters)
        for definition in indexes:
            cursor.execute(definition)
        cursor.execute("VACUUM (FREEZE, ANALYZE)")


def _script(name: str) -> str:
    return (SQL_FOLDER / f"{name}.sql").read_text(encoding="utf-8")


def _prepare(size: Size) -> dict[str, object]:
    """Create users, and look up what invoices and payments refer to."""
    with databases.environment(size.database) as env:
        _create_users(env)
        bank = env["account.journal"].search([("type", "=", "bank")], limit=1)
        payment = env["account.payment"].create(
            {
                "amount": 1,
                "journal_id": bank.id,
                "partner_id": env.company.partner_id.id,
                "partner_type": "customer",
                "payment_type": "inbound",
            }
        )
        sale = env["account.journal"].search([("type", "=", "sale")], limit=1)
        parameters = {
            "bank_journal": bank.id,
            "company": env.company.id,
            "country": env.company.country_id.id,
            "currency": env.company.currency_id.id,
            "days": DAYS,
            "guarantors": size.guarantors,
            "income_account": sale.default_account_id.id,
            "invoices": size.invoices,
            "outstanding_account": payment.outstanding_account_id.id,
            "payment_method": payment.payment_method_id.id,
            "payment_method_line": payment.payment_method_line_id.id,
            "receivable_account": payment.destination_account_id.id,
            "sale_journal": sale.id,
            "today": today(),
        }
        payment.unlink()
        env["res.company"].search([]).write({"email": "clinique@example.com"})
        env.cr.commit()
    return parameters


def _create_users(env: api.Environment) -> None:
    """Create three collection officers and a manager."""
    names = {
        "officer_1": "group_officer",
        "officer_2": "group_officer",
        "officer_3": "group_officer",
        "manager": "group_manager",
    }
    for login, group in names.items():
        env["res.users"].with_context(no_reset_password=True).create(
            {
                "name": login.replace("_", " ").title(),
                "login": login,
                "email": f"{login}@example.com",
                "lang": "fr_FR",
                "group_ids": [
                    Command.link(env.ref("base.group_user").id),
                    Command.link(env.ref(f"nest_recouvrement.{group}").id),
                ],
            }
        )


def _drop_indexes(cursor) -> list[str]:
    """Drop the indexes that rows do not need to be written; return how to make them."""
    cursor.execute(
        """SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid)
             FROM pg_index
            WHERE indrelid = ANY(%s::regclass[])
              AND NOT indisprimary
              AND NOT EXISTS (SELECT 1 FROM pg_constraint
                               WHERE conindid = indexrelid)""",
        [list(TABLES)],
    )
    found = cursor.fetchall()
    for name, _definition in found:
        cursor.execute(f"DROP INDEX {name}")
    return [definition for _name, definition in found]
