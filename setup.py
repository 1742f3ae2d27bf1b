"""A wheel of the addon that installs as ``odoo.addons.nest_recouvrement``."""

import ast
from pathlib import Path

from setuptools import find_packages, setup

ADDON = "nest_recouvrement"
PACKAGE = f"odoo.addons.{ADDON}"

ROOT = Path(__file__).parent
MANIFEST = ast.literal_eval((ROOT / ADDON / "__manifest__.py").read_text("utf-8"))

setup(
    name=f"odoo-addon-{ADDON.replace('_', '-')}",
    version=MANIFEST["version"],
    description=MANIFEST.get("summary") or MANIFEST["name"],
    author=MANIFEST.get("author"),
    url=MANIFEST.get("website"),
    license="LGPL-3.0-only",
    python_requires=">=3.10",
    # ``odoo`` and ``odoo.addons`` are namespaces that Odoo itself fills.
    package_dir={PACKAGE: ADDON},
    packages=[PACKAGE, *(f"{PACKAGE}.{name}" for name in find_packages(ADDON))],
    package_data={PACKAGE: ["**/*"]},
    zip_safe=False,
)
