"""``make bench``: ``python -m benchmarks``, with what it needs in the environment.

The benchmarks find there:

- ``ODOO_RC``: Odoo's configuration, on the durable cluster, with the peer's addons
  folder in the addons path;
- ``PGHOST``, ``PGPORT``, ``PGUSER``: the same cluster for psycopg2;
- ``NEST_BENCH_TEMPLATE``: a fresh database with the addon on the Senegalese chart,
  to be copied with ``CREATE DATABASE ... TEMPLATE``; the peer is not installed.
"""

import os
import shlex

from . import database
from .console import WorkbenchError, step
from .layout import Layout, lock
from .python_env import ensure_peer
from .sites import open_site

TEMPLATE = "bench"


def bench(layout: Layout) -> int:
    """Run the benchmarks; ``KEEP=1`` keeps the database that they start from."""
    if not (layout.root / "benchmarks").is_dir():
        raise WorkbenchError("there are no benchmarks in this clone yet")
    site = open_site(layout, "dev")
    peer = ensure_peer(layout)
    site = open_site(layout, "dev", peers=(peer,))
    with lock(layout, "database-bench", wait=False):
        if not (os.environ.get("KEEP") and database.exists(site, TEMPLATE)):
            with step("the database to start from"):
                database.create(site, TEMPLATE)
                database.install(site, TEMPLATE, "install-bench")
        arguments = shlex.split(os.environ.get("ARGS") or "")
        command = [str(layout.python), "-m", "benchmarks", *arguments]
        return site.interactive(command, NEST_BENCH_TEMPLATE=TEMPLATE)
