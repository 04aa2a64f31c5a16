"""Browser tests: the machine's own Chromium, and an honest word where there is none.

Tests marked `e2e` take pytest-playwright's `page` and pytest-django's `live_server`. Without a browser they are skipped
and the last line says how to get one; in CI (CI=true) that is an error.
"""

from __future__ import annotations

import os

import pytest

from pmo_portal.operation.browser import FLAGS, HOW, chromium


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    return {**browser_type_launch_args, "executable_path": chromium(), "args": FLAGS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    return {**browser_context_args, "locale": "ja-JP", "timezone_id": "Asia/Tokyo"}


def pytest_collection_modifyitems(config, items):
    if chromium():
        return
    browser_tests = [item for item in items if item.get_closest_marker("e2e")]
    if browser_tests and os.environ.get("CI"):
        raise pytest.UsageError(f"{len(browser_tests)} browser tests would not run: no Chromium; {HOW}")
    for item in browser_tests:
        item.add_marker(pytest.mark.skip(reason="no Chromium on this machine"))
    config.browser_tests_left_out = len(browser_tests)


def pytest_terminal_summary(terminalreporter, config):
    left_out = getattr(config, "browser_tests_left_out", 0)
    if left_out:
        terminalreporter.write_line(f"{left_out} browser tests did not run: no Chromium; {HOW}.")
