"""How figures are made of what was counted, and what a subject is called. No I/O, no framework."""

from bisect import bisect_left
from collections.abc import Mapping

from contracts.catalogue import BY_TYPE

MINUTE_MS = 60_000
HOUR = 60
"""Minutes that are shown."""

BUCKETS = (1, 2, 5, 10, 20, 35, 50, 75, 100, 150, 200, 300, 500, 750, 1000, 1500, 2000, 3000, 5000, 7500, 10_000, 15_000, 30_000, 60_000)
"""Upper bounds in milliseconds of what calls are counted in; one bucket more takes all that is longer."""

DAY_MS = 86_400_000
CHINA_MS = 8 * 3_600_000

NO_FAILURE = frozenset({"ok", "refused"})
"""A clear no is an answer: the partner is well."""

NAMED_OTHERWISE = {"binding": "customer"}


def day_of(at: int) -> int:
    """When the day in China began that this moment is in; both in milliseconds."""
    return at - (at + CHINA_MS) % DAY_MS


def bucket_of(milliseconds: float) -> int:
    return bisect_left(BUCKETS, milliseconds)


def percentile(counted: Mapping[int, int], share: float) -> float | None:
    """Milliseconds within which this share of the calls ended, taking each bucket's calls as spread evenly; None without a call.

    >>> percentile({bucket_of(15): 4}, 0.5)
    15.0
    """
    wanted = share * sum(counted.values())
    if not wanted:
        return None
    for bucket in sorted(counted):
        if counted[bucket] and wanted <= counted[bucket]:
            below = BUCKETS[bucket - 1] if bucket else 0
            above = BUCKETS[bucket] if bucket < len(BUCKETS) else below
            return round(below + (above - below) * wanted / counted[bucket], 1)
        wanted -= counted[bucket]
    return float(BUCKETS[-1])


def per_second(before: int, present: int, seconds_into: float) -> float:
    """The rate of the last sixty seconds, from what the minute before and the present one brought."""
    return round((present + before * (60 - seconds_into) / 60) / 60, 3)


def what_of(type: str) -> str | None:
    """What kind of thing the subject of this type of message is; None where the type is about another's subject, whatever that is."""
    contract = BY_TYPE.get(type)
    if contract is None:
        return type.partition(".")[0]
    named = contract.subject_field.removesuffix("_id")
    return None if named == "about" else NAMED_OTHERWISE.get(named, named)
