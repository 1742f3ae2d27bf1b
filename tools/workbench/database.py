"""Databases: a Senegalese company in XOF, French loaded, and the addon.

A template is made once per version of Odoo and set of dependencies: ``base``, the
country, the chart ``l10n_sn`` and what the addon depends on, without anybody's demo
data. Every database starts as a copy of it, so a fresh one takes seconds and sees
the addon installed on a company that is already set up, as in real life.
"""

import ast
import hashlib
import os
import shutil
from pathlib import Path

from .console import WorkbenchError, step
from .install_log import check_install_log
from .layout import ADDON, lock
from .sites import Site

TEMPLATE = "nest_template"
COUNTRY = "SN"
LANGUAGE = "fr_FR"
CHART_MODULE = "l10n_sn"
# To be raised when what the template holds is changed here.
TEMPLATE_EDITION = 2


def ensure_template(site: Site) -> None:
    """Make the template unless it is there and up to date."""
    key = _template_key(site)
    with lock(site.layout, f"template-{site.name}"):
        if template_is_current(site, key):
            return
        with step("a database with the Senegalese chart, copied by the others (once)"):
            draft = f"{TEMPLATE}_draft"
            for name in (draft, TEMPLATE):
                drop(site, name)
            _build_template(site, draft)
            site.cluster.query(f'ALTER DATABASE "{draft}" RENAME TO "{TEMPLATE}"')
            _filestore(site, draft).rename(_filestore(site, TEMPLATE))
            site.cluster.query(f"COMMENT ON DATABASE {TEMPLATE} IS '{key}'")


def template_is_current(site: Site, key: str) -> bool:
    """Whether the template was completed for these facts."""
    return site.cluster.query(
        "SELECT shobj_description(oid, 'pg_database') FROM pg_database"
        f" WHERE datname = '{TEMPLATE}'"
    ) == [key]


def exists(site: Site, name: str) -> bool:
    """Whether a database exists."""
    sql = f"SELECT 1 FROM pg_database WHERE datname = '{check_name(name)}'"
    return bool(site.cluster.query(sql))


def drop(site: Site, name: str) -> None:
    """Remove a database with its files, whoever is connected to it."""
    site.cluster.query(f'DROP DATABASE IF EXISTS "{check_name(name)}" WITH (FORCE)')
    shutil.rmtree(_filestore(site, name), ignore_errors=True)


def create(site: Site, name: str) -> None:
    """A fresh database, a copy of the template; one of that name is replaced."""
    ensure_template(site)
    copy(site, TEMPLATE, name)


def copy(site: Site, source: str, name: str) -> None:
    """Copy a database that nobody is connected to; one of that name is replaced."""
    drop(site, name)
    site.cluster.query(f'CREATE DATABASE "{name}" TEMPLATE "{check_name(source)}"')
    # Attachments are named after their content and never rewritten.
    shutil.copytree(
        _filestore(site, source), _filestore(site, name), copy_function=os.link
    )


def install(site: Site, name: str, log_name: str) -> Path:
    """Install the addon, and refuse warnings and errors that it causes.

    :return: the log
    """
    if not (site.layout.root / ADDON / "__manifest__.py").exists():
        raise WorkbenchError(f"there is no addon {ADDON} in this clone yet")
    return _modules(site, name, log_name, "installing", "-i", ADDON)


def update(site: Site, name: str, log_name: str) -> Path:
    """Update the addon in a database that has it."""
    return _modules(site, name, log_name, "updating", "-u", ADDON)


def run_script(site: Site, name: str, script: str, log: Path, **settings: str) -> None:
    """Run one of ``tools/scripts`` in ``odoo shell`` on a database."""
    path = site.layout.tools / "scripts" / f"{script}.py"
    site.odoo(
        "shell",
        *("-d", name, "--no-http", "--log-level=warn"),
        log=log,
        what=f"running {path.relative_to(site.layout.root)} on {name}",
        stdin=path.read_text(encoding="utf-8"),
        settings={**settings, "WORKBENCH_LANGUAGE": LANGUAGE},
    )


def check_name(name: str) -> str:
    """A database name that needs no quoting anywhere.

    :raise WorkbenchError: for any other
    """
    if not name or not name.replace("_", "").replace("-", "").isalnum():
        raise WorkbenchError(
            f"'{name}' is no name for a database",
            "use letters, digits, '_' and '-': DB=name",
        )
    return name


def addon_dependencies(root: Path) -> list[str]:
    """What the addon depends on, from its manifest; nothing while it has none."""
    manifest = root / ADDON / "__manifest__.py"
    if not manifest.exists():
        return []
    return ast.literal_eval(manifest.read_text(encoding="utf-8")).get("depends", [])


def _modules(site: Site, name: str, log_name: str, doing: str, *options: str) -> Path:
    log = site.layout.log(log_name)
    site.odoo(
        "server",
        *("-d", name, "--stop-after-init", "--no-http", *options),
        log=log,
        what=f"{doing} {ADDON} in the database {name}",
    )
    check_install_log(log, site.layout.root)
    return log


def _template_key(site: Site) -> str:
    facts = [
        str(TEMPLATE_EDITION),
        str(site.source.parent),
        # The stamp of a download, or the checkout's state as far as it shows.
        str((site.source.parent / "odoo" / "release.py").stat().st_mtime_ns),
        *sorted(addon_dependencies(site.layout.root)),
    ]
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()


def _build_template(site: Site, name: str) -> None:
    # The country comes before any accounting: it chooses chart and currency.
    site.odoo(
        "db",
        *("init", name, "--country", COUNTRY),
        log=site.layout.log(f"template-{site.name}-base"),
        what="creating a database",
    )
    log = site.layout.log(f"template-{site.name}")
    modules = ",".join([CHART_MODULE, *addon_dependencies(site.layout.root)])
    site.odoo(
        "server",
        *("-d", name, "-i", modules, f"--load-language={LANGUAGE}"),
        *("--stop-after-init", "--no-http"),
        log=log,
        what=f"installing {modules}",
    )
    # Odoo's own guided tour would lie over the screens of an administrator.
    site.cluster.query("UPDATE res_users SET tour_enabled = false", name)
    found = site.cluster.query(
        "SELECT c.chart_template, u.name FROM res_company c"
        " JOIN res_currency u ON u.id = c.currency_id WHERE u.active",
        name,
    )
    if found != ["sn|XOF"]:
        raise WorkbenchError(
            f"the company was to have the chart 'sn' in XOF, and has {found}",
            "read the log",
            log,
        )


def _filestore(site: Site, name: str) -> Path:
    return site.data / "filestore" / name
