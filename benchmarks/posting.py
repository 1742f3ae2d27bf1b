"""Posting and matching ordinary invoices, with the addon's hooks and without."""

import importlib
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from odoo import Command, api

from . import databases, ledger
from .measure import Row, Table

ADDON = "odoo.addons.nest_recouvrement.models"
# What the addon does when the ledger changes.
HOOKS = {
    ("account_move", "AccountMove"): ("write",),
    ("account_move_line", "AccountMoveLine"): ("write",),
    ("account_partial_reconcile", "AccountPartialReconcile"): ("create", "unlink"),
}
PAIRS = 40
# Odoo's own time for the same work varies by more than this from one to the next.
NOISE = 1.1


def measure(size: ledger.Size, table: Table, pairs: int = PAIRS) -> None:
    """Post and match invoices one at a time, by turns with and without the hooks."""
    with databases.environment(size.database) as env:
        guarantor = env["recouvrement.dossier"].search([], limit=1).partner_id
        customer = env["res.partner"].create({"name": "Ordinary", "is_company": True})
        for whose, partner in (("guarantor", guarantor), ("customer", customer)):
            plain, hooked = _measure_pairs(env, partner, pairs)
            ratio = statistics.median(
                mine / theirs for mine, theirs in zip(hooked, plain, strict=True)
            )
            table.add(
                Row(
                    f"posting and matching an invoice of a {whose}",
                    f"{statistics.median(hooked) * 1000:.0f} ms",
                    value=ratio,
                    limit=NOISE,
                    unit="times the same without the hooks",
                    is_time=True,
                    detail=f"{statistics.median(plain) * 1000:.0f} ms without,"
                    f" median of {pairs} pairs",
                )
            )


def _measure_pairs(
    env: api.Environment, partner, pairs: int
) -> tuple[list[float], list[float]]:
    """Time the same work without and with the hooks, in changing order."""
    for hooks in (neutralised(), nullcontext()):
        with hooks:
            _post_and_match(env, partner)
    plain, hooked = [], []
    for number in range(pairs):
        for is_hooked in (number % 2, 1 - number % 2):
            # A request posts one invoice: nothing was triggered before.
            env.cr.precommit.data.clear()
            with nullcontext() if is_hooked else neutralised():
                duration = _post_and_match(env, partner)
            (hooked if is_hooked else plain).append(duration)
    return plain, hooked


def _post_and_match(env: api.Environment, partner) -> float:
    """Post an invoice and match it with a payment that was received."""
    invoice = env["account.move"].create(
        {
            "move_type": "out_invoice",
            "partner_id": partner.id,
            "invoice_date": ledger.today(),
            "invoice_line_ids": [
                Command.create({"name": "Soins", "price_unit": 50_000, "tax_ids": []})
            ],
        }
    )
    payment = env["account.payment"].create(
        {
            "amount": 50_000,
            "partner_id": partner.id,
            "partner_type": "customer",
            "payment_type": "inbound",
        }
    )
    payment.action_post()
    env.flush_all()
    env.invalidate_all()
    started = time.perf_counter()
    invoice.action_post()
    (invoice.line_ids | payment.move_id.line_ids).filtered(
        lambda line: line.account_id.account_type == "asset_receivable"
    ).reconcile()
    env.flush_all()
    return time.perf_counter() - started


@contextmanager
def neutralised() -> Iterator[None]:
    """Take the addon's hooks out of the way."""
    models = {
        # Addons can be imported once Odoo knows where they are.
        getattr(importlib.import_module(f"{ADDON}.{module}"), model): names
        for (module, model), names in HOOKS.items()
    }
    taken = [
        (model, name, model.__dict__[name])
        for model, names in models.items()
        for name in names
    ]
    for model, name, _hook in taken:
        delattr(model, name)
    try:
        yield
    finally:
        for model, name, hook in taken:
            setattr(model, name, hook)
