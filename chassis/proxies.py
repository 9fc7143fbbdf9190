"""Whom we believe about a client's address: configured proxies, and nobody else (design section 7)."""

import re
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment


_PREFIX = re.compile(r"(?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+")
"""A path without empty parts, dots that climb, or anything that has a meaning in an address."""


class Proxies:
    """Addresses or networks (`10.0.0.0/8`) of the proxies in front of us."""

    def __init__(self, trusted: Iterable[str]) -> None:
        """Raises ValueError for what is neither an address nor a network."""
        self._networks: tuple[IPv4Network | IPv6Network, ...] = tuple(ip_network(text) for text in trusted)

    def believe(self, environ: "WSGIEnvironment") -> None:
        """Put the client a trusted proxy speaks for into REMOTE_ADDR, its scheme into wsgi.url_scheme, and what the proxy took off the path
        (X-Forwarded-Prefix) into SCRIPT_NAME.

        X-Forwarded-For is read from its end: the first address that is not one of our proxies is the client;
        what stands before it was written by the client itself.
        """
        if not self._networks or not self._is_ours(environ.get("REMOTE_ADDR", "")):
            return
        for hop in reversed(environ.get("HTTP_X_FORWARDED_FOR", "").split(",")):
            if not _is_address(hop.strip()):
                break
            environ["REMOTE_ADDR"] = hop.strip()
            if not self._is_ours(hop.strip()):
                break
        scheme = environ.get("HTTP_X_FORWARDED_PROTO", "").rpartition(",")[2].strip()
        if scheme in ("http", "https"):
            environ["wsgi.url_scheme"] = scheme
        prefix = environ.get("HTTP_X_FORWARDED_PREFIX", "").rstrip("/")
        if _PREFIX.fullmatch(prefix):
            environ["SCRIPT_NAME"] = prefix

    def _is_ours(self, text: str) -> bool:
        return _is_address(text) and any(_plain(text) in network for network in self._networks)


def _plain(text: str) -> IPv4Address | IPv6Address:
    """On a socket of both families an IPv4 client shows as ::ffff:10.0.0.5."""
    address = ip_address(text)
    return getattr(address, "ipv4_mapped", None) or address


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
