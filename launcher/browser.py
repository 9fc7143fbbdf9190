"""Debian's Chromium, driven by Playwright: for the demo in a browser and for tests of the pages."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from launcher.installation import BROWSER, ensure_installed, program

QUIET = ("--disable-background-networking", "--disable-sync", "--disable-component-update", "--no-proxy-server")
"""It speaks to nobody but the pages it is shown, and to them directly."""


class BrowserFailed(RuntimeError):
    """Chromium is installed and does not start; the text carries its last words."""


@contextmanager
def open_chromium(say: Callable[[str], None] = print) -> Iterator[Browser]:
    """Install it if missing, open it without a window, close it at the end. Raises PackagesMissing or BrowserFailed.

    Not for a process that eventlet has patched: Playwright waits in threads and an event loop of its own.
    """
    ensure_installed(BROWSER, say)
    with sync_playwright() as playwright:
        try:
            # The sandbox of its own wants privileges that a container does not give; it is shown our own pages alone.
            browser = playwright.chromium.launch(executable_path=program("chromium"), args=[*QUIET], chromium_sandbox=False)
        except PlaywrightError as error:
            raise BrowserFailed(f"Chromium does not start: {error.message}") from error
        try:
            yield browser
        finally:
            browser.close()
