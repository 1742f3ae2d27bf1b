"""``make test``: a fresh database, its installation log, then pytest-odoo.

One test by hand, on the database of the last run::

    make test KEEP=1 ARGS="-k name"
    make test KEEP=1 ARGS="nest_recouvrement/tests/test_x.py::TestX::test_y"
"""

import os
import shlex

from . import database
from .console import say, step
from .layout import ADDON, Layout, lock
from .sites import Site, open_site

NAME = "test"
PROCESSES = "_processes"
TESTS = (f"{ADDON}/tests", "tools/tests")


def test(layout: Layout) -> int:
    """Run the test suite; its exit code is pytest's."""
    site = open_site(layout, "test")
    name = database.check_name(os.environ.get("DB") or NAME)
    with lock(layout, f"database-{name}", wait=False):
        _prepare(site, name)
        # For the tests that start processes of their own: what they do is committed.
        database.copy(site, name, f"{name}{PROCESSES}")
        return site.interactive(_pytest(site, name))


def _prepare(site: Site, name: str) -> None:
    """A database with this very addon, and no complaint in the log."""
    log_name = f"install-{name}"
    if os.environ.get("KEEP") and _holds_addon(site, name):
        with step(f"updating {ADDON} in the kept database {name}"):
            database.update(site, name, log_name)
        return
    with step(f"installing {ADDON} in a fresh database {name}"):
        database.create(site, name)
        log = database.install(site, name, log_name)
    say(f"    no warning of ours in {log}")


def _holds_addon(site: Site, name: str) -> bool:
    """Whether a database has the addon, completely installed."""
    if not database.exists(site, name):
        return False
    states = site.cluster.query(
        f"SELECT state FROM ir_module_module WHERE name = '{ADDON}'", name
    )
    return states == ["installed"]


def _pytest(site: Site, name: str) -> list[str]:
    arguments = shlex.split(os.environ.get("ARGS") or "")
    # The name of a file or of a test in it chooses; without one, everything runs.
    chosen = any(
        (site.layout.root / part.split("::")[0]).exists() for part in arguments
    )
    targets = [path for path in TESTS if (site.layout.root / path).is_dir()]
    return [
        str(site.layout.python),
        *("-m", "pytest", "-p", "workbench.pytest_guard"),
        *("-o", f"cache_dir={site.layout.home / 'pytest'}"),
        *(f"--odoo-config={site.config}", f"--odoo-database={name}", "--odoo-http"),
        "--odoo-log-level=warn",
        *arguments,
        *([] if chosen else targets),
    ]
