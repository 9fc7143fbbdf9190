"""Passwords: argon2id by argon2-cffi, out of the way of the event loop, few at a time; and the rules for new ones."""

import secrets
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from services.console.aside import aside

AT_ONCE = 2
"""Each takes 64 MiB and some 50 ms of a core."""
SHORTEST, LONGEST = 12, 256
ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
"""Without those that are read as another."""


def random_password() -> str:
    """Eighty bits, to be typed once: xxxx-xxxx-xxxx-xxxx."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(4))


def too_weak(password: str, name: str) -> tuple[str, str] | None:
    """What is wrong with a new password, in Chinese and English. Length counts, not kinds of characters (NIST SP 800-63B)."""
    if len(password) < SHORTEST:
        return (f"密码至少 {SHORTEST} 个字符，可以是一句话。", f"At least {SHORTEST} characters; a sentence will do.")
    if len(password) > LONGEST:
        return (f"密码最多 {LONGEST} 个字符。", f"At most {LONGEST} characters.")
    if len(set(password)) < 5 or name.lower() in password.lower() or "cheqiao" in password.lower():
        return ("这个密码太容易猜到，请换一个。", "This one is too easily guessed. Please choose another.")
    return None


class Passwords:
    """`hasher` says how hard; a password kept with an easier one is hashed anew at its next login."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._turn = BoundedSemaphore(AT_ONCE)
        self._nobody = self._hasher.hash(secrets.token_urlsafe(16))

    def hash(self, password: str) -> str:
        with self._turn:
            return aside(self._hasher.hash, password)

    def match(self, kept: str | None, password: str) -> bool:
        """Takes as long for a name that nobody has (`kept` None) as for one that somebody has."""
        try:
            with self._turn:
                aside(self._hasher.verify, kept or self._nobody, password)
        except (VerificationError, InvalidHashError):
            return False
        return kept is not None

    def is_dated(self, kept: str) -> bool:
        return self._hasher.check_needs_rehash(kept)
