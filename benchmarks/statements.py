"""Statements of account as PDF: in batch, and one by one with Odoo's defaults."""

import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from unittest.mock import patch

from . import databases, ledger
from .measure import Row, Table, measured, seconds

REPORT = "nest_recouvrement.action_report_statement"
STANDALONE = (
    "odoo.addons.nest_recouvrement.models.ir_actions_report"
    ".IrActionsReport._is_standalone"
)


def measure(size: ledger.Size, table: Table, batch: int = 50, alone: int = 5) -> None:
    """Render statements of dossiers in the middle of the ledger."""
    with databases.environment(size.database) as env, _server(size) as url:
        parameters = env["ir.config_parameter"]
        parameters.set_param("report.url", url)
        dossiers = env["recouvrement.dossier"].search(
            [("open_invoice_count", ">", 0)], limit=batch, order="id"
        )
        # Styles are generated once, whoever asks first.
        dossiers[:1]._render_statements("all")
        with measured() as together:
            documents, failures = dossiers._render_statements("all")
        if failures or len(documents) != len(dossiers):
            raise SystemExit(f"Statements were not rendered: {failures}")
        with patch(STANDALONE, lambda _self: False):
            _render_alone(env, dossiers[:1])
            with measured() as one_by_one:
                for dossier in dossiers[:alone]:
                    _render_alone(env, dossier)
    each = together.seconds / len(dossiers)
    each_alone = one_by_one.seconds / len(dossiers[:alone])
    table.add(
        Row(
            f"statement PDF, {len(dossiers)} in a batch, each",
            seconds(each),
            value=each / each_alone,
            limit=0.25,
            unit="of one by one with Odoo's defaults",
            is_time=True,
            detail=f"{seconds(each_alone)} each one by one",
        )
    )


def _render_alone(env, dossier) -> None:
    content, _type = env["ir.actions.report"]._render_qweb_pdf(REPORT, dossier.ids)
    if not content.startswith(b"%PDF"):
        raise SystemExit("Odoo rendered no PDF.")


@contextmanager
def _server(size: ledger.Size) -> Iterator[str]:
    """Odoo's web server: by default documents fetch their styles from it."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    command = [
        *(sys.executable, "-m", "odoo", "server", "-d", size.database),
        *(f"--http-port={port}", "--max-cron-threads=0", "--log-level=critical"),
    ]
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            _wait_for(f"{url}/web/login", process)
            yield url
        finally:
            process.terminate()


def _wait_for(url: str, process: subprocess.Popen) -> None:
    for _second in range(120):
        if process.poll() is not None:
            raise SystemExit("The web server that PDFs need ended.")
        try:
            with urllib.request.urlopen(url, timeout=60):
                return
        except OSError:
            time.sleep(1)
    raise SystemExit("The web server that PDFs need does not answer.")
