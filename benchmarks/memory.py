"""The memory that a weekly run takes, in a process of its own."""

import json
import resource
import subprocess
import sys

from . import ledger, weekly
from .measure import Measure, Row, Table

LIMIT_MIB = 1024
OPTION = "--run-only"


def measure(size: ledger.Size, table: Table) -> Measure:
    """Execute the weekly run in another process, and watch its time and memory."""
    output = subprocess.run(
        [sys.executable, "-m", "benchmarks", OPTION, size.name],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout
    result = json.loads(output.splitlines()[-1])
    weekly.report(table, result["seconds"], result["processor"], result["actions"])
    table.add(
        Row(
            "highest memory of that run",
            f"{result['mebibytes']:.0f} MiB",
            value=result["mebibytes"],
            limit=LIMIT_MIB,
            unit="MiB",
        )
    )
    return Measure(result["seconds"], result["processor"])


def run_only(size: ledger.Size) -> None:
    """Execute the weekly run in this process, and print what it took."""
    result, by_channel = weekly.execute(size)
    print(
        json.dumps(
            {
                "actions": by_channel,
                "mebibytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
                "processor": result.processor,
                "seconds": result.seconds,
            }
        )
    )
