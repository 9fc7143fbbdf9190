"""How addresses and headers change between a phone's web view and Cheqiao: the phone sees its own prefix, Cheqiao sees itself."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

AGENT = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148"
    " MicroMessenger/8.0.50(0x18003237) NetType/WIFI Language/zh_CN"
)
AUTHORIZE = "/connect/oauth2/authorize"
HOP_BY_HOP = frozenset(
    {"connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "te", "trailer", "transfer-encoding", "upgrade"}
)
OURS_TO_SAY = frozenset(
    {"host", "cookie", "content-length", "accept-encoding", "user-agent", "origin", "referer", "x-forwarded-for", "x-forwarded-prefix"}
)
"""Headers of a request that the web view writes itself, or leaves out."""

_ANCESTORS = re.compile(r"frame-ancestors[^;]*", re.IGNORECASE)


@dataclass(frozen=True)
class View:
    """One phone's view of Cheqiao. `origins`: where its addresses may point, `scheme://host:port`, Cheqiao's own first."""

    openid: str
    prefix: str
    origins: tuple[str, ...]

    @property
    def target(self) -> str:
        return self.origins[0]

    def inward(self, address: str, base: str) -> str | None:
        """The address under this phone's prefix; None for one that is neither Cheqiao's nor the sandbox's.

        `base` is the path that was asked for. WeChat knows who holds the phone: the address at which it asks for consent gets `as`.
        """
        parts = urlsplit(urljoin(self.target + base, address))
        if origin_of(f"{parts.scheme}://{parts.netloc}") not in self.origins:
            return None
        path = parts.path.removeprefix(self.prefix) if parts.path.startswith(self.prefix + "/") else parts.path
        query = parts.query
        if path.endswith(AUTHORIZE):
            asked = [(name, value) for name, value in parse_qsl(query, keep_blank_values=True) if name != "as"]
            query = urlencode([*asked, ("as", self.openid)])
        return self.prefix + path + (f"?{query}" if query else "") + (f"#{parts.fragment}" if parts.fragment else "")

    def request_headers(self, given: Mapping[str, str], cookies: Mapping[str, str], client: str) -> dict[str, str]:
        headers = {name: value for name, value in given.items() if name.lower() not in HOP_BY_HOP | OURS_TO_SAY}
        headers |= {"User-Agent": AGENT, "X-Forwarded-For": client, "X-Forwarded-Prefix": self.prefix, "Connection": "close"}
        for name in ("Origin", "Referer"):
            if given.get(name):
                headers[name] = self._as_target(given[name])
        if cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
        return headers

    def answer_headers(self, given: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
        """A real web view is no frame: what forbids frames is changed to allow the phone's own page."""
        kept = []
        for name, value in given:
            lower = name.lower()
            if lower in HOP_BY_HOP or lower in ("x-frame-options", "location"):
                continue
            kept.append((name, _ANCESTORS.sub("frame-ancestors 'self'", value) if lower == "content-security-policy" else value))
        return kept

    def _as_target(self, address: str) -> str:
        parts = urlsplit(address)
        return address if address == "null" else self.target + parts.path + (f"?{parts.query}" if parts.query else "")


def origin_of(url: str) -> str:
    """scheme://host:port without a port that goes without saying; localhost and 127.0.0.1 are one."""
    parts = urlsplit(url)
    host = "127.0.0.1" if parts.hostname == "localhost" else parts.hostname
    usual = {"http": 80, "https": 443}.get(parts.scheme)
    return f"{parts.scheme}://{host}" + (f":{parts.port}" if parts.port and parts.port != usual else "")
