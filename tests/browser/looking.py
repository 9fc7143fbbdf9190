"""How a test looks at a page: on a phone, with the browser's complaints, with axe, and with a picture for people."""

import os
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag

from playwright.sync_api import Browser, Page

from launcher.house import WEB_ASSETS

AXE = WEB_ASSETS / "axe-core" / "axe.min.js"
LEFT = "net::ERR_ABORTED"
"""How a request ends whose page was left meanwhile; no fault of anybody's."""
LONGEST_LOOKS = 100
UNASKED = "/favicon.ico"
"""The browser looks for it on its own account, once per address."""


REFUSAL = "Failed to load resource: the server responded with a status of "
"""How the console tells of an answer of 400 and above, with the number after it. It sometimes loses one."""


class Complaints(list[str]):
    """Errors on the console, errors of scripts, requests that were refused or got no answer: a line each.

    A refusal is heard twice, from the answer itself and from the console, in any order: whichever is first makes the line.
    """

    def __init__(self) -> None:
        super().__init__()
        self._pages: list[Page] = []
        self._answers: Counter[str] = Counter()
        self._told: Counter[str] = Counter()

    def expect(self, text: str) -> None:
        """Take away those that have the text as a word; there must be one soon. For pages that refuse something on purpose."""
        word = re.compile(rf"(?<!\w){re.escape(text)}(?!\w)")
        for _ in range(LONGEST_LOOKS):
            if any(word.search(line) for line in self):
                break
            for page in self._pages:
                if not page.is_closed():
                    page.wait_for_timeout(100)  # the browser says so in its own time
        others = [line for line in self if not word.search(line)]
        assert len(others) < len(self), f"nobody complained of {text}: {list(self)}"
        self[:] = others

    def listen(self, page: Page) -> None:
        self._pages.append(page)
        page.on("console", lambda said: self._hear(said.text, said.location["url"]) if said.type == "error" else None)
        page.on("response", lambda answer: self._refused(self._answers, answer.status, answer.url) if answer.status >= 400 else None)
        page.on("pageerror", lambda error: self._add(str(error), page.url))
        page.on("requestfailed", lambda asked: self._add(str(asked.failure), asked.url))

    def _hear(self, text: str, url: str) -> None:
        status = re.match(rf"{REFUSAL}(\d+)", text)
        if status:
            self._refused(self._told, int(status[1]), url)
        else:
            self._add(text, url)

    def _refused(self, heard: Counter[str], status: int, url: str) -> None:
        """As many lines as the one that heard more of them has: the other comes later, or never."""
        text, address = f"{REFUSAL}{status}", urldefrag(url).url
        refusal = f"{text} {address}"
        known = max(self._answers[refusal], self._told[refusal])
        heard[refusal] += 1
        if heard[refusal] > known:
            self._add(text, address)

    def _add(self, text: str, url: str) -> None:
        if text != LEFT and not url.endswith(UNASKED):
            self.append(f"{text} ({url})")


@contextmanager
def phone(browser: Browser, complaints: Complaints, locale: str = "zh-CN") -> Iterator[Page]:
    """A page on a phone with cookies of its own."""
    context = browser.new_context(
        viewport={"width": 390, "height": 844},
        device_scale_factor=1,
        is_mobile=True,  # a page that forgets its viewport is then as tiny as on a real one
        has_touch=True,
        locale=locale,
        timezone_id="Asia/Shanghai",
    )
    try:
        page = context.new_page()
        complaints.listen(page)
        yield page
    finally:
        context.close()


def axe(page: Page) -> list[str]:
    """What axe-core finds serious or critical, in the page and its frames: rule, why, and where."""
    for frame in page.frames:
        frame.evaluate(AXE.read_text(encoding="utf-8"))
    return _grave(page.evaluate("axe.run().then(result => result.violations)"))


def axe_by_night_and_day(page: Page) -> list[str]:
    """In the light that the page is in, and in the other what depends on the light: colours, and that it stays as wide."""
    found, width = axe(page), page.evaluate("document.documentElement.scrollWidth")
    page.evaluate(OTHER_LIGHT)
    found += _grave(page.evaluate("rules => axe.run({runOnly: rules}).then(result => result.violations)", LIGHT_RULES))
    wider = page.evaluate("document.documentElement.scrollWidth") > width
    return [*found, "wider in the other light"] if wider else found


LIGHT_RULES = ["color-contrast", "link-in-text-block"]
OTHER_LIGHT = """() => {
    const still = new CSSStyleSheet()
    still.replaceSync('*, *::before, *::after { transition: none !important }')
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, still]
    const root = document.documentElement
    root.dataset.bsTheme = root.dataset.bsTheme === 'dark' ? 'light' : 'dark'
}"""


def _grave(found: list[dict[str, Any]]) -> list[str]:
    return [
        f"{fault['id']}: {fault['help']}: {', '.join(str(node['target']) for node in fault['nodes'])}"
        for fault in found
        if fault["impact"] in ("serious", "critical")
    ]


def picture(page: Page, name: str) -> None:
    """For people to look at: `name`.png, whole length, in the folder that CHEQIAO_PICTURES names; nothing without it."""
    if folder := os.environ.get("CHEQIAO_PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
