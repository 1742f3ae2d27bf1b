"""The memory that a weekly run takes, in a process of its own."""

import json
import resource
import subprocess
import sys
from dataclasses import dataclass

from . import databases, ledger, weekly
from .measure import Row, Table

LIMIT_MIB = 1024


@dataclass
class Result:
    """What the process of a run says about itself.

    :param seconds: duration of the run
    :param actions: number of actions it made
    :param mebibytes: highest resident memory of the process
    """

    seconds: float
    actions: int
    mebibytes: float


def measure(size: ledger.Size, table: Table) -> Result:
    """Execute the weekly run in another process, and watch its memory."""
    output = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--run-only", size.name],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    result = Result(**json.loads(output.splitlines()[-1]))
    table.add(
        Row(
            "memory of a weekly run",
            f"{result.mebibytes:.0f} MiB",
            value=result.mebibytes,
            limit=LIMIT_MIB,
            unit="MiB",
            detail=f"{result.actions} actions",
        )
    )
    return result


def run_only(size: ledger.Size) -> None:
    """Execute the weekly run in this process, and print what it took."""
    databases.prepare_odoo()
    measure_, by_channel = weekly.execute(size)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    result = Result(measure_.seconds, sum(by_channel.values()), peak)
    print(json.dumps(vars(result)))
