"""The weekly run, as the scheduler executes it, without documents and sending."""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from odoo import api, models

from . import databases, ledger
from .measure import Measure, Row, Table, measured, seconds

# Few dossiers a batch, then many: the number of queries must not follow.
BATCHES = (20, 100)
# What the first batches look up once for all is known by then.
WARM_BATCHES = 3
MILLISECONDS = 5


def measure(size: ledger.Size, table: Table) -> Measure:
    """Time a whole weekly run; the refreshed dossiers must be there."""
    _measure_queries(size, table)
    result, by_channel = execute(size)
    report(table, result.seconds, result.processor, by_channel)
    return result


def report(
    table: Table, duration: float, processor: float, by_channel: dict[str, int]
) -> None:
    """Add the row about a whole run."""
    actions = sum(by_channel.values())
    table.add(
        Row(
            "weekly run without sending and PDF, per action",
            f"{duration / actions * 1000:.1f} ms",
            value=processor / actions * 1000,
            limit=MILLISECONDS,
            unit="ms of processor time per action",
            detail=f"{actions} actions in {seconds(duration)}: "
            + ", ".join(f"{count} {name}" for name, count in by_channel.items()),
            is_time=True,
        )
    )


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


def _measure_queries(size: ledger.Size, table: Table) -> None:
    """Compare the queries of small and large batches, if there are so many dossiers."""
    few, many = BATCHES
    if size.guarantors < 2 * (WARM_BATCHES + 1) * many:
        few, many = (
            size.guarantors // (2 * WARM_BATCHES + 2) // part for part in (2, 1)
        )
    of_few, of_many = (_queries_per_batch(size, number) for number in (few, many))
    table.add(
        Row(
            f"queries of a batch of {many} dossiers",
            str(of_many),
            value=of_many / of_few,
            limit=1.5,
            unit=f"times those of {few} dossiers",
            detail=f"{of_few} queries for {few} dossiers",
        )
    )


def _queries_per_batch(size: ledger.Size, batch_size: int) -> int:
    with databases.environment(size.database) as env:
        batches = _batches(env, batch_size)
        for _batch in range(WARM_BATCHES):
            next(batches)
            env.flush_all()
        with measured(env.cr) as result:
            next(batches)
            env.flush_all()
    return result.queries


def _warm_up(env: api.Environment) -> None:
    with env.cr.savepoint() as savepoint:
        next(_batches(env, 5), None)
        env.flush_all()
        savepoint.rollback()
    env.invalidate_all(flush=False)


def _batches(env: api.Environment, batch_size: int) -> Iterator[models.BaseModel]:
    run = _runs(env).create({"company_id": env.company.id})
    return run._execute_batches(batch_size)


def _runs(env: api.Environment) -> models.BaseModel:
    return env["recouvrement.run"].with_context(recouvrement_no_pdf=True)
