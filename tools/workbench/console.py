"""What a person sees: steps with their duration, failures with what to do."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class WorkbenchError(Exception):
    """A step that failed, in words for the person who typed the command.

    :param message: which step failed and why
    :param advice: what to do about it
    :param log: file with the full output, its end is shown
    """

    def __init__(self, message: str, advice: str = "", log: Path | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice
        self.log = log

    def report(self) -> str:
        """The failure as text, with the end of the log when there is one."""
        lines = []
        if self.log and self.log.exists():
            lines += [f"--- end of {self.log}", tail(self.log), "---"]
        lines.append(f"FAILED: {self.message}")
        if self.advice:
            lines.append(f"What to do: {self.advice}")
        return "\n".join(lines)


def say(text: str = "") -> None:
    """Print at once, also when the output is a file or a pipe."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def complain(text: str) -> None:
    """Print on standard error, after what was printed so far."""
    sys.stdout.flush()
    sys.stderr.write(text + "\n")


@contextmanager
def step(title: str) -> Iterator[None]:
    """Announce a long step, and how long it took."""
    say(f"==> {title}")
    start = time.monotonic()
    yield
    say(f"    done in {time.monotonic() - start:.0f} s")


def tail(path: Path, count: int = 20) -> str:
    """The last lines of a text file."""
    text = path.read_text(encoding="utf-8", errors="replace")
    return "\n".join(text.splitlines()[-count:])


def table(rows: list[tuple[str, ...]], right: set[int] = frozenset()) -> str:
    """Columns aligned under the first row, which holds the titles.

    :param right: numbers of the columns aligned to the right
    """
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = []
    for number, row in enumerate(rows):
        cells = (
            cell.rjust(width) if i in right else cell.ljust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        lines.append("  " + "  ".join(cells).rstrip())
        if number == 0:
            lines.append("  " + "  ".join("-" * width for width in widths))
    return "\n".join(lines)
