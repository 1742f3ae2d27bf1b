"""The wheel installs beside Odoo, and is loaded from where it was installed."""

import ast
import json
import shutil
import site
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest
from workbench.layout import ADDON, current_layout
from workbench.processes import clean_environment

import odoo

ROOT = current_layout().root
LOAD = f"""
import json
from odoo.modules.module import Manifest
from odoo.tools import config
config.parse_config(["--addons-path="], setup_logging=False)
import odoo.addons.{ADDON} as addon
manifest = Manifest.for_addon("{ADDON}")
print(json.dumps([addon.__file__, manifest.path, manifest.version]))
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The addon's wheel, built from a copy so that nothing is left in the clone."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / ADDON, source / ADDON, ignore=ignored)
    for name in ("setup.py", "pyproject.toml", "README.md", "LICENSE"):
        if (ROOT / name).exists():
            shutil.copy(ROOT / name, source)
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-index", "--no-deps"]
    subprocess.run(
        [*pip, "--no-build-isolation", "--wheel-dir", str(folder), str(source)],
        check=True,
        env=clean_environment(),
    )
    return next(folder.glob("*.whl"))


def test_the_wheel_holds_every_file_of_the_addon(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    files = {
        f"odoo/addons/{path.relative_to(ROOT)}"
        for path in (ROOT / ADDON).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert files <= names
    # A namespace with an __init__ would hide Odoo itself.
    assert not {"odoo/__init__.py", "odoo/addons/__init__.py"} & names


def test_the_wheel_is_loaded_from_a_second_venv(wheel, tmp_path):
    second = tmp_path / "venv"
    venv.create(second, with_pip=False)
    python = second / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install"]
    subprocess.run(
        [*pip, "--quiet", "--no-index", "--no-deps", str(wheel)],
        check=True,
        env=clean_environment(),
    )
    packages = next(second.glob("lib/python*/site-packages"))
    # Odoo and what it runs on come from the workbench, the addon does not.
    odoo_parent = Path(next(iter(odoo.__path__))).parent
    lines = [*site.getsitepackages(), str(odoo_parent)]
    (packages / "workbench.pth").write_text("\n".join(lines), encoding="utf-8")
    output = subprocess.run(
        [python, "-c", LOAD],
        check=True,
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=clean_environment(HOME=str(tmp_path)),
    ).stdout
    module_file, manifest_path, version = json.loads(output.splitlines()[-1])
    installed = packages / "odoo" / "addons" / ADDON
    assert Path(module_file) == installed / "__init__.py"
    assert Path(manifest_path) == installed
    manifest = ast.literal_eval((ROOT / ADDON / "__manifest__.py").read_text())
    assert version == manifest["version"]
