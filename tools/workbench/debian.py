"""Debian packages fetched into a private folder: the machine's stay as they are.

A private apt directory is made from the mirror and the keyring that this machine
is configured with. Downloads are checked by apt's signatures, and an interrupted
one goes on where it stopped.
"""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from .console import WorkbenchError
from .processes import clean_environment, run_logged

KEYRING_FOLDER = Path("/usr/share/keyrings")
KEYRING_NAMES = ("debian-archive-keyring.gpg", "debian-archive-keyring.pgp")
NETWORK_ADVICE = (
    "see that apt-get can reach its Debian mirror, then run again; "
    "or set ODOO_HOME to an Odoo 19 source"
)


@dataclass(frozen=True)
class Package:
    """A package to unpack.

    :param suite: ``sid``, or empty for the machine's own suite
    """

    name: str
    suite: str = ""


class PrivateApt:
    """An apt that knows the machine's own suite and ``sid``, apart from its own."""

    def __init__(self, folder: Path, log: Path) -> None:
        self.folder = folder
        self.log = log
        self.own_suite = own_suite()

    def fetch(self, packages: list[Package], release: str) -> list[Path]:
        """Download packages and return their files, in the same order.

        Those without a suite come from the machine's own suite when it has them,
        else from ``release``.
        """
        self._prepare(release)
        self._apt("update", "reading the package lists of the Debian mirror")
        specifiers = [
            f"{package.name}/{package.suite or self._home_of(package.name, release)}"
            for package in packages
        ]
        archives = self.folder / "archives"
        archives.mkdir(parents=True, exist_ok=True)
        self._apt(
            "download",
            "downloading Odoo from the Debian mirror",
            *specifiers,
            cwd=archives,
        )
        return [self._newest(archives, package.name) for package in packages]

    def _prepare(self, release: str) -> None:
        for name in ("lists/partial", "cache/archives/partial", "etc"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        (self.folder / "status").touch()
        mirror = own_mirror(self.own_suite)
        keyring = own_keyring()
        options = f"[signed-by={keyring}] " if keyring else ""
        lines = [
            f"deb {options}{mirror} {suite} main" for suite in (self.own_suite, release)
        ]
        sources = self.folder / "etc" / "sources.list"
        sources.write_text("\n".join(lines) + "\n", encoding="utf-8")

    def _options(self) -> list[str]:
        values = {
            "Dir::State": self.folder,
            "Dir::State::lists": self.folder / "lists",
            "Dir::State::status": self.folder / "status",
            "Dir::Cache": self.folder / "cache",
            "Dir::Etc::sourcelist": self.folder / "etc" / "sources.list",
            "Dir::Etc::sourceparts": "-",
            "Dir::Etc::preferences": "-",
            "Dir::Etc::preferencesparts": "-",
            # apt would otherwise drop to a user who may not write here
            "APT::Sandbox::User": "",
            "Acquire::Languages": "none",
            "Acquire::Retries": "3",
        }
        return [part for key, val in values.items() for part in ("-o", f"{key}={val}")]

    def _apt(self, verb: str, what: str, *names: str, cwd: Path | None = None) -> None:
        # By default an update that reached no mirror ends as if all were well.
        strict = ["--error-on=any"] if verb == "update" else []
        command = ["apt-get", *self._options(), "--quiet", *strict, verb, *names]
        run_logged(command, self.log, what, NETWORK_ADVICE, cwd=cwd)

    def _home_of(self, name: str, release: str) -> str:
        """The suite to take a package from: the machine's own if it is there."""
        output = subprocess.run(
            ["apt-cache", *self._options(), "madison", name],
            capture_output=True,
            text=True,
            env=clean_environment(),
            check=False,
        ).stdout
        suites = {
            line.split("|")[2].split()[1].split("/")[0] for line in output.splitlines()
        }
        return self.own_suite if self.own_suite in suites else release

    @staticmethod
    def _newest(archives: Path, name: str) -> Path:
        files = sorted(archives.glob(f"{name}_*.deb"), key=os.path.getmtime)
        if not files:
            raise WorkbenchError(f"apt-get downloaded no {name}", NETWORK_ADVICE)
        return files[-1]


def own_suite() -> str:
    """The code name of this machine's Debian, as in ``bookworm``."""
    for line in Path("/etc/os-release").read_text(encoding="utf-8").splitlines():
        key, _sep, value = line.partition("=")
        if key == "VERSION_CODENAME":
            return value.strip('"')
    raise WorkbenchError(
        "this is no Debian release that the workbench knows (/etc/os-release)",
        "use Debian 12 or 13, or set ODOO_HOME to an Odoo 19 source",
    )


def own_mirror(suite: str) -> str:
    """The mirror that this machine gets its own suite from, asked of apt."""
    output = subprocess.run(
        [
            "apt-get",
            "indextargets",
            "--format",
            "$(REPO_URI) $(RELEASE) $(COMPONENT)",
            "Created-By: Packages",
        ],
        capture_output=True,
        text=True,
        env=clean_environment(),
        check=False,
    ).stdout
    for line in output.splitlines():
        uri, release, component = line.rsplit(" ", 2)
        if component == "main" and release in {suite, "stable", "oldstable"}:
            return uri
    raise WorkbenchError(
        f"apt has no source for the suite {suite}, component main",
        "complete /etc/apt/sources.list, or set ODOO_HOME to an Odoo 19 source",
    )


def own_keyring() -> Path | None:
    """Debian's keyring; without it apt's default trust applies."""
    candidates = (KEYRING_FOLDER / name for name in KEYRING_NAMES)
    return next((path for path in candidates if path.exists()), None)


def unpack(archive: Path, folder: Path, log: Path) -> None:
    """Unpack a package under ``folder`` as if it were the root of a system."""
    run_logged(
        ["dpkg-deb", "--extract", archive, folder],
        log,
        f"unpacking {archive.name}",
        "see that the disk is not full, then run again",
    )
