"""Reading the log of an installation: no warning of ours, no error at all."""

import re
from collections.abc import Iterator
from pathlib import Path

from .console import WorkbenchError

HEADER = re.compile(
    r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} \d+ (?P<level>[A-Z]+) \S+ (?P<rest>.*)"
)
OURS = re.compile("recouvrement", re.IGNORECASE)
ALWAYS_WRONG = {"ERROR", "CRITICAL"}


def records(text: str) -> Iterator[tuple[str, str]]:
    """The level and full text of each record, with its continuation lines.

    Lines that no logger wrote before the first record are left out.
    """
    level, lines = "", []
    for line in text.splitlines():
        header = HEADER.match(line)
        if not header:
            lines.append(line)
            continue
        if level:
            yield level, "\n".join(lines)
        level, lines = header["level"], [header["rest"]]
    if level:
        yield level, "\n".join(lines)


def offences(text: str, root: Path) -> list[str]:
    """Errors, and the warnings that name this addon.

    :param root: the clone, whose own path is no such name
    """
    found = []
    for level, message in records(text.replace(str(root), "")):
        if level in ALWAYS_WRONG or (level == "WARNING" and OURS.search(message)):
            found.append(f"{level} {message}")
    return found


def check_install_log(log: Path, root: Path) -> None:
    """Refuse a log with offences.

    :raise WorkbenchError: that shows them
    """
    found = offences(log.read_text(encoding="utf-8", errors="replace"), root)
    if found:
        lines = "\n  ".join(found)
        raise WorkbenchError(
            f"the installation logged {len(found)} warnings or errors:\n  {lines}",
            f"make them go away; full log: {log}",
        )
