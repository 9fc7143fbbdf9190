"""An operator's order, as the command to the service that holds the message. Pure."""

from contracts.ops import DropParked, RedriveParked
from services.insight.domain import ParkedMessage

OPERATOR = "operator"
"""Who orders: so far everyone who has the token."""


def redrive(message: ParkedMessage) -> RedriveParked:
    return RedriveParked(service=message.service, message_id=message.message_id, ordered_by=OPERATOR)


def drop(message: ParkedMessage, reason: str) -> DropParked:
    return DropParked(service=message.service, message_id=message.message_id, ordered_by=OPERATOR, reason=reason)
