"""``make lint``: ruff and pylint with pylint-odoo, no message allowed."""

import subprocess

from .console import say
from .layout import ADDON, Layout, lock
from .processes import clean_environment
from .python_env import ensure_python

TARGETS = (ADDON, "tools", "benchmarks", "setup.py")


def lint(layout: Layout) -> int:
    """Run every linter, and fail if any has something to say."""
    layout.home.mkdir(exist_ok=True)
    with lock(layout, "prepare"):
        ensure_python(layout)
    targets = [name for name in TARGETS if (layout.root / name).exists()]
    # What runs in Odoo logs; programs of the command line print.
    programs = [name for name in targets if name != ADDON]
    python = str(layout.python)
    pylint = [python, "-m", "pylint", "--rcfile=.pylintrc", "--score=n"]
    checks = {
        "ruff check": [python, "-m", "ruff", "check", *targets],
        "ruff format": [python, "-m", "ruff", "format", "--check", *targets],
        "pylint": [*pylint, "--disable=print-used", *programs],
    }
    if ADDON in targets:
        checks["pylint-odoo"] = [*pylint, ADDON]
    env = clean_environment(
        PYTHONPATH=str(layout.tools),
        PYTHONPYCACHEPREFIX=str(layout.home / "pycache"),
        RUFF_CACHE_DIR=str(layout.home / "ruff"),
    )
    failed = []
    for name, command in checks.items():
        say(f"==> {name}")
        if subprocess.run(command, cwd=layout.root, env=env, check=False).returncode:
            failed.append(name)
    say(f"lint: {', '.join(failed)} found something" if failed else "lint: clean")
    return 1 if failed else 0
