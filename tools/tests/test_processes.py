"""Background processes are known by more than their pid."""

import os
import sys

from workbench.layout import Layout
from workbench.processes import Background, clean_environment, start_time, stop_all

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]


def test_a_background_process_is_stopped(tmp_path):
    layout = Layout(tmp_path)
    background = Background(layout, "sleeper")
    process = background.start(SLEEP, clean_environment(), tmp_path / "log")
    assert background.pid() == process.pid
    assert stop_all(layout) == ["sleeper"]
    assert background.pid() is None
    assert start_time(process.pid) is None


def test_a_reused_pid_is_left_alone(tmp_path):
    layout = Layout(tmp_path)
    background = Background(layout, "stranger")
    layout.run.mkdir(parents=True)
    background.record.write_text(f"{os.getpid()} 1\n")
    assert background.pid() is None
    assert not background.stop()
    assert not background.record.exists()


def test_settings_of_the_shell_do_not_reach_odoo(monkeypatch):
    monkeypatch.setenv("PGDATABASE", "elsewhere")
    monkeypatch.setenv("ODOO_RC", "elsewhere")
    monkeypatch.setenv("HOME", "/home/someone")
    env = clean_environment(PGHOST="here")
    assert "PGDATABASE" not in env
    assert "ODOO_RC" not in env
    assert (env["PGHOST"], env["HOME"]) == ("here", "/home/someone")
