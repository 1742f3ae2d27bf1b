"""The tables as a page of the documentation."""

import os
import platform
from datetime import date
from pathlib import Path

from odoo import release

from . import databases
from .measure import Row, Table

PAGE = Path(__file__).resolve().parents[1] / "docs" / "performance.md"
TEXT = Path(__file__).with_name("report.md")


def write(tables: list[Table]) -> Path:
    """Write the page, and return where it is."""
    text = TEXT.read_text(encoding="utf-8").format(
        cores=os.cpu_count(),
        date=date.today().isoformat(),
        memory=round(_memory() / 2**30),
        odoo=release.version,
        postgresql=_postgresql(),
        python=platform.python_version(),
        tables="\n".join(map(_table, tables)),
    )
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(text, encoding="utf-8")
    return PAGE


def _table(table: Table) -> str:
    head = [
        f"## {table.title}",
        "",
        "| what | measured | budget | |",
        "|---|--:|--:|---|",
    ]
    return "\n".join([*head, *map(_line, table.rows), ""])


def _line(row: Row) -> str:
    budget = ""
    if row.limit is not None:
        verdict = "**over**" if row.broken else "of at most"
        budget = f"{row.value:.3g} {verdict} {row.limit:g} {row.unit}"
    return f"| {row.what} | {row.figure} | {budget} | {row.detail} |"


def _memory() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def _postgresql() -> str:
    ((version,),) = databases.execute("postgres", "SHOW server_version")
    return version.split()[0]
