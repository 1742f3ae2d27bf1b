"""Where things are: the repository, ``.odoo/`` and what stands in it."""

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .console import WorkbenchError, say

ADDON = "nest_recouvrement"


@dataclass(frozen=True)
class Layout:
    """The folders of one clone.

    :param root: the repository
    """

    root: Path

    @property
    def home(self) -> Path:
        """Everything that the workbench makes, ignored by git."""
        return self.root / ".odoo"

    @property
    def venv(self) -> Path:
        """The Python environment of Odoo."""
        return self.home / "venv"

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.venv / "bin" / "python"

    @property
    def bin(self) -> Path:
        """First on the PATH of Odoo: wkhtmltopdf under the name Odoo looks for."""
        return self.home / "bin"

    @property
    def tools(self) -> Path:
        """The folder to import ``workbench`` from."""
        return self.root / "tools"

    @property
    def run(self) -> Path:
        """Process ids and locks."""
        return self.home / "run"

    @property
    def identity(self) -> str:
        """A short name for this clone, for what must live outside of it."""
        return hashlib.sha256(str(self.root).encode()).hexdigest()[:10]

    def log(self, name: str) -> Path:
        """A log file, in a folder that exists."""
        folder = self.home / "log"
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{name}.log"

    def mail(self, database: str) -> Path:
        """The mails that a database sent."""
        return self.home / "mail" / database

    def site(self, name: str) -> Path:
        """The folder of one cluster with its databases' files."""
        return self.home / name


def current_layout() -> Layout:
    """The clone that this file is part of."""
    return Layout(Path(__file__).resolve().parents[2])


@dataclass(frozen=True)
class Stamp:
    """Remembers that a step was carried out, and on what it depended."""

    path: Path

    def matches(self, facts: dict[str, Any]) -> bool:
        """Whether the step was completed with these very facts."""
        try:
            return json.loads(self.path.read_text(encoding="utf-8")) == facts
        except (OSError, ValueError):
            return False

    def record(self, facts: dict[str, Any]) -> None:
        """Record the step as completed, in one go."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        draft = self.path.with_name(self.path.name + ".new")
        draft.write_text(json.dumps(facts, indent=1, sort_keys=True), encoding="utf-8")
        draft.replace(self.path)

    def forget(self) -> None:
        """Forget the step: it is about to be done again."""
        self.path.unlink(missing_ok=True)


def digest(*paths: Path) -> str:
    """A fingerprint of files, for stamps."""
    result = hashlib.sha256()
    for path in paths:
        result.update(path.read_bytes())
    return result.hexdigest()


@contextmanager
def lock(layout: Layout, name: str, wait: bool = True) -> Iterator[None]:
    """Hold a lock between commands typed at the same time in one clone.

    :param wait: wait for the other command, or else refuse
    """
    layout.run.mkdir(parents=True, exist_ok=True)
    with (layout.run / f"{name}.lock").open("w", encoding="utf-8") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if not wait:
                raise WorkbenchError(
                    f"another command is using '{name}' in this clone",
                    "wait until it ends, or use another name: DB=name",
                ) from error
            say(f"    waiting for another command ({name})")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def write_if_changed(path: Path, text: str) -> bool:
    """Write a generated file, leave it alone when it says the same already."""
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return True


def is_root() -> bool:
    """Whether the workbench runs as root."""
    return os.geteuid() == 0
