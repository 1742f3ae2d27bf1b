"""A pytest plugin for tests that run in Odoo. Runs in the venv, beside pytest-odoo.

- An error that is logged while a test runs fails that test, as Odoo's own runner
  has it. ``mute_logger`` and ``assertLogs`` keep expected ones away from here.
- Documents find their styles: ``report.url`` is the server of ``--odoo-http``.
  A test that renders a PDF says ``with_context(force_report_rendering=True)``, and
  in a ``TransactionCase`` also ``with self.allow_pdf_render():``; both are Odoo's.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

import odoo
from odoo import api
from odoo.modules.registry import Registry
from odoo.service import server

LOGGED = pytest.StashKey[list[str]]()


class Collector(logging.Handler):
    """Collects errors from every thread, so the server's are seen as well."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a record as text, with its traceback."""
        text = record.getMessage()
        if record.exc_info:
            text += "\n" + logging.Formatter().formatException(record.exc_info)
        self.messages.append(f"{record.levelname} {record.name}: {text}")


@contextmanager
def _no_error_logged(item: pytest.Item) -> Iterator[None]:
    """Fail if an error is logged; a failure of the test itself comes first."""
    collector = Collector()
    root = logging.getLogger()
    root.addHandler(collector)
    try:
        yield
    finally:
        root.removeHandler(collector)
        if collector.messages:
            item.config.stash[LOGGED].append(
                f"{item.nodeid}: {collector.messages[0].splitlines()[0]}"
            )
    if collector.messages:
        pytest.fail("logged during the test:\n" + "\n".join(collector.messages), False)


def pytest_configure(config: pytest.Config) -> None:
    """Start with nothing logged."""
    config.stash[LOGGED] = []


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Iterator[None]:
    """Watch the fixtures, ``setUpClass`` among them."""
    with _no_error_logged(item):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Watch the test."""
    with _no_error_logged(item):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    """Watch what cleans up after it."""
    with _no_error_logged(item):
        return (yield)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """List the tests that logged errors, each with its first one."""
    logged = terminalreporter.config.stash[LOGGED]
    if logged:
        terminalreporter.section("errors logged during tests")
        for line in logged:
            terminalreporter.line(line)


@pytest.fixture(scope="session", autouse=True)
def styled_documents(request: pytest.FixtureRequest) -> None:
    """Let wkhtmltopdf load styles from the server that pytest-odoo starts."""
    request.getfixturevalue("load_http")
    if server.server is None:
        return
    url = f"http://127.0.0.1:{odoo.tools.config['http_port']}"
    registry = Registry(odoo.tests.common.get_db_name())
    with registry.cursor() as cr:
        env = api.Environment(cr, api.SUPERUSER_ID, {})
        env["ir.config_parameter"].set_param("report.url", url)
