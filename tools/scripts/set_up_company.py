"""Run in ``odoo shell``: French for everybody, now and for users to come."""

# ``env`` is what the shell offers.
# ruff: noqa: F821
# pylint: disable=undefined-variable
import os

language = os.environ["WORKBENCH_LANGUAGE"]
env["ir.default"].set("res.partner", "lang", language)
users = env["res.users"].with_context(active_test=False).search([])
(users.partner_id | env["res.company"].search([]).partner_id).lang = language
# A copy of the template is a database of its own: new identity and secrets.
env["ir.config_parameter"].init(force=True)
env.cr.commit()  # pylint: disable=invalid-commit
