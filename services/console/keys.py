"""What is derived from the console's one secret: a key for each purpose, so that no signature is good for another's."""

import hashlib
import hmac
from collections.abc import Callable

Sign = Callable[[str], str]
"""Text to 64 hex characters."""


def signer(secret: str, purpose: str) -> Sign:
    key = hmac.digest(secret.encode(), purpose.encode(), hashlib.sha256)
    return lambda text: hmac.digest(key, text.encode(), hashlib.sha256).hex()
