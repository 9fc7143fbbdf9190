"""By what an operator finds a message that holds a phone number, a VIN or a plate: keyed hashes, written beside the sealed values.

Whoever searches never has the value stored or logged: it is brought into one form, hashed, and compared.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import cache

from chassis.privacy import Vault
from chassis.sealing import Each, Fields, PersonalText, Plan, plan_of
from contracts.envelope import Contract, Event

LENGTH = 24
"""Hexadecimal characters of the hash: 96 bits tell all cars and phones there are from each other."""
MOST = 60
"""Values of one message; an answer with more owners than that is found by the first of them."""


def _compact(text: str) -> str:
    """Full-width letters as plain ones, without spaces, dots and dashes, in capitals."""
    return re.sub(r"[\s.·•\-‐-―_]", "", unicodedata.normalize("NFKC", text)).upper()


def _mobile(text: str) -> str:
    """11 digits, however it was written: `+86 138-0013-8000` is 13800138000."""
    return re.sub(r"^(?:\+|00)?86(?=\d{11}$)", "", re.sub(r"[()]", "", _compact(text)))


NORMAL: Mapping[str, Callable[[str], str]] = {"mobile": _mobile, "vin": _compact, "plate": _compact}
"""The kinds of personal field that are searched for, and the one form of each."""


def lookup(vault: Vault, kind: str, clear: str) -> str:
    """The start of the keyed hash of the value in its one form. Raises KeyError for a kind that is not searched for."""
    return vault.lookup(kind, NORMAL[kind](clear))[:LENGTH]


def lookups_of(message: Contract, vault: Vault) -> str | None:
    """`kind:hash` of each value, separated by spaces, for the sealed copy that insight keeps of a watched event; None without any."""
    plan = _searched(type(message))
    if plan is None:
        return None
    found: dict[str, None] = {}

    def note(kind: str, clear: str, _path: str) -> str:
        if kind in NORMAL and clear and len(found) < MOST:
            found[f"{kind}:{lookup(vault, kind, clear)}"] = None
        return clear

    plan.apply(message.model_dump(mode="json"), note, "")
    return " ".join(found) or None


@cache
def _searched(contract: type[Contract]) -> Fields | None:
    """Where the personal fields of a watched event are; None where it holds none that is searched for."""
    plan = plan_of(contract) if issubclass(contract, Event) and contract.watched else None
    return plan if plan and not NORMAL.keys().isdisjoint(_kinds(plan)) else None


def _kinds(plan: Plan) -> set[str]:
    match plan:
        case PersonalText(kind):
            return {kind}
        case Each(inner):
            return _kinds(inner)
        case Fields(plans):
            return {kind for _, inner in plans for kind in _kinds(inner)}
    raise TypeError(plan)
