"""An operator's orders, as commands to the service they are for. Pure.

The id of an order about a parked message follows from what is ordered and from how the message stood: ordering twice is ordering once.
"""

from uuid import UUID, uuid4, uuid5

from contracts.operating import ParkedItem
from contracts.ops import DropParked, HoldPartner, MendParked, PauseConsumer, RedriveParked, ReleasePartner, ResumeConsumer, ShowParked
from services.insight.jobs import Job, order_id

CALLED_BY = {"dms": "dms", "csc": "csc", "sms": "sms", "wechat": "sender"}
"""Which service calls each partner."""


def redrive(message: ParkedItem, ordered_by: str) -> RedriveParked:
    order = RedriveParked(service=message.service, message_id=message.message_id, ordered_by=ordered_by)
    return order.identified(_id_of("redrive", message))


def drop(message: ParkedItem, ordered_by: str, reason: str) -> DropParked:
    order = DropParked(service=message.service, message_id=message.message_id, ordered_by=ordered_by, reason=reason)
    return order.identified(_id_of("drop", message))


def mend(message: ParkedItem, ordered_by: str, body: str, digest: str) -> MendParked:
    """`digest` tells this body from another."""
    order = MendParked(service=message.service, message_id=message.message_id, ordered_by=ordered_by, body=body)
    return order.identified(_id_of(f"mend/{digest}", message))


def show(message: ParkedItem, ordered_by: str) -> ShowParked:
    return ShowParked(service=message.service, message_id=message.message_id, ordered_by=ordered_by)


def of_job(job: Job, service: str, message_id: UUID) -> RedriveParked | DropParked:
    order: RedriveParked | DropParked
    match job.kind:
        case "redrive":
            order = RedriveParked(service=service, message_id=message_id, ordered_by=job.ordered_by)
        case "drop":
            order = DropParked(service=service, message_id=message_id, ordered_by=job.ordered_by, reason=job.reason)
    return order.identified(order_id(job.id, service, message_id))


def pause(service: str, ordered_by: str) -> PauseConsumer:
    return PauseConsumer(service=service, ordered_by=ordered_by, hold_id=uuid4())


def resume(service: str, ordered_by: str) -> ResumeConsumer:
    return ResumeConsumer(service=service, ordered_by=ordered_by, hold_id=uuid4())


def hold(partner: str, ordered_by: str) -> HoldPartner:
    """Raises KeyError for a partner that nobody calls."""
    return HoldPartner(service=CALLED_BY[partner], partner=partner, ordered_by=ordered_by, hold_id=uuid4())


def release(partner: str, ordered_by: str) -> ReleasePartner:
    """Raises KeyError for a partner that nobody calls."""
    return ReleasePartner(service=CALLED_BY[partner], partner=partner, ordered_by=ordered_by, hold_id=uuid4())


def _id_of(what: str, message: ParkedItem) -> UUID:
    return uuid5(message.message_id, f"{what}/{message.service}/{message.at.timestamp():.3f}")
