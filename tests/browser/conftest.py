"""Fixtures for tests in Debian's Chromium: one house and one browser for the run, a fresh phone for every test.

A run of its own (`pytest --confcutdir=tests/browser tests/browser`): Playwright does not work in a process that eventlet has patched.
"""

from collections.abc import Iterator

import pytest
from eventlet.patcher import is_monkey_patched
from playwright.sync_api import Browser, Page, expect

from launcher.browser import open_chromium
from launcher.stage import Stage
from tests.browser.looking import Complaints, phone


def pytest_configure() -> None:
    if is_monkey_patched("thread"):
        raise pytest.UsageError("tests in a browser are a run of their own: pytest --confcutdir=tests/browser tests/browser")
    expect.set_options(timeout=20_000)  # whole houses are tested meanwhile, on the same cores


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """All of Cheqiao with its stand-ins, embedded, on a free port: `house.url`."""
    stage = Stage(tmp_path_factory.mktemp("house"), "embedded")
    try:
        stage.start()
        yield stage
    finally:
        ended_well = stage.stop()
    assert ended_well, stage.log()[-3000:]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with open_chromium() as opened:
        yield opened


@pytest.fixture
def complaints() -> Iterator[Complaints]:
    """What the browser had to say against `phone_page`: a test that ends with any of it has failed."""
    heard = Complaints()
    yield heard
    assert not heard, "\n".join(heard)


@pytest.fixture
def phone_page(browser: Browser, complaints: Complaints) -> Iterator[Page]:
    """A phone that nobody has used yet: no cookies, Chinese, in China."""
    with phone(browser, complaints) as page:
        yield page
