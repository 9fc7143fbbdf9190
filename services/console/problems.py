"""What ends a request with another answer than the one asked for; the words for it are in `app`."""


class Forbidden(Exception):
    """Logged in, and not allowed to."""


class NoToken(Exception):
    """A post without the token of its session: from another site, or from a page of a session that has ended."""


class Problem(Exception):
    """A clear no of insight, or of ours, in its own words. `status` is HTTP's."""

    def __init__(self, code: str, message: str, message_en: str, status: int = 400) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.message_en = message_en
        self.status = status
