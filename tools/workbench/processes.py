"""Running other programs: to their end with a log, or in the background.

A background process is known by its pid and its start time, written down in
``.odoo/run``; only a process that still matches both is ever stopped.
"""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from .console import WorkbenchError
from .layout import Layout

# Settings of the person's shell that would reach Odoo, pip or PostgreSQL.
UNWANTED_PREFIXES = ("PG", "ODOO_", "OPENERP_", "PYTHON", "NEST_", "MAKE", "MFLAGS")


def clean_environment(**values: str) -> dict[str, str]:
    """The environment without what would change the outcome, plus ``values``."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(UNWANTED_PREFIXES) and name != "VIRTUAL_ENV"
    }
    return {**kept, "LC_ALL": "C.UTF-8", "PYTHONUNBUFFERED": "1", **values}


def run_logged(
    command: Sequence[str | Path],
    log: Path,
    what: str,
    advice: str = "",
    env: Mapping[str, str] | None = None,
    stdin: str | None = None,
    cwd: Path | None = None,
) -> None:
    """Run a program to its end with its output in a log.

    :param what: the step in words, for the failure
    :param stdin: text given to the program
    :raise WorkbenchError: when it does not end well
    """
    with log.open("w", encoding="utf-8") as output:
        result = subprocess.run(
            [str(part) for part in command],
            stdout=output,
            stderr=subprocess.STDOUT,
            input=stdin or "",
            text=True,
            env=dict(env) if env is not None else clean_environment(),
            cwd=cwd,
            check=False,
        )
    if result.returncode:
        raise WorkbenchError(f"{what} (exit code {result.returncode})", advice, log)


@dataclass(frozen=True)
class Background:
    """A process that goes on after the call that started it."""

    layout: Layout
    name: str

    @property
    def record(self) -> Path:
        """Where its pid and start time are written."""
        return self.layout.run / f"{self.name}.pid"

    def start(
        self,
        command: Sequence[str | Path],
        env: Mapping[str, str],
        log: Path,
    ) -> subprocess.Popen:
        """Start it in a session of its own, with its output in a log.

        Neither the terminal's Ctrl-C nor a pipe of the caller reaches it.
        """
        self.stop()
        self.layout.run.mkdir(parents=True, exist_ok=True)
        with log.open("w", encoding="utf-8") as output:
            process = subprocess.Popen(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=dict(env),
                cwd=self.layout.root,
                start_new_session=True,
            )
        self.record.write_text(
            f"{process.pid} {start_time(process.pid)}\n", encoding="utf-8"
        )
        return process

    def pid(self) -> int | None:
        """Its pid while it runs."""
        try:
            pid, started = self.record.read_text(encoding="utf-8").split()
        except (OSError, ValueError):
            return None
        return int(pid) if start_time(int(pid)) == started else None

    def stop(self, patience: float = 20) -> bool:
        """Ask it to end, insist after ``patience`` seconds; whether it ran."""
        pid = self.pid()
        if pid is not None:
            _signal(pid, signal.SIGTERM)
            deadline = time.monotonic() + patience
            while self.pid() == pid and time.monotonic() < deadline:
                _reap(pid)
                time.sleep(0.1)
            if self.pid() == pid:
                _signal(pid, signal.SIGKILL)
                _reap(pid)
        self.record.unlink(missing_ok=True)
        return pid is not None


def stop_all(layout: Layout) -> list[str]:
    """Stop every background process of this clone, and return their names."""
    names = sorted(path.stem for path in layout.run.glob("*.pid"))
    return [name for name in names if Background(layout, name).stop()]


def start_time(pid: int) -> str | None:
    """When a process started, in the kernel's ticks; None once it has ended."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return None
    fields = stat.rpartition(")")[2].split()
    state, started = fields[0], fields[19]
    return None if state == "Z" else started


def _signal(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def _reap(pid: int) -> None:
    """Take note of the end of a child; harmless for any other process."""
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)
