"""``make i18n``: the terms of the addon, and its French with those of now.

The template is exported by Odoo itself from a fresh database. Translations are kept by
their source text; those whose text is gone are dropped, new ones wait for their French.
"""

import subprocess

from . import database
from .console import WorkbenchError, say, step
from .layout import ADDON, Layout, lock
from .sites import Site, open_site

NAME = "i18n"
LANGUAGE = "fr"


def i18n(layout: Layout) -> int:
    """Write ``i18n/*.pot`` and bring ``fr.po`` up to date; 1 if French is missing."""
    site = open_site(layout, "dev")
    folder = layout.root / ADDON / "i18n"
    template = folder / f"{ADDON}.pot"
    with lock(layout, f"database-{NAME}", wait=False):
        with step("the addon in a fresh database"):
            database.create(site, NAME)
            database.install(site, NAME, f"install-{NAME}")
        with step(f"exporting {template.relative_to(layout.root)}"):
            _export(site, str(template))
        database.drop(site, NAME)
    merge = str(layout.tools / "scripts" / "merge_translations.py")
    catalogue = str(folder / f"{LANGUAGE}.po")
    return site.interactive([str(layout.python), merge, str(template), catalogue])


def _export(site: Site, path: str) -> None:
    config = ("-c", str(site.config), "-d", NAME)
    # This command of Odoo's takes its options after its own verb.
    command = [str(site.layout.python), "-m", "odoo", "i18n", "export", *config]
    log = site.layout.log(f"export-{NAME}")
    with log.open("w", encoding="utf-8") as handle:
        result = subprocess.run(
            [*command, "-l", "pot", "-o", path, ADDON],
            cwd=site.layout.root,
            env=site.environment(),
            stdout=handle,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if result.returncode:
        raise WorkbenchError("exporting the terms", "read the log", log)
    say(f"    log: {log}")
