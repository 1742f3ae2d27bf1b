"""``make screenshots``: the pictures of the guides, from the demo network.

Uses the database of the last ``make demo``, served for as long as it takes. What is
shown is in ``docs/screenshots.toml``.
"""

import os
import shutil
from pathlib import Path

from . import database
from .console import WorkbenchError, say, step
from .layout import Layout, lock
from .python_env import ensure_folder
from .serving import choose_port, mail_catcher, odoo_server
from .sites import Site, open_site

NAME = "demo"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def screenshots(layout: Layout) -> int:
    """Take every picture; ``ARGS`` names those to take, by a part of their name."""
    site = open_site(layout, "dev")
    name = database.check_name(os.environ.get("DB") or NAME)
    if not database.exists(site, name):
        raise WorkbenchError(f"there is no database {name}", "make demo SERVE=0 first")
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if not browser:
        raise WorkbenchError("there is no browser", "install Debian's chromium")
    packages = ensure_folder(layout, "screenshots", "docs", "the driver of the browser")
    port = choose_port(os.environ.get("PORT"), strict=False)
    with (
        lock(layout, f"database-{name}", wait=False),
        mail_catcher(site, name) as smtp_port,
        odoo_server(site, name, port, smtp_port, cron_threads=0),
        step("taking the pictures"),
    ):
        return _take(site, packages, browser, port)


def _take(site: Site, packages: Path, browser: str, port: int) -> int:
    root = site.layout.root
    script = site.layout.tools / "scripts" / "take_screenshots.py"
    code = site.interactive(
        [str(site.layout.python), str(script), str(root / "docs")],
        PYTHONPATH=str(packages),
        WORKBENCH_BROWSER=browser,
        WORKBENCH_URL=f"http://127.0.0.1:{port}",
        WORKBENCH_ONLY=os.environ.get("ARGS") or "",
    )
    say(f"    in {root / 'docs' / 'images'}")
    return code
