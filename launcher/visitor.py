"""A follower of the sandbox on the phone, over HTTP: comes in through WeChat, opens pages and posts what they would post."""

from typing import Any
from urllib.parse import urljoin, urlsplit

import requests

from launcher.stage import Stage
from launcher.story import StoryBroke
from sandbox.dms.samples import Person

MOST_TURNS = 6
"""To WeChat and back, once more at most."""
PATIENCE = (3, 30)
"""Seconds to connect, seconds to hear."""


class Visitor:
    """Holds the cookies of one phone. All methods raise StoryBroke when the pages do not answer as they should."""

    def __init__(self, stage: Stage, person: Person) -> None:
        self._stage = stage
        self._person = person
        self._browser = requests.Session()
        self._browser.trust_env = False

    def open(self, path: str) -> str:
        """A page, by its path or its whole address: its HTML."""
        url = urljoin(self._stage.url, _own(path))
        for _ in range(MOST_TURNS):
            answer = self._browser.get(url, timeout=PATIENCE, allow_redirects=False)
            if answer.status_code != 302:
                break
            url = urljoin(url, answer.headers["Location"])
            if "/connect/oauth2/authorize" in url:
                url = f"{url.partition('#')[0]}&as={self._person.openid}"
        if answer.status_code != 200:
            raise StoryBroke(f"{url} was answered {answer.status_code}")
        return answer.text

    def ask(self, path: str) -> dict[str, Any]:
        """What a page asks by itself, below `/m/api`; empty where that is refused."""
        answer = self._browser.get(f"{self._stage.url}/m/api{path}", timeout=PATIENCE)
        found: dict[str, Any] = answer.json() if answer.status_code == 200 else {}
        return found

    def post(self, path: str, body: dict[str, Any]) -> None:
        """Below `/m/api`."""
        answer = self._browser.post(f"{self._stage.url}/m/api{path}", json=body, timeout=PATIENCE)
        if answer.status_code != 202:
            raise StoryBroke(f"{path} was answered {answer.status_code}: {answer.text[:300]}")

    def leave(self) -> None:
        self._browser.close()


def _own(address: str) -> str:
    """Path and query: what a message links to is the same page wherever it is mounted."""
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
