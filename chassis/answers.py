"""What a partner's answer means to us: bounded in size and held against the contract.

| what comes back                                                        | raised                                          |
|------------------------------------------------------------------------|-------------------------------------------------|
| nothing, a reset, 408, 425, 429, 5xx, a cut or unreadable body         | Unavailable, with the Retry-After it asked for  |
| 401, 403                                                               | Unauthorised (an Unavailable): the key is wrong |
| 404, 409, 422 with a RefusalAnswer                                     | Refused                                         |
| any other status, a 200 or 201 off contract, more than 1 MiB           | ContractBroken                                  |
"""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

import requests
from pydantic import BaseModel, ValidationError
from urllib3.exceptions import HTTPError

from chassis.errors import ContractBroken, Refused, Unavailable
from chassis.logs import get_logger
from chassis.privacy import violations_of
from contracts.partners.wire import RefusalAnswer

A = TypeVar("A", bound=BaseModel)

LARGEST_ANSWER = 1_048_576
DONE = (200, 201)
CLEAR_NO = (404, 409, 422)
NO_LEAVE = (401, 403)
LATER = (408, 425, 429)
LONGEST_RETRY_AFTER = 86_400.0

log = get_logger(__name__)


class Unauthorised(Unavailable):
    """Our key is not taken. Kept for later, since an operator can mend it, but not tried again in place."""


def answer_of(response: requests.Response, partner: str, method: str, answers: type[A]) -> A:
    """What the partner says, in the form that was agreed. Raises as the table above."""
    status, where = response.status_code, f"{partner} {method}"
    if status in NO_LEAVE:
        log.error("partner_refuses_our_key", partner=partner, status=status)
        raise Unauthorised(f"{partner} answered {status}")
    if status in LATER or status >= 500:
        asked = seconds_asked(response.headers.get("Retry-After"), datetime.now(UTC))
        raise Unavailable(f"{partner} answered {status}", retry_after=asked)
    if status not in DONE + CLEAR_NO:
        raise ContractBroken(where, (("status", f"{status} is not agreed"),))
    body = _body(response, partner, where)
    if status in DONE:
        return _agreed(answers, body, partner, where)
    refusal = _held_against(RefusalAnswer, body, f"{where} {status}")
    raise Refused(refusal.code, refusal.message)


def outcome_of(error: Exception) -> str:
    """The word for it that is written down beside a call."""
    match error:
        case Refused():
            return "refused"
        case Unauthorised():
            return "unauthorised"
        case Unavailable():
            return "unavailable"
        case _:
            return "contract"


def seconds_asked(header: str | None, now: datetime) -> float | None:
    """Retry-After, in seconds or as an HTTP-date, from nothing to a day; None where there is none that can be read."""
    if header is None:
        return None
    try:
        if header.strip().isdecimal():
            seconds = float(header)
        else:
            at = parsedate_to_datetime(header)
            seconds = (at.replace(tzinfo=at.tzinfo or UTC) - now).total_seconds()
    except (ValueError, OverflowError):
        return None
    return min(max(seconds, 0.0), LONGEST_RETRY_AFTER)


def _body(response: requests.Response, partner: str, where: str) -> bytes:
    try:
        body: bytes = response.raw.read(LARGEST_ANSWER + 1)
    except (requests.RequestException, HTTPError) as error:  # reset or ended before its announced length
        raise Unavailable(f"{partner}: {type(error).__name__}") from error
    if len(body) > LARGEST_ANSWER:
        raise ContractBroken(where, (("body", "longer than 1 MiB"),))
    return body


def _agreed(answers: type[A], body: bytes, partner: str, where: str) -> A:
    """A body that is no JSON at all was cut, or comes from a proxy on the way: not the partner's answer."""
    try:
        return _held_against(answers, body, where)
    except ContractBroken as error:
        if error.violations == (("", "json_invalid"),):
            raise Unavailable(f"{partner}: the answer is not JSON") from error
        raise


def _held_against(model: type[A], body: bytes, where: str) -> A:
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        raise ContractBroken(where, violations_of(error)) from None  # its text holds the values
