"""Where PostgreSQL's socket goes."""

from pathlib import Path

from workbench.postgres import SOCKET_LIMIT, socket_folder


def test_the_socket_is_beside_the_data():
    folder = Path("/home/someone/clone/.odoo/dev/postgresql")
    assert socket_folder(folder, "x") == folder / "run"


def test_a_long_path_gets_a_short_folder():
    folder = Path("/home") / ("long" * 30) / "postgresql"
    chosen = socket_folder(folder, "clone-dev")
    assert len(f"{chosen}/.s.PGSQL.5469") <= SOCKET_LIMIT
    assert chosen == socket_folder(folder, "clone-dev")
    assert chosen != socket_folder(folder, "clone-test")


def test_the_limit_is_in_bytes():
    folder = Path("/home") / ("é" * 45) / "postgresql"
    assert socket_folder(folder, "x") != folder / "run"
