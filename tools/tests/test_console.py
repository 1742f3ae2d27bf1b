"""What the commands print."""

import socket

import pytest
from workbench.console import WorkbenchError, table
from workbench.demo import spaced
from workbench.serving import HOST, choose_port


def test_columns_are_aligned():
    text = table([("name", "sum"), ("Petit", "1 000"), ("Gros", "5")], right={1})
    assert text.splitlines() == [
        "  name     sum",
        "  -----  -----",
        "  Petit  1 000",
        "  Gros       5",
    ]


def test_thousands_are_apart():
    assert spaced(1234567.4) == "1 234 567"


def test_a_busy_port_is_refused_with_a_free_one():
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(WorkbenchError, match=f"{port} is busy") as refusal:
            choose_port(str(port), strict=True)
    other = int(refusal.value.advice.split("PORT=")[1].split(",")[0])
    assert choose_port(str(other), strict=True) == other
