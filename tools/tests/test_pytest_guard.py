"""An error that is logged fails the test that it was logged in."""

import logging

import pytest

from odoo.tools import mute_logger

LOGGER = logging.getLogger("workbench.tests")


def run_watched(request, body):
    """Run a function as the guard runs a test."""
    guard = request.config.pluginmanager.get_plugin("workbench.pytest_guard")
    seen = request.config.stash[guard.LOGGED]
    before = len(seen)
    try:
        with guard._no_error_logged(request.node):
            body()
    finally:
        # What is provoked here is no news for the summary.
        del seen[before:]


def quiet(body):
    """Log below the guard that watches this very test."""
    outer = logging.getLogger().handlers
    handlers = [h for h in outer if type(h).__name__ == "Collector"]
    for handler in handlers:
        logging.getLogger().removeHandler(handler)
    try:
        body()
    finally:
        for handler in handlers:
            logging.getLogger().addHandler(handler)


def test_an_error_fails_the_test(request):
    def provoke():
        with pytest.raises(pytest.fail.Exception, match="something went wrong"):
            run_watched(request, lambda: LOGGER.error("something went wrong"))

    quiet(provoke)


def test_a_failure_of_the_test_comes_first(request):
    def fail():
        LOGGER.error("something went wrong")
        raise ValueError("the reason")

    def provoke():
        with pytest.raises(ValueError, match="the reason"):
            run_watched(request, fail)

    quiet(provoke)


def test_a_warning_does_not(request):
    run_watched(request, lambda: LOGGER.warning("hm"))


def test_an_expected_error_is_muted(request):
    with mute_logger(LOGGER.name):
        run_watched(request, lambda: LOGGER.error("expected"))
