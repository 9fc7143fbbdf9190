"""What every answer says to the browser: no other site's script, style, frame or form has a part in the console, and nothing is kept."""

from flask import Flask, Response, request

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",  # Tabler draws arrows and ticks from addresses in its style
        "font-src 'self'",
        "media-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
ALWAYS = {
    "Content-Security-Policy": POLICY,
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
TWO_YEARS = 63_072_000


def harden(app: Flask) -> None:
    """What an answer says of its caching already stays: files of ours and of others have their digest in their address."""

    @app.after_request
    def hardened(answer: Response) -> Response:
        answer.headers.update(ALWAYS)
        answer.headers.setdefault("Cache-Control", "no-store")
        if request.is_secure:
            answer.headers["Strict-Transport-Security"] = f"max-age={TWO_YEARS}"
        return answer
