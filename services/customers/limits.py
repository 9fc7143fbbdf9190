"""How often something may be done in a day, so that nobody finds out by trying and nobody's phone is flooded. No I/O, no clock.

A day is one of Asia/Shanghai. What is counted belongs to a mobile, a follower or a network address, each by a key that does not tell it.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

BUSINESS_ZONE = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, order=True)
class Limit:
    """So many in a day, for one whom it is counted for."""

    name: str
    a_day: int


SENDS_TO_MOBILE = Limit("sends_to_mobile", 10)  # whose phone it is may not be who asks: it must not ring all day
SENDS_FOR_FOLLOWER = Limit("sends_for_follower", 10)  # one who owns that many cars can go on tomorrow
SENDS_FROM_ADDRESS = Limit("sends_from_address", 100)  # a showroom full of new owners shares one
LOOKUPS_OF_FOLLOWER = Limit("lookups_of_follower", 10)  # typing errors, not trying out of numbers
LOOKUPS_FROM_ADDRESS = Limit("lookups_from_address", 200)  # twice the sends, for whoever mistypes once
WRONG_CODES_OF_FOLLOWER = Limit("wrong_codes_of_follower", 15)  # three codes' tries: of a million, nothing


class Use(NamedTuple):
    """One thing to be counted, and for whom. Their order is the order in which they are held, so that no two wait for each other."""

    limit: Limit
    by: str


def a_lookup(follower_id: UUID, address_key: str) -> tuple[Use, ...]:
    return Use(LOOKUPS_OF_FOLLOWER, str(follower_id)), Use(LOOKUPS_FROM_ADDRESS, address_key)


def a_send(mobile_key: str, follower_id: UUID, address_key: str) -> tuple[Use, ...]:
    """`mobile_key` is the keyed hash of the mobile."""
    return Use(SENDS_TO_MOBILE, mobile_key), Use(SENDS_FOR_FOLLOWER, str(follower_id)), Use(SENDS_FROM_ADDRESS, address_key)


def a_wrong_code(follower_id: UUID) -> Use:
    return Use(WRONG_CODES_OF_FOLLOWER, str(follower_id))


def day_of(at: datetime) -> date:
    return at.astimezone(BUSINESS_ZONE).date()
