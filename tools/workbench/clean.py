"""Ending what runs, and removing what was made, and nothing else."""

import shutil
from pathlib import Path

from .console import say
from .layout import Layout, is_root
from .postgres import clusters, outside_home
from .processes import stop_all

# Every entry of .odoo/ that the workbench makes.
MADE = (
    *("apt", "bin", "demo", "dev", "hypothesis", "log", "mail", "odoo-19"),
    *("odoo-19.new", "peer", "pycache", "pytest", "ruff", "run", "test", "venv"),
)


def stop(layout: Layout) -> int:
    """Stop the servers and clusters of this clone."""
    if not layout.home.exists():
        return 0
    for name in stop_all(layout):
        say(f"stopped {name}")
    for cluster in clusters(layout):
        if cluster.stop():
            say(f"stopped PostgreSQL ({cluster.name})")
    return 0


def clean(layout: Layout) -> int:
    """Stop everything and remove what the workbench made."""
    stop(layout)
    if not layout.home.exists():
        return 0
    for cluster in clusters(layout):
        _remove(cluster.socket_folder)
        _remove(cluster.folder)
    if is_root():
        _remove(outside_home(layout))
    for name in MADE:
        _remove(layout.home / name)
    left = sorted(path.name for path in layout.home.iterdir())
    if left:
        say(f"{layout.home} also holds {', '.join(left)}, not made here: left alone")
    else:
        layout.home.rmdir()
    return 0


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
