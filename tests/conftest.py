"""Fixtures for tests that need the real RabbitMQ and MariaDB: started once, when the first test asks, ended with the run."""

# ruff: noqa: E402 - tests run as the house runs: green, and patched before anything else is imported
import eventlet

eventlet.monkey_patch()

from collections.abc import Iterator

import pytest
import structlog
from hypothesis import settings

from launcher.servers import PrivateServers
from tests.servers import Place, places

# A house configures its own logs; for parts tested alone, structlog would paint each traceback with all its variables: 0.1 s apiece.
structlog.configure(
    processors=[structlog.processors.add_log_level, structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
)

# The same examples each time; `--hypothesis-profile=default` looks for others.
settings.register_profile("steady", derandomize=True)
settings.load_profile("steady")

collect_ignore = ["browser"]  # Playwright needs an unpatched process: a run of its own, see .ci/test


@pytest.fixture(scope="session")
def servers(request: pytest.FixtureRequest) -> Iterator[PrivateServers]:
    capture = request.config.pluginmanager.getplugin("capturemanager")

    def say(line: str) -> None:
        with capture.global_and_fixture_disabled():
            print(f"\n{line}", flush=True)

    with PrivateServers(say=say) as running:
        yield running


@pytest.fixture(scope="session")
def unused_places(servers: PrivateServers) -> Iterator[Place]:
    return places(servers)


@pytest.fixture
def place(unused_places: Iterator[Place]) -> Iterator[Place]:
    """A vhost and a schema prefix for this test alone."""
    mine = next(unused_places)
    yield mine
    mine.clear()
