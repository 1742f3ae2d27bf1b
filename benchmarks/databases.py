"""Databases of the benchmarks: copies of the workbench's, and Odoo on them."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg2
from psycopg2 import sql

import odoo
from odoo import api
from odoo.modules.registry import Registry
from odoo.tools import config

TEMPLATE_VARIABLE = "NEST_BENCH_TEMPLATE"


def prepare_odoo() -> None:
    """Read Odoo's configuration, and be silent but for what goes wrong."""
    if TEMPLATE_VARIABLE not in os.environ:
        raise SystemExit("The benchmarks are started by 'make bench'.")
    config.parse_config(["--log-level=error", "--no-http"], setup_logging=True)


def template() -> str:
    """The fresh database with the addon that every ledger starts from."""
    return os.environ[TEMPLATE_VARIABLE]


@contextmanager
def connection(database: str) -> Iterator[psycopg2.extensions.connection]:
    """A connection outside of any transaction: every statement is committed."""
    conn = psycopg2.connect(dbname=database)
    conn.autocommit = True
    try:
        yield conn
    finally:
        conn.close()


def execute(database: str, query: str | sql.Composable) -> list[tuple]:
    """Execute one statement, and return the rows it answers."""
    with connection(database) as conn, conn.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall() if cursor.description else []


def comment(database: str) -> str | None:
    """What was written about a database; None if it does not exist."""
    with connection("postgres") as conn, conn.cursor() as cursor:
        cursor.execute(
            "SELECT COALESCE(shobj_description(oid, 'pg_database'), '')"
            "  FROM pg_database WHERE datname = %s",
            [database],
        )
        row = cursor.fetchone()
    return row[0] if row else None


def set_comment(database: str, text: str) -> None:
    """Write down what a database holds, once it is complete."""
    execute(
        "postgres",
        sql.SQL("COMMENT ON DATABASE {} IS {}").format(
            sql.Identifier(database), sql.Literal(text)
        ),
    )


def copy(source: str, target: str) -> None:
    """Make ``target`` a copy of ``source``, with its files."""
    drop(target)
    odoo.sql_db.close_db(source)
    execute(
        "postgres",
        sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(
            sql.Identifier(target), sql.Identifier(source)
        ),
    )
    if Path(config.filestore(source)).is_dir():
        # Attachments are named after their content and never rewritten.
        shutil.copytree(
            config.filestore(source), config.filestore(target), copy_function=os.link
        )


def drop(database: str) -> None:
    """Remove a database and its files."""
    Registry.delete(database)
    odoo.sql_db.close_db(database)
    execute(
        "postgres",
        sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(
            sql.Identifier(database)
        ),
    )
    shutil.rmtree(config.filestore(database), ignore_errors=True)


def run_odoo(database: str, *options: str) -> None:
    """Install or update modules in a process of its own."""
    command = [
        *(sys.executable, "-m", "odoo", "server", "-d", database, "--no-http"),
        *("--stop-after-init", "--log-level=error", *options),
    ]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode:
        raise SystemExit(f"odoo {options}: {result.stderr[-3000:]}")


@contextmanager
def environment(
    database: str, user_id: int = api.SUPERUSER_ID
) -> Iterator[api.Environment]:
    """Odoo on a database, in one transaction that is rolled back at the end."""
    with Registry(database).cursor() as cr:
        try:
            yield api.Environment(cr, user_id, {})
        finally:
            cr.rollback()
