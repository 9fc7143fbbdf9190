"""What every answer says to the browser about itself: no other site's script, frame or form has a part in our pages."""

from collections.abc import Callable
from urllib.parse import urlsplit

from flask import Response

from chassis.settings import Settings


def hardening(settings: Settings) -> Callable[[Response], Response]:
    """For `after_request`. What an answer says of its caching already stays."""
    sdk = sorted({_origin_of(account.js_sdk_url) for account in settings.accounts.values()})
    policy = "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' {' '.join(sdk)}",
            "style-src 'self'",
            "img-src 'self' data:",
            "media-src 'self'",
            "connect-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )
    always = {
        "Content-Security-Policy": policy,
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",  # our own posts say which page they come from; nobody else hears of it
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
    }

    def harden(answer: Response) -> Response:
        answer.headers.update(always)
        answer.headers.setdefault("Cache-Control", "no-store")
        return answer

    return harden


def _origin_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
