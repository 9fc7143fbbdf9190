"""The steps of an item (flows 2.2): three independent states and one outcome, worked out from facts. No I/O, no clock.

Facts are kept, states follow from them: in whatever order they come, and however often, an item ends the same. What WeChat says is a
fact of the item itself; of calls, bookings, visits and decisions the item is told all that is known (`Known`), each time anew (`settled`).
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from chassis.settings import Reminders
from contracts.reminders import SERVICE_TYPES, ContactState, Decision, Outcome, ReminderType, WechatState
from services.reminders.days import begins, ends, settled_at, visits_end

if TYPE_CHECKING:
    from services.reminders.items import Item

FARTHEST = {
    state: rank
    for rank, state in enumerate(
        (
            WechatState.NONE,
            WechatState.SUPPRESSED,
            WechatState.FAILED,
            WechatState.QUEUED,
            WechatState.SENT,
            WechatState.DELIVERED,
            WechatState.CLICKED,
        )
    )
}
"""Of several messages: one that failed says nothing while another is under way, or there."""

TOLD = frozenset({WechatState.SENT, WechatState.DELIVERED, WechatState.CLICKED})
UNDECIDED = frozenset({Outcome.OPEN, Outcome.BOOKED, Outcome.FOR_DECISION})
SYSTEM = "system"
IN_USE = "in_use"
GONE = {"sold": "car_sold", "scrapped": "car_scrapped"}
"""By what became of a car: why its items are void. Nobody is left to remind; should that be wrong, they stand as before."""
WITH_THE_CAR = frozenset(GONE.values())
BOOKED = "booked"
"""Why nobody is told by WeChat of what the owner has an appointment for."""
CAR_IS_BACK = "car_is_back"


class Call(NamedTuple):
    at: datetime
    reached: bool


@dataclass(frozen=True)
class Slip:
    """车辆提醒单, as CSC last told it."""

    version: int
    calls: tuple[Call, ...]
    saved: bool
    appointment_id: UUID | None = None


class Visit(NamedTuple):
    """A car in the workshop (回厂), at whichever dealer."""

    arrived_at: datetime
    visit_id: UUID
    dealer_code: str


class Booking(NamedTuple):
    """An appointment that books an item."""

    requested_at: datetime
    appointment_id: UUID
    standing: bool = True


@dataclass(frozen=True)
class Decided:
    """What was decided about an item, by whom (a staff number, or `system`) and which way (csc, console, system)."""

    decision: Decision
    reason: str
    made_by: str
    way: str
    made_at: datetime


@dataclass(frozen=True)
class Known:
    """All that is known about an item from elsewhere; `bookings` are those that book it, `visits` those of its car.

    `car`: in_use, sold, scrapped.
    """

    slip: Slip | None = None
    bookings: tuple[Booking, ...] = ()
    visits: tuple[Visit, ...] = ()
    decided: Decided | None = None
    car: str = IN_USE


class Standing(NamedTuple):
    """How far one message has come."""

    message_id: UUID
    state: WechatState
    reason: str = ""
    sent_at: datetime | None = None


def queued(item: "Item") -> "Item":
    """The owner has registered meanwhile: there is a WeChat way now (S-33)."""
    return replace(item, wechat_state=WechatState.QUEUED) if item.wechat_state is WechatState.NONE else item


def unqueued(item: "Item") -> "Item":
    """Nobody is registered any more."""
    return replace(item, wechat_state=WechatState.NONE) if item.wechat_state is WechatState.QUEUED else item


def suppressed(item: "Item", reason: str) -> "Item":
    """Quiet, opted out, or the car is back: what was not handed over is not sent."""
    if item.wechat_state not in (WechatState.NONE, WechatState.QUEUED):
        return item
    return replace(item, wechat_state=WechatState.SUPPRESSED, wechat_reason=reason)


def waiting_again(item: "Item") -> "Item":
    """For a message of its own: what it was left out of tells nobody."""
    return replace(item, wechat_state=WechatState.QUEUED, wechat_reason="", message_id=None)


def waiting_since_not_back(item: "Item") -> "Item":
    """The car that was thought to be back was not, or not then: when its message is due, that is looked at anew."""
    is_kept = item.wechat_state is WechatState.SUPPRESSED and item.wechat_reason == CAR_IS_BACK
    return waiting_again(item) if is_kept and item.outcome in (Outcome.OPEN, Outcome.BOOKED) else item


def as_far_as(item: "Item", messages: Iterable[Standing]) -> "Item":
    """As far as the farthest of all its messages: for a car with several followers. Without any the item stays as it is."""
    ranked = sorted(messages, key=lambda one: (FARTHEST[one.state], one.message_id), reverse=True)
    if not ranked:
        return item
    first = ranked[0]
    moments = [one.sent_at for one in ranked if one.sent_at and one.state in TOLD]
    item = replace(item, message_id=first.message_id, message_sent_at=min(moments, default=None))
    return urgent(replace(item, wechat_state=first.state, wechat_reason=first.reason))


def voided(item: "Item", reason: str) -> "Item":
    """It should never have been. Nothing brings it back but who took it back."""
    return item if is_void_for_good(item) else replace(item, outcome=Outcome.VOID, reason=reason)


def is_void_for_good(item: "Item") -> bool:
    """Whatever is heard of its car."""
    return item.outcome is Outcome.VOID and item.reason not in WITH_THE_CAR


def first_contact(item: "Item", bookings: Iterable[Booking]) -> datetime | None:
    """When the owner first knew of it, as far as we know: the message was sent, a call reached somebody, or they booked it (S-15).

    What was booked before its period is known of from then on. (docs/decisions/0021)
    """
    told = item.message_sent_at if item.wechat_state in TOLD else None
    booked = _first_standing(item, bookings)
    return _earliest(told, item.reached_at, max(booked.requested_at, begins(item.period)) if booked else None)


def is_tracked(item_type: ReminderType) -> bool:
    """Calls, lists and decisions are for the service types; a birthday and a campaign are sent and counted, and lapse (S-13)."""
    return item_type in SERVICE_TYPES


def settled(item: "Item", known: Known, now: datetime, terms: Reminders) -> "Item":
    """The item as it stands by all that is known, at this moment."""
    item = _booked(_called(item, known.slip, now), known)
    visit = _visit_of(item, known, terms)
    if not is_void_for_good(item):
        item = _with_outcome(item, visit, known, now)
    return _kept_back(_returned(item, None if item.outcome is Outcome.VOID else visit))


def decided_by_system(item: "Item", known: Known, now: datetime, terms: Reminders) -> Decided | None:
    """What the system decides because nobody did in time (S-18); None where there is nothing to decide (yet)."""
    at = settled_at(item.period, terms)
    if now < at or known.decided or not is_tracked(item.type):
        return None
    by_then = replace(known, visits=tuple(one for one in known.visits if one.arrived_at < at))
    if settled(item, by_then, at, terms).outcome is not Outcome.FOR_DECISION:
        return None
    if item.carry_count < terms.most_carries:
        return Decided("carry", "undecided", SYSTEM, SYSTEM, at)
    return Decided("drop", "most_carries", SYSTEM, SYSTEM, at)


def counts_from(decided: Decided, period: str) -> datetime:
    """There is nothing to carry or drop before the period is over; what should never have been is void at once."""
    return decided.made_at if decided.decision == "void" else max(decided.made_at, ends(period))


def first_of(period: str, *decisions: Decided) -> Decided:
    """The first decision counts, by when it was made, not by when we heard of it."""
    return min(decisions, key=lambda one: (counts_from(one, period), one.made_at, one.way, one.decision, one.reason, one.made_by))


def urgent(item: "Item") -> "Item":
    """WeChat could not bring it, or it was carried over: the call matters more."""
    high = item.carry_count > 0 or (item.wechat_state is WechatState.FAILED and is_tracked(item.type))
    return replace(item, priority="high" if high else "normal")


def _called(item: "Item", slip: Slip | None, now: datetime) -> "Item":
    """Only calls within the period count; of those that came late it is the slip that tells."""
    if not is_tracked(item.type):
        return item
    calls = [call for call in slip.calls if call.at < ends(item.period)] if slip else []
    reached_at = min((call.at for call in calls if call.reached), default=None)
    saved = slip is not None and slip.saved
    if reached_at:
        state = ContactState.SLIP_SAVED if saved else ContactState.REACHED
    elif now >= ends(item.period):
        state = ContactState.MISSED
    else:
        state = ContactState.ATTEMPTED if calls else ContactState.OPEN
    version = slip.version if slip else 0
    return replace(item, contact_state=state, reached_at=reached_at, slip_version=version, tracked=bool(reached_at and saved))


def _booked(item: "Item", known: Known) -> "Item":
    """The first that stands. The DCRC's slip may name one that we have not heard of."""
    first = _first_standing(item, known.bookings)
    if first:
        return replace(item, appointment_id=first.appointment_id)
    named = known.slip.appointment_id if known.slip else None
    if named in {one.appointment_id for one in known.bookings}:
        named = None
    return replace(item, appointment_id=named)


def _first_standing(item: "Item", bookings: Iterable[Booking]) -> Booking | None:
    return min((one for one in bookings if one.standing and one.requested_at < ends(item.period)), default=None)


def _visit_of(item: "Item", known: Known, terms: Reminders) -> Visit | None:
    """The first visit from the first contact on, until the grace is over (S-15): one that was there before contact is none of its."""
    contact, end = first_contact(item, known.bookings), visits_end(item.period, terms)
    if contact is None or item.type is ReminderType.BIRTHDAY:
        return None
    return min((one for one in known.visits if contact <= one.arrived_at < end), default=None)


def _with_outcome(item: "Item", visit: Visit | None, known: Known, now: datetime) -> "Item":
    decided = known.decided
    outcome, reason = _by_itself(item, visit, now), ""
    if decided and decided.decision == "void":
        outcome, reason = Outcome.VOID, decided.reason
    elif decided and is_tracked(item.type) and now >= ends(item.period) and not _back_before(visit, decided, item.period):
        outcome, reason = Outcome.CARRIED if decided.decision == "carry" else Outcome.DROPPED, decided.reason
    elif known.car in GONE and (outcome in UNDECIDED or (outcome is Outcome.LAPSED and item.outcome is Outcome.VOID)):
        outcome, reason = Outcome.VOID, GONE[known.car]
    return replace(item, outcome=outcome, reason=reason)


def _kept_back(item: "Item") -> "Item":
    """Of what is void with its car nobody is told; what was kept back for a reason that is gone waits for its message again."""
    if item.outcome is Outcome.VOID and item.reason in WITH_THE_CAR:
        is_waiting = item.wechat_state is WechatState.QUEUED and item.message_id is None
        return suppressed(item, item.reason) if is_waiting else item
    if item.outcome is Outcome.OPEN and item.wechat_state is WechatState.SUPPRESSED and item.wechat_reason in {BOOKED, *WITH_THE_CAR}:
        return waiting_again(item)
    return item


def _back_before(visit: Visit | None, decided: Decided, period: str) -> bool:
    return visit is not None and visit.arrived_at < counts_from(decided, period)


def _by_itself(item: "Item", visit: Visit | None, now: datetime) -> Outcome:
    """As long as nobody decides."""
    if visit:
        return Outcome.RETURNED
    if now >= ends(item.period):
        return Outcome.FOR_DECISION if is_tracked(item.type) else Outcome.LAPSED
    return Outcome.BOOKED if item.appointment_id else Outcome.OPEN


def _returned(item: "Item", visit: Visit | None) -> "Item":
    """Also where it was decided before the visit that it goes on, or not: the car came in time, and is counted (flows 6)."""
    if visit is None:
        return replace(item, visit_id=None, visit_dealer="", returned_at=None)
    return replace(item, visit_id=visit.visit_id, visit_dealer=visit.dealer_code, returned_at=visit.arrived_at)


def _earliest(*moments: datetime | None) -> datetime | None:
    return min((one for one in moments if one), default=None)
