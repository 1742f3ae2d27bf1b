"""Odoo's own source: from ``ODOO_HOME``, or from Debian's package ``odoo-19``."""

import ast
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from .console import WorkbenchError, step
from .debian import Package, PrivateApt, unpack
from .layout import Layout, Stamp

SERIES = (19, 0)
RELEASE = "sid"

# Odoo's package, then what its symlinks lead to. Font Awesome must be of the 4.7
# series, which is Debian 12's and 13's; later ones lack the files.
PACKAGES = [
    Package("odoo-19", RELEASE),
    Package("fonts-font-awesome"),
    Package("fonts-inconsolata"),
    Package("fonts-montserrat"),
    Package("fonts-ocr-b"),
    Package("fonts-roboto-unhinted"),
    Package("libjs-jquery"),
    Package("libjs-jquery-form"),
    Package("libjs-underscore"),
]
# Where a suite names a linked file differently.
SUBSTITUTES = {"Inconsolata.otf": "Inconsolata-Regular.otf"}
# Debian leaves this out for its licence, and Odoo's backend does not load without it.
# It blurs the background of video calls.
LEFT_OUT = {
    "usr/lib/python3/dist-packages/odoo/addons/mail/static/lib/selfie_segmentation/"
    "selfie_segmentation.js": "/* Left out of Debian's package. */\n",
}


@dataclass(frozen=True)
class OdooSource:
    """An Odoo source that can be run.

    :param parent: folder to import ``odoo`` from
    :param addons: the standard addons' folders
    :param version: as in ``19.0``
    """

    parent: Path
    addons: tuple[Path, ...]
    version: str


def ensure_odoo(layout: Layout) -> OdooSource:
    """Odoo 19's source, fetched from Debian unless ``ODOO_HOME`` names one."""
    home = os.environ.get("ODOO_HOME")
    if home:
        return read_source(Path(home).expanduser().resolve())
    folder = layout.home / "odoo-19"
    stamp = Stamp(folder / ".complete")
    facts = {"packages": [package.name for package in PACKAGES], "edition": 2}
    if not stamp.matches(facts):
        with step("Odoo 19 from Debian (130 MB, once)"):
            _download(layout, folder)
            stamp.record(facts)
    return read_source(folder)


def read_source(home: Path) -> OdooSource:
    """Find the ``odoo`` package in a checkout or an installed source.

    :raise WorkbenchError: when there is none, or of another version
    """
    places = (".", "usr/lib/python3/dist-packages", "lib/python3/dist-packages", "..")
    for place in places:
        parent = (home / place).resolve()
        if (parent / "odoo" / "release.py").is_file():
            break
    else:
        raise WorkbenchError(
            f"{home} holds no Odoo source (no odoo/release.py)",
            "set ODOO_HOME to the folder that contains the 'odoo' package or odoo-bin",
        )
    version = read_version(parent / "odoo" / "release.py")
    if version != SERIES:
        found = ".".join(map(str, version))
        raise WorkbenchError(
            f"{parent} is Odoo {found}, and this addon is for Odoo 19.0",
            "set ODOO_HOME to an Odoo 19.0 source, or unset it to use Debian's",
        )
    # A checkout keeps most addons in addons/ beside odoo/, an installed source
    # has them all in odoo/addons.
    candidates = (parent / "odoo" / "addons", parent / "addons")
    if (candidates[0] / "account" / "__manifest__.py").exists():
        candidates = candidates[:1]
    elif not (candidates[1] / "account" / "__manifest__.py").exists():
        raise WorkbenchError(
            f"{parent} has Odoo's core but not its addons (no 'account')",
            "set ODOO_HOME to a complete Odoo 19 source",
        )
    return OdooSource(parent, candidates, ".".join(map(str, version)))


def read_version(release: Path) -> tuple[int, ...]:
    """Major and minor version in Odoo's ``release.py``, without running it."""
    for node in ast.parse(release.read_text(encoding="utf-8")).body:
        if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Tuple):
            continue
        if any(getattr(target, "id", "") == "version_info" for target in node.targets):
            values = (getattr(item, "value", None) for item in node.value.elts)
            return tuple(value for value in values if isinstance(value, int))[:2]
    raise WorkbenchError(f"{release} states no version_info")


def _download(layout: Layout, folder: Path) -> None:
    log = layout.log("odoo-source")
    apt = PrivateApt(layout.home / "apt", log)
    archives = apt.fetch(PACKAGES, RELEASE)
    draft = folder.with_name(folder.name + ".new")
    shutil.rmtree(draft, ignore_errors=True)
    for archive in archives:
        unpack(archive, draft, log)
    complete(draft)
    shutil.rmtree(folder, ignore_errors=True)
    draft.rename(folder)
    shutil.rmtree(apt.folder, ignore_errors=True)


def complete(tree: Path) -> None:
    """Turn unpacked packages into a source that runs where it is."""
    relink(tree)
    for name, text in LEFT_OUT.items():
        path = tree / name
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")


def relink(tree: Path) -> None:
    """Make every symlink of an unpacked system lead to a file inside of it.

    :raise WorkbenchError: when one leads nowhere
    """
    dangling = []
    for path in sorted(tree.rglob("*")):
        if not path.is_symlink():
            continue
        target = str(path.readlink())
        if target.startswith("/"):
            inside = tree / target.lstrip("/")
            path.unlink()
            path.symlink_to(os.path.relpath(inside, path.parent))
        if not path.exists() and not _substitute(tree, path):
            dangling.append(f"{path.relative_to(tree)} -> {target}")
    # A link may lead to another one that was repaired after it.
    dangling = [line for line in dangling if not (tree / line.split(" ->")[0]).exists()]
    if dangling:
        raise WorkbenchError(
            "Debian's odoo-19 links to files that none of its packages brought: "
            + "; ".join(dangling),
            "report it: tools/workbench/odoo_source.py lists too few packages",
        )


def _substitute(tree: Path, link: Path) -> bool:
    """Point a link to the file that took the place of the missing one."""
    name = SUBSTITUTES.get(link.readlink().name)
    found = next((tree / "usr" / "share").rglob(name), None) if name else None
    if not found:
        return False
    link.unlink()
    link.symlink_to(os.path.relpath(found, link.parent))
    return True
