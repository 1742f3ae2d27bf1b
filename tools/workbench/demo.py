"""``make demo``: a clinic network's ledger followed up for a week, then served."""

import json
import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from . import database
from .console import WorkbenchError, say, step, table
from .layout import ADDON, Layout, lock
from .mailbox import Mails
from .serving import HOST, choose_port, mail_catcher, odoo_server, watch
from .sites import Site, open_site

NAME = "demo"


def demo(layout: Layout) -> int:
    """Prepare, fill, follow up, tell, serve until Ctrl-C (``SERVE=0``: exit)."""
    serving = os.environ.get("SERVE") != "0"
    port = choose_port(os.environ.get("PORT"), strict=serving)
    site = open_site(layout, "dev")
    name = database.check_name(os.environ.get("DB") or NAME)
    with lock(layout, f"database-{name}", wait=False):
        _create(site, name)
        shutil.rmtree(layout.mail(name), ignore_errors=True)
        with mail_catcher(site, name) as smtp_port:
            # The weekly run is ours to start, so no cron runs beside it.
            with odoo_server(site, name, port, smtp_port, cron_threads=0):
                summary = _follow_up(site, name, port, smtp_port)
            mails = Mails(layout.mail(name))
            documents = mails.extract_documents()
            _tell(summary, mails, documents, port)
            if serving:
                _serve(site, name, port, smtp_port)
    return 0


def serve(layout: Layout) -> int:
    """Serve a database until Ctrl-C."""
    port = choose_port(os.environ.get("PORT"), strict=True)
    name = database.check_name(os.environ.get("DB") or NAME)
    site = open_site(layout, "dev")
    if not database.exists(site, name):
        raise WorkbenchError(
            f"there is no database {name}", f"make db DB={name}, or make demo"
        )
    with (
        lock(layout, f"database-{name}", wait=False),
        mail_catcher(site, name) as smtp_port,
    ):
        settings = _summary_settings(site, name, port)
        database.run_script(
            site, name, "serve_at", layout.log(f"serve-{name}"), **settings
        )
        _serve(site, name, port, smtp_port)
    return 0


def _create(site: Site, name: str) -> None:
    """A database where only the addon's demo data is loaded.

    Odoo loads a module's demo data if its dependencies have theirs, and those of
    ``account`` would bring companies and invoices that are no part of the network.
    So the dependencies, which are installed without, claim to have it for as long
    as the addon is being installed.
    """
    database.create(site, name)
    flag = "UPDATE ir_module_module SET demo = {} WHERE name != '" + ADDON + "'"
    site.cluster.query(flag.format("state = 'installed'"), name)
    log = site.layout.log(f"install-{name}")
    with step("the addon and its demo network"), _progress(log):
        database.install(site, name, log.stem)
    site.cluster.query(flag.format("false"), name)
    database.run_script(site, name, "set_up_company", site.layout.log(f"setup-{name}"))


def _follow_up(site: Site, name: str, port: int, smtp_port: int) -> dict:
    """Execute the weekly run while the server answers, and sum it up.

    Documents load their styles from the server over HTTP.
    """
    settings = _summary_settings(site, name, port)
    summary = Path(settings["WORKBENCH_SUMMARY"])
    summary.unlink(missing_ok=True)
    log = site.layout.log(f"run-{name}")
    # odoo shell takes the SMTP port from here, as it has no option for it.
    with step("the weekly follow-up"), _counting_mails(site.layout.mail(name)):
        database.run_script(
            site,
            name,
            "demo_run",
            log,
            WORKBENCH_SMTP_PORT=str(smtp_port),
            **settings,
        )
    return json.loads(summary.read_text(encoding="utf-8"))


def _summary_settings(site: Site, name: str, port: int) -> dict[str, str]:
    return {
        "WORKBENCH_URL": f"http://{HOST}:{port}",
        "WORKBENCH_SUMMARY": str(site.layout.run / f"summary-{name}.json"),
    }


def _tell(summary: dict, mails: Mails, documents: int, port: int) -> None:
    """Print what the week brought, and who may look at it."""
    currency = summary["currency"]
    rows = [("category", "guarantors", f"balance {currency}", f"overdue {currency}")]
    rows += [
        (
            line["name"],
            str(line["count"]),
            spaced(line["balance"]),
            spaced(line["overdue"]),
        )
        for line in summary["categories"]
    ]
    say("\nGuarantors\n" + table(rows, right={1, 2, 3}))
    rows = [("channel", "state", "actions")]
    rows += [
        (line["channel"], line["state"], str(line["count"]))
        for line in summary["actions"]
    ]
    say("\nActions\n" + table(rows, right={2}))
    rows = [("company", "state", "dossiers", "actions", "failures", "seconds")]
    rows += [
        (
            line["company"],
            line["state"],
            *(str(line[key]) for key in ("dossiers", "actions", "failures", "seconds")),
        )
        for line in summary["runs"]
    ]
    say("\nWeekly run\n" + table(rows, right={2, 3, 4, 5}))
    say(f"\nMails sent: {mails.count()}, in {mails.folder}")
    say(f"PDF documents attached to them: {documents}, in {mails.documents}")
    rows = [("login", "password", "who", "name")]
    rows += [
        (line["login"], line["login"], line["role"], line["name"])
        for line in summary["logins"]
    ]
    rows.append(("admin", "admin", "administrator", ""))
    say(f"\nhttp://{HOST}:{port}\n" + table(rows))


def spaced(amount: float) -> str:
    """An amount without decimals, thousands apart as in ``1 234 567``."""
    return f"{amount:,.0f}".replace(",", " ")


def _serve(site: Site, name: str, port: int, smtp_port: int) -> None:
    """Serve with the scheduler until Ctrl-C."""
    log = site.layout.log(f"server-{name}")
    with odoo_server(site, name, port, smtp_port, cron_threads=1) as process:
        say(f"Serving http://{HOST}:{port} (log: {log}), Ctrl-C ends it.")
        watch(process, log)


@contextmanager
def _progress(log: Path) -> Iterator[None]:
    """Show which file is being loaded while an installation writes its log."""
    shown: set[str] = set()

    def look() -> None:
        if not log.exists():
            return
        for line in log.read_text(encoding="utf-8", errors="replace").splitlines():
            _head, found, file = line.partition(f"loading {ADDON}/")
            if found and file not in shown and file.startswith("demo"):
                shown.add(file)
                say(f"    {file}")

    log.unlink(missing_ok=True)
    with _repeating(look):
        yield


@contextmanager
def _counting_mails(folder: Path) -> Iterator[None]:
    """Show every few seconds how many mails have left."""
    last = [0]

    def look() -> None:
        count = Mails(folder).count()
        if count != last[0]:
            last[0] = count
            say(f"    mails sent: {count}")

    with _repeating(look, every=5):
        yield


@contextmanager
def _repeating(look, every: float = 1) -> Iterator[None]:
    """Call a function again and again while something else goes on."""
    ended = threading.Event()

    def repeat() -> None:
        while not ended.wait(every):
            look()

    thread = threading.Thread(target=repeat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        look()
