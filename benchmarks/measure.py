"""Stopwatch, query counter, and the rows of the table."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from odoo.sql_db import Cursor


@dataclass
class Measure:
    """What one block of code took.

    :param seconds: time on the clock
    :param processor: processor time of this process and of its PostgreSQL server
        process: what else the machine does meanwhile does not count
    :param queries: statements sent to PostgreSQL
    """

    seconds: float = 0.0
    processor: float = 0.0
    queries: int = 0


@contextmanager
def measured(cr: Cursor | None = None) -> Iterator[Measure]:
    """Measure a block; with a cursor, count what it asks of PostgreSQL."""
    measure = Measure()
    backend = cr.connection.info.backend_pid if cr else 0
    queries = cr.sql_log_count if cr else 0
    processor = time.process_time() + _backend_time(backend)
    started = time.perf_counter()
    yield measure
    measure.seconds = time.perf_counter() - started
    measure.processor = time.process_time() + _backend_time(backend) - processor
    measure.queries = cr.sql_log_count - queries if cr else 0


def _backend_time(pid: int) -> float:
    """The processor time of a server process; it runs on this machine."""
    if not pid:
        return 0.0
    # After the name of the program, which may hold anything.
    values = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1]
    user, system = values.split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def best_by_turns(times: int, *functions: Callable[[], Measure]) -> list[Measure]:
    """The fastest measure of each function, measured by turns.

    The slower ones ran beside somebody else's work.
    """
    rounds = [[function() for function in functions] for _time in range(times)]
    return [
        min(measures, key=lambda measure: measure.seconds)
        for measures in zip(*rounds, strict=True)
    ]


@dataclass
class Row:
    """One line of the table.

    :param what: what was measured
    :param figure: the figure, with its unit
    :param value: what the budget is about, where there is one
    :param limit: highest value that the budget allows
    :param unit: what value and limit count
    :param detail: what explains the figure
    :param is_time: the budget is about time, which says nothing on a small ledger
    :param processor: the processor time, for other rows to compare with
    """

    what: str
    figure: str
    value: float | None = None
    limit: float | None = None
    unit: str = ""
    detail: str = ""
    is_time: bool = False
    processor: float = 0.0

    @property
    def broken(self) -> bool:
        """Whether the budget is exceeded."""
        return self.limit is not None and self.value > self.limit


@dataclass
class Table:
    """The rows of one ledger.

    :param title: what they have in common
    :param is_timed: whether the ledger is large enough for budgets of time
    """

    title: str
    is_timed: bool = True
    rows: list[Row] = field(default_factory=list)

    def add(self, row: Row) -> Row:
        """Add a row, and show it at once."""
        if row.is_time and not self.is_timed:
            row.limit = None
        self.rows.append(row)
        print(text_row(row), flush=True)
        return row


def text_row(row: Row) -> str:
    """One row for the terminal."""
    verdict = ""
    if row.limit is not None:
        verdict = (
            f"  [{'BROKEN' if row.broken else 'ok'}: {row.value:.3g}"
            f" of at most {row.limit:g} {row.unit}]"
        )
    detail = f"  ({row.detail})" if row.detail else ""
    return f"  {row.what:<52} {row.figure:>12}{verdict}{detail}"


def seconds(value: float) -> str:
    """A duration for people."""
    return f"{value * 1000:.0f} ms" if value < 1 else f"{value:.2f} s"
