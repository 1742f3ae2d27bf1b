"""The Python environment: Debian's Python, pinned wheels, wkhtmltopdf."""

import shutil
import subprocess
import sys
from pathlib import Path

from .console import WorkbenchError, step
from .layout import Layout, Stamp, digest, lock
from .processes import clean_environment, run_logged

MINIMUM = (3, 11)
PIP_ADVICE = "see that pip can reach its package index, then run again"


def ensure_python(layout: Layout) -> None:
    """A venv with what Odoo, the tests and the linters need."""
    if sys.version_info[:2] < MINIMUM:
        raise WorkbenchError(
            f"Python {sys.version.split()[0]} is too old", "use Debian 12 or newer"
        )
    requirements = [
        layout.root / "requirements.txt",
        layout.root / "requirements-dev.txt",
    ]
    facts = {
        "python": ".".join(map(str, sys.version_info[:2])),
        "requirements": digest(*requirements),
        "folder": str(layout.venv),
    }
    stamp = Stamp(layout.venv / ".complete")
    if stamp.matches(facts):
        return
    with step("Python packages (pinned wheels, once)"):
        stamp.forget()
        _make_venv(layout)
        for path in requirements:
            _install(layout, path)
        _link_wkhtmltopdf(layout)
        stamp.record(facts)


def ensure_peer(layout: Layout) -> Path:
    """The OCA addon that the benchmarks measure against; its addons folder."""
    folder = ensure_folder(layout, "peer", "bench", "the benchmarks' peer")
    return folder / "odoo" / "addons"


def ensure_folder(layout: Layout, name: str, requirements: str, title: str) -> Path:
    """Packages in a folder of their own, out of sight of Odoo.

    :param name: of the folder
    :param requirements: the middle of the file's name: requirements-NAME.txt
    """
    path = layout.root / f"requirements-{requirements}.txt"
    folder = layout.home / name
    stamp = Stamp(folder / ".complete")
    facts = {"requirements": digest(path)}
    with lock(layout, name):
        if not stamp.matches(facts):
            with step(title):
                shutil.rmtree(folder, ignore_errors=True)
                _install(layout, path, "--target", str(folder))
                stamp.record(facts)
    return folder


def _make_venv(layout: Layout) -> None:
    run_logged(
        [sys.executable, "-m", "venv", "--clear", layout.venv],
        layout.log("venv"),
        "making the Python environment",
        "see that the package python3-venv is installed, then run again",
    )


def _install(layout: Layout, requirements: Path, *options: str) -> None:
    """Install exactly what is listed: no dependency is guessed, nothing is built."""
    run_logged(
        [
            layout.python,
            *("-m", "pip", "install", "--no-input", "--disable-pip-version-check"),
            *("--no-deps", "--only-binary", ":all:", *options),
            *("--requirement", requirements),
        ],
        layout.log(f"pip-{requirements.stem}"),
        f"installing {requirements.name}",
        PIP_ADVICE,
    )


def _link_wkhtmltopdf(layout: Layout) -> None:
    """Give the packed binary the name that Odoo looks for, and try it."""
    binary = layout.venv / "bin" / "wkhtmltopdf-pack"
    link = layout.bin / "wkhtmltopdf"
    layout.bin.mkdir(parents=True, exist_ok=True)
    link.unlink(missing_ok=True)
    link.symlink_to(binary)
    result = subprocess.run(
        [link, "--version"],
        capture_output=True,
        text=True,
        env=clean_environment(),
        check=False,
    )
    if "with patched qt" not in result.stdout:
        raise WorkbenchError(
            f"wkhtmltopdf does not run: {(result.stderr or result.stdout).strip()}",
            "install the Debian packages that tools/bootstrap.sh lists",
        )
