"""The commands behind ``make``; settings come from the environment."""

import os
import signal
import sys
from collections.abc import Callable

from . import bench, clean, database, demo, i18n, lint, screenshots, testing
from .console import WorkbenchError, complain, say
from .layout import Layout, current_layout
from .sites import open_site


def setup(layout: Layout) -> int:
    """Prepare Odoo, Python and PostgreSQL, and say how to use them by hand."""
    site = open_site(layout, "dev")
    database.ensure_template(site)
    say(f"Ready. Odoo by hand: {site.folder / 'odoo-bin'} shell -d NAME")
    return 0


def make_database(layout: Layout) -> int:
    """A fresh database with the addon, in French, without demo data."""
    name = database.check_name(os.environ.get("DB") or "")
    site = open_site(layout, "dev")
    log = layout.log(f"install-{name}")
    database.create(site, name)
    database.install(site, name, log.stem)
    database.run_script(site, name, "set_up_company", layout.log(f"setup-{name}"))
    say(f"Database {name} is ready: make serve DB={name} (admin / admin)")
    return 0


def shell(layout: Layout) -> int:
    """``odoo shell`` on a database, reading a script where there is no terminal."""
    name = database.check_name(os.environ.get("DB") or "")
    site = open_site(layout, "dev")
    if not database.exists(site, name):
        raise WorkbenchError(
            f"there is no database {name}", f"make db DB={name}, or make demo"
        )
    arguments = ("-d", name, "--no-http", "--log-level=warn")
    return site.interactive(site.command("shell", *arguments))


COMMANDS: dict[str, Callable[[Layout], int]] = {
    "setup": setup,
    "demo": demo.demo,
    "serve": demo.serve,
    "test": testing.test,
    "db": make_database,
    "shell": shell,
    "bench": bench.bench,
    "lint": lint.lint,
    "i18n": i18n.i18n,
    "screenshots": screenshots.screenshots,
    "stop": clean.stop,
    "clean": clean.clean,
}


def main(arguments: list[str]) -> int:
    """Run one command, and return its exit code."""
    if len(arguments) != 1 or arguments[0] not in COMMANDS:
        complain(f"usage: workbench {'|'.join(COMMANDS)}")
        return 2
    # A terminal that closes or a supervisor that gives up is a Ctrl-C to us.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    try:
        return COMMANDS[arguments[0]](current_layout())
    except WorkbenchError as error:
        complain(error.report())
        return 1
    except KeyboardInterrupt:
        complain("Interrupted.")
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 1
