"""What ``make bench`` measures, in which order, and the table it ends with."""

import argparse
import warnings

from . import (
    databases,
    ledger,
    memory,
    peer,
    posting,
    refresh,
    report,
    screens,
    statements,
    weekly,
)
from .measure import Row, Table

SIZES = {size.name: size for size in (ledger.SMALL, ledger.MEDIUM, ledger.LARGE)}
# The same work on ten times the ledger, give or take what no longer fits in memory.
GROWTH = 1.2


def main() -> int:
    """Measure, print, and fail if a budget is broken."""
    options = _parse()
    warnings.simplefilter("ignore")
    databases.prepare_odoo()
    if options.run_only:
        memory.run_only(SIZES[options.run_only])
        return 0
    if options.small:
        tables = [_measure_small()]
    else:
        tables = [_measure_medium()]
        if not options.skip_1m:
            tables.append(_measure_large(options, tables[0]))
    broken = [row for table in tables for row in table.rows if row.broken]
    print()
    for row in broken:
        print(f"Over budget: {row.what}: {row.value:.3g} of {row.limit:g} {row.unit}")
    if not broken:
        print("Every budget is kept.")
    if options.write:
        print(f"Written: {report.write(tables)}")
    return 1 if broken else 0


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    add = parser.add_argument
    add("--small", action="store_true", help="a small ledger: does the bench work?")
    add("--skip-1m", action="store_true", help="without the 1 000 000 invoices")
    add("--oca-1m", action="store_true", help="the peer on these too: most of an hour")
    add("--write", action="store_true", help="write the tables to docs/performance.md")
    add(memory.OPTION, choices=SIZES, help=argparse.SUPPRESS)
    return parser.parse_args()


def _table(size: ledger.Size, is_timed: bool = True) -> Table:
    total = f"{size.total:,}".replace(",", " ")
    guarantors = f"{size.guarantors:,}".replace(",", " ")
    title = f"{total} invoices of {guarantors} guarantors"
    print(f"\n{title}", flush=True)
    made = ledger.ensure(size)
    print(f"  (the ledger was {'made' if made else 'kept'}: {ledger.describe(size)})")
    return Table(title, is_timed)


def _measure_small() -> Table:
    size = ledger.SMALL
    table = _table(size, is_timed=False)
    refresh.measure(size, table)
    weekly.measure(size, table)
    screens.measure(size, table)
    posting.measure(size, table, pairs=3)
    statements.measure(size, table, batch=5, alone=1)
    return table


def _measure_medium() -> Table:
    size = ledger.MEDIUM
    table = _table(size)
    refresh.measure(size, table)
    run = weekly.measure(size, table)
    peer.measure(size, table, run)
    posting.measure(size, table)
    statements.measure(size, table)
    return table


def _measure_large(options: argparse.Namespace, medium: Table) -> Table:
    size = ledger.LARGE
    table = _table(size)
    refresh.measure(size, table)
    _compare_growth(medium, table)
    run = memory.measure(size, table)
    screens.measure(size, table)
    if options.oca_1m:
        peer.measure(size, table, run)
    return table


def _compare_growth(medium: Table, large: Table) -> None:
    """Compare the processor time that a refresh takes per invoice."""
    times = [
        next(row.processor for row in table.rows if row.what == refresh.TITLE)
        for table in (medium, large)
    ]
    factor = ledger.LARGE.total / ledger.MEDIUM.total
    large.add(
        Row(
            "growth of the refresh from 100 000 invoices",
            f"x {times[1] / times[0]:.1f}",
            value=times[1] / times[0] / factor,
            limit=GROWTH,
            unit=f"times x {factor:g}",
            is_time=True,
        )
    )
