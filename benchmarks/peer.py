"""OCA's ``account_credit_control`` on a copy of the same ledger.

Its run chooses the items to remind of, then groups them into one communication per
partner: as far as this addon's weekly run, without any e-mail.
"""

from dataclasses import dataclass

from odoo import Command, api

from . import databases, ledger
from .measure import Measure, Row, Table, measured, seconds

MODULE = "account_credit_control"
SHARE = 0.1


@dataclass
class Result:
    """What the peer took to choose, and to group."""

    choosing: Measure
    grouping: Measure
    lines: int
    communications: int

    @property
    def processor(self) -> float:
        """The processor time up to its communications."""
        return self.choosing.processor + self.grouping.processor


def measure(size: ledger.Size, table: Table, run: Measure) -> None:
    """Time the peer, and compare this addon's whole weekly run with it.

    :param run: the weekly run on the same ledger
    """
    result = execute(size)
    table.add(
        Row(
            "account_credit_control: choosing what to remind",
            seconds(result.choosing.seconds),
            detail=f"{result.lines} lines, {result.choosing.queries} queries",
        )
    )
    table.add(
        Row(
            "account_credit_control: grouping into communications",
            seconds(result.grouping.seconds),
            detail=f"{result.communications} communications,"
            f" {result.grouping.queries} queries",
        )
    )
    table.add(
        Row(
            "this addon's whole weekly run, e-mails written",
            seconds(run.seconds),
            value=run.processor / result.processor,
            limit=SHARE,
            unit="of the peer's processor time",
            is_time=True,
        )
    )


def execute(size: ledger.Size) -> Result:
    """Run the peer on a copy of the ledger, which is removed afterwards."""
    copy = f"{size.database}_peer"
    databases.copy(size.database, copy)
    try:
        databases.run_odoo(copy, "-i", MODULE)
        databases.execute(copy, "VACUUM ANALYZE")
        with databases.environment(copy) as env:
            return _run(env)
    finally:
        databases.drop(copy)


def _run(env: api.Environment) -> Result:
    policy = env.ref(f"{MODULE}.credit_control_3_time")
    policy.account_ids = env["account.account"].search(
        [("account_type", "=", "asset_receivable")]
    )
    env.company.credit_policy_id = policy
    run = env["credit.control.run"].create(
        {"date": ledger.today(), "policy_ids": [Command.set(policy.ids)]}
    )
    env.flush_all()
    env.invalidate_all()
    with measured(env.cr) as choosing:
        run.generate_credit_lines()
        env.flush_all()
    run.set_to_ready_lines()
    lines = run.line_ids.filtered(lambda line: line.channel == "email")
    env.flush_all()
    with measured(env.cr) as grouping:
        communications = env[
            "credit.control.communication"
        ]._generate_comm_from_credit_lines(lines)
        env.flush_all()
    return Result(choosing, grouping, len(run.line_ids), len(communications))
