"""Run in ``odoo shell``: links and document styles lead to the demo's server."""

# ``env`` is what the shell offers.
# ruff: noqa: F821
# pylint: disable=undefined-variable
import os

url = os.environ["WORKBENCH_URL"]
parameters = env["ir.config_parameter"]
for key, value in {
    "web.base.url": url,
    "web.base.url.freeze": "True",
    "report.url": url,
}.items():
    parameters.set_param(key, value)
env.cr.commit()  # pylint: disable=invalid-commit
