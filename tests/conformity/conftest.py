"""Payloads of others, read in place: `CHEQIAO_FIXTURES` names the folder with their `index.json`; without it nothing here is collected."""

import os

import pytest

WHERE = os.environ.get("CHEQIAO_FIXTURES")
collect_ignore_glob = [] if WHERE else ["test_*.py"]


def _said() -> str:
    return f"conformity: payloads of {WHERE}" if WHERE else "conformity: NOT RUN, because CHEQIAO_FIXTURES names no folder with payloads"


def pytest_report_header() -> str:
    """Heard when this folder is asked for by name; a run of everything says it at its end."""
    return _said()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    terminalreporter.write_line(_said())
