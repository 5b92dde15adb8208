"""What this machine can't test is said plainly at the end; with CI=true it is a failure."""

import os
from collections.abc import Iterator
from typing import NoReturn

import pytest

CI = os.environ.get("CI", "").lower() == "true"


def leave_out(reason: str) -> NoReturn:
    """Leave the running test out because of what the machine lacks."""
    if CI:
        pytest.fail(f"CI leaves nothing out, but {reason}", pytrace=False)
    # A developer's machine may lack Chromium or Node.js; what was not run is listed at the end of the run.
    pytest.skip(reason)


@pytest.hookimpl(wrapper=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> Iterator[None]:
    yield
    reasons: dict[str, int] = {}
    for report in terminalreporter.stats.get("skipped", []):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        reasons[reason] = reasons.get(reason, 0) + 1
    terminalreporter.section("left out")
    for reason, count in sorted(reasons.items()):
        terminalreporter.line(f"{count} tests: {reason}")
    if not reasons:
        terminalreporter.line("nothing")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if CI and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
