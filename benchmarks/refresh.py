"""The refresh of all dossiers, against one plain aggregate of the same figures."""

from pathlib import Path

from odoo import api
from odoo.sql_db import Cursor

from . import databases, ledger
from .measure import Measure, Row, Table, best_by_turns, measured, seconds

SQL_FOLDER = Path(__file__).parent / "sql"
# The columns of sql/reference.sql, as the dossier names them.
FIGURES = (
    "not_due_amount",
    "overdue_amount",
    "excluded_amount",
    "unallocated_credit",
    "balance",
    "bucket_1_30",
    "bucket_31_60",
    "bucket_61_90",
    "bucket_91_120",
    "bucket_121_plus",
    "disputed_amount",
    "promised_amount",
    "claimable_amount",
    "oldest_due_date",
    "days_overdue",
    "open_invoice_count",
    "overdue_invoice_count",
    "first_invoice_date",
    "monthly_turnover",
    "average_delay_days",
    "promise_kept_rate",
)
ROUNDED = {"average_delay_days": 6, "promise_kept_rate": 6, "monthly_turnover": 2}
TITLE = "refresh of all dossiers, with what comes next"
ROUNDS = 4


def script(name: str) -> str:
    """One of the SQL files."""
    return (SQL_FOLDER / f"{name}.sql").read_text(encoding="utf-8")


def reset(size: ledger.Size) -> None:
    """Bring a ledger's database back to where nothing was followed up."""
    with databases.connection(size.database) as conn, conn.cursor() as cursor:
        cursor.execute(script("reset"))
        # Emptied tables give their pages back: PostgreSQL takes them for new ones.
        cursor.execute(
            """SELECT string_agg(oid::regclass::text, ', ')
                 FROM pg_class
                WHERE relkind = 'r'
                  AND (relname LIKE 'recouvrement%' OR relname LIKE 'mail%')"""
        )
        (tables,) = cursor.fetchone()
        cursor.execute(f"VACUUM ANALYZE {tables}")


def measure(size: ledger.Size, table: Table) -> None:
    """Time the refresh; the dossiers are left as it makes them."""
    reset(size)
    with databases.environment(size.database) as env:
        first = _refresh(env)
        env.cr.commit()
        count = env["recouvrement.dossier"].search_count([])
    databases.execute(size.database, script("promises"))
    claims = _describe_claims(size)
    databases.execute(size.database, "VACUUM ANALYZE recouvrement_dossier")
    reference, second = best_by_turns(
        ROUNDS, lambda: _reference(size), lambda: _refresh_again(size)
    )
    table.add(
        Row("one plain SQL aggregate of the same figures", seconds(reference.seconds))
    )
    table.add(
        Row(
            "first refresh: creates the dossiers",
            seconds(first.seconds),
            detail=f"{count} dossiers, {first.queries} queries",
        )
    )
    table.add(
        Row(
            TITLE,
            seconds(second.seconds),
            value=second.seconds / reference.seconds,
            limit=3,
            unit="times the aggregate",
            is_time=True,
            detail=f"{second.queries} queries; {claims}",
            processor=second.processor,
        )
    )
    _check(size, table)


def _describe_claims(size: ledger.Size) -> str:
    """What is promised and in the hands of couriers, in a few words."""
    ((promises, errands, collected),) = databases.execute(
        size.database,
        """SELECT (SELECT COUNT(*) FROM recouvrement_commitment WHERE state = 'open'),
                  (SELECT COUNT(*) FROM recouvrement_pickup),
                  (SELECT COUNT(*) FROM recouvrement_pickup
                    WHERE state = 'collected')""",
    )
    return f"{promises} open promises, {errands} errands, {collected} collected"


def _refresh(env: api.Environment) -> Measure:
    env.flush_all()
    with measured(env.cr) as measure_:
        env["recouvrement.dossier"]._refresh()
        env.flush_all()
    return measure_


def _refresh_again(size: ledger.Size) -> Measure:
    """A refresh as every night: committed, and cleaned up by autovacuum."""
    with databases.environment(size.database) as env:
        result = _refresh(env)
        env.cr.commit()
    databases.execute(size.database, "VACUUM recouvrement_dossier")
    return result


def _reference(size: ledger.Size) -> Measure:
    with databases.environment(size.database) as env, measured(env.cr) as result:
        _fetch_reference(env.cr, env.company.id)
    return result


def _fetch_reference(cr: Cursor, company_id: int) -> dict[int, tuple]:
    cr.execute(script("reference"), {"company": company_id, "today": ledger.today()})
    return {row[0]: row[1:] for row in cr.fetchall()}


def _check(size: ledger.Size, table: Table) -> None:
    """Compare every figure of every dossier, and the sum with the trial balance."""
    with databases.environment(size.database) as env:
        expected = _fetch_reference(env.cr, env.company.id)
        env.cr.execute(
            f"SELECT partner_id, {', '.join(FIGURES)} FROM recouvrement_dossier"
        )
        found = {row[0]: row[1:] for row in env.cr.fetchall()}
        wrong = [
            (partner_id, name, mine, theirs)
            for partner_id in expected.keys() | found.keys()
            for name, mine, theirs in zip(
                FIGURES,
                found.get(partner_id, [None] * len(FIGURES)),
                expected.get(partner_id, [None] * len(FIGURES)),
                strict=True,
            )
            if _differ(name, mine, theirs)
        ]
        for partner_id, name, mine, theirs in wrong[:10]:
            print(f"    guarantor {partner_id}: {name} is {mine}, expected {theirs}")
        table.add(
            Row(
                "figures that differ from the aggregate's",
                str(len(wrong)),
                value=len(wrong),
                limit=0,
                unit="figures",
                detail=f"{len(found)} dossiers x {len(FIGURES)} figures",
            )
        )
        env.cr.execute(
            """SELECT (SELECT SUM(balance) FROM recouvrement_dossier)
                    - (SELECT SUM(line.balance) FROM account_move_line line
                         JOIN account_account account ON account.id = line.account_id
                        WHERE account.account_type = 'asset_receivable'
                          AND line.parent_state = 'posted')"""
        )
        (difference,) = env.cr.fetchone()
        table.add(
            Row(
                "sum of balances less the trial balance's receivable",
                f"{difference:.2f}",
                value=abs(float(difference)),
                limit=0,
                unit="XOF",
            )
        )


def _differ(name: str, mine: object, theirs: object) -> bool:
    digits = ROUNDED.get(name)
    if digits is None or mine is None or theirs is None:
        return mine != theirs
    return abs(float(mine) - float(theirs)) > 2 * 10**-digits
