"""What lets a page use WeChat's JS-SDK (place on the map, closing the window): a signature over its own address (A-ITF-24)."""

import hashlib
import secrets
from datetime import datetime
from urllib.parse import urlsplit

from contracts.partners.pages import JsSdkAnswer

LONGEST_URL = 1024


def is_ours(url: str, public_url: str) -> bool:
    """Of our public address, whatever we are mounted under: only those are signed."""
    if not url or len(url) > LONGEST_URL or not url.isprintable():
        return False
    try:
        asked, ours = urlsplit(url), urlsplit(public_url)
    except ValueError:
        return False
    return (asked.scheme, asked.netloc) == (ours.scheme, ours.netloc) and asked.path.startswith("/")


def signed(appid: str, ticket: str, url: str, at: datetime) -> JsSdkAnswer:
    nonce, timestamp = secrets.token_hex(8), int(at.timestamp())
    return JsSdkAnswer(appid=appid, timestamp=timestamp, nonce=nonce, signature=signature_of(ticket, nonce, timestamp, url))


def signature_of(ticket: str, nonce: str, timestamp: int, url: str) -> str:
    """Over the address without its fragment, as WeChat's manual has it."""
    text = f"jsapi_ticket={ticket}&noncestr={nonce}&timestamp={timestamp}&url={url.partition('#')[0]}"
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()
