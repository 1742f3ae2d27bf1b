"""The weekly run, as the scheduler executes it, without documents and sending."""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from odoo import api

from . import databases, ledger
from .measure import Measure, Row, Table, measured, seconds

# Few dossiers a batch, then many: the number of queries must not follow.
BATCHES = (20, 100)


def measure(size: ledger.Size, table: Table) -> float:
    """Time a whole weekly run; the refreshed dossiers must be there.

    :return: seconds that the run takes
    """
    few, many = (_queries_per_batch(size, batch_size) for batch_size in BATCHES)
    result, by_channel = execute(size)
    actions = sum(by_channel.values())
    table.add(
        Row(
            "weekly run without sending and PDF, per action",
            f"{result.seconds / actions * 1000:.2f} ms",
            value=result.seconds / actions * 1000,
            limit=5,
            unit="ms per action",
            detail=f"{actions} actions in {seconds(result.seconds)}: "
            + ", ".join(f"{count} {name}" for name, count in by_channel.items()),
        )
    )
    table.add(
        Row(
            f"queries of a batch of {BATCHES[1]} dossiers",
            str(many),
            value=many / few,
            limit=1.5,
            unit=f"times those of {BATCHES[0]} dossiers",
            detail=f"{few} queries for {BATCHES[0]} dossiers",
        )
    )
    return result.seconds


def execute(size: ledger.Size) -> tuple[Measure, dict[str, int]]:
    """Execute the weekly run of the scheduler, and count the actions it made."""
    with databases.environment(size.database) as env, unsent():
        # A new process knows its templates and views after the first letter.
        _warm_up(env)
        with measured(env.cr) as result:
            _runs(env)._cron_weekly()
        made = env["recouvrement.action"]._read_group(
            [("run_id", "!=", False)], ["channel", "state"], ["__count"]
        )
    return result, {f"{channel} {state}": count for channel, state, count in made}


@contextmanager
def unsent() -> Iterator[None]:
    """Leave the e-mails in the queue."""
    path = "odoo.addons.mail.models.mail_mail.MailMail.send"
    with patch(path, lambda *_args, **_options: None):
        yield


def _runs(env: api.Environment):
    return env["recouvrement.run"].with_context(recouvrement_no_pdf=True)


def _warm_up(env: api.Environment) -> None:
    with env.cr.savepoint() as savepoint:
        next(_batches(env, 5), None)
        env.flush_all()
        savepoint.rollback()
    env.invalidate_all(flush=False)


def _batches(env: api.Environment, batch_size: int):
    run = _runs(env).create({"company_id": env.company.id})
    return run._execute_batches(batch_size)


def _queries_per_batch(size: ledger.Size, batch_size: int) -> int:
    """Count the queries of the fourth batch: by then everything common is known."""
    with databases.environment(size.database) as env:
        batches = _batches(env, batch_size)
        for _batch in range(3):
            next(batches, None)
            env.flush_all()
        with measured(env.cr) as result:
            next(batches, None)
            env.flush_all()
    return result.queries
