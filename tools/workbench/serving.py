"""The demo's servers: the mail catcher, and Odoo answering over HTTP."""

import re
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .console import WorkbenchError, say, step
from .processes import Background
from .sites import Site

HOST = "127.0.0.1"
DEFAULT_PORT = 8069
ASSET = re.compile(r"""(?:href|src)=["'](/web/assets/[^"']+)["']""")


def choose_port(wanted: str | None, strict: bool) -> int:
    """The HTTP port to serve on.

    :param wanted: as typed; nothing for the default
    :param strict: refuse a busy default port, or else take any free one
    :raise WorkbenchError: when it is busy, with a free one to use
    """
    if wanted and not wanted.isdigit():
        raise WorkbenchError(f"'{wanted}' is no port", "for example PORT=8070")
    port = int(wanted or DEFAULT_PORT)
    if _is_free(port):
        return port
    other = next((p for p in range(port + 1, port + 50) if _is_free(p)), _any_free())
    if strict or wanted:
        raise WorkbenchError(
            f"port {port} is busy", f"make demo PORT={other}, or end what uses it"
        )
    return other


@contextmanager
def mail_catcher(site: Site, database: str) -> Iterator[int]:
    """Catch the mails of a database while it lasts; its port."""
    process = Background(site.layout, f"mail-{database}")
    port_file = site.layout.run / f"mail-{database}.port"
    port_file.parent.mkdir(parents=True, exist_ok=True)
    port_file.unlink(missing_ok=True)
    log = site.layout.log(f"mail-{database}")
    python = site.layout.python
    folder = site.layout.mail(database)
    process.start(
        [python, "-m", "workbench.mailcatcher", folder, port_file],
        site.environment(),
        log,
    )
    try:
        _wait(port_file.exists, process, "the mail catcher does not start", log)
        yield int(port_file.read_text(encoding="utf-8"))
    finally:
        process.stop()
        port_file.unlink(missing_ok=True)


@contextmanager
def odoo_server(
    site: Site, database: str, port: int, smtp_port: int, cron_threads: int
) -> Iterator[Background]:
    """Odoo serving one database while it lasts, once it answers."""
    process = Background(site.layout, f"server-{database}")
    log = site.layout.log(f"server-{database}")
    process.start(
        site.command(
            "server",
            *("-d", database, "--db-filter", f"^{re.escape(database)}$"),
            *("--http-interface", HOST, "--http-port", str(port)),
            *("--smtp", HOST, "--smtp-port", str(smtp_port)),
            *("--max-cron-threads", str(cron_threads)),
        ),
        site.environment(),
        log,
    )
    try:
        with step("starting Odoo's server"):
            url = f"http://{HOST}:{port}/web/login"
            _wait(lambda: _get(url) is not None, process, "Odoo does not answer", log)
            _check_assets(port, log)
        yield process
    finally:
        process.stop()


def watch(process: Background, log: Path) -> None:
    """Wait for Ctrl-C while a server runs.

    :raise WorkbenchError: when it ends by itself
    """
    try:
        while process.pid() is not None:
            time.sleep(1)
    except KeyboardInterrupt:
        say("\nStopping.")
        return
    raise WorkbenchError("the server ended by itself", "read the log above", log)


def _check_assets(port: int, log: Path) -> None:
    """Load the styles and scripts of the login page, as a browser would."""
    page = _get(f"http://{HOST}:{port}/web/login") or ""
    for path in ASSET.findall(page):
        if _get(f"http://{HOST}:{port}{path}") is None:
            raise WorkbenchError(
                f"the login page is incomplete: {path}", "read the log above", log
            )


def _get(url: str) -> str | None:
    """A page's text, or None while there is none."""
    try:
        # Odoo compiles its styles during the first request.
        with urllib.request.urlopen(url, timeout=120) as answer:
            return answer.read().decode("utf-8", "replace")
    except (urllib.error.URLError, OSError):
        return None


def _wait(ready, process: Background, failure: str, log: Path) -> None:
    deadline = time.monotonic() + 120
    while not ready():
        if process.pid() is None or time.monotonic() > deadline:
            raise WorkbenchError(failure, "read the log above", log)
        time.sleep(0.2)


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def _any_free() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]
