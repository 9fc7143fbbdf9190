"""Items of December 2026 and what happens to them, for tests of what becomes of them. Clock times are those of Asia/Shanghai."""

from datetime import datetime
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select

from chassis.database import millis
from chassis.settings import Reminders
from contracts.appointments import AppointmentRequested, ServiceItem, State
from contracts.dms import VisitArrived, VisitClosed
from contracts.reminder_exchange import ReminderCall, ReminderDecided, ReminderSlipSaved
from services.reminders.following import period_end, telling
from services.reminders.following.handling import HandlesFollowing
from services.reminders.items import ItemStore, item_of
from services.reminders.sending.handling import HandlesSending
from services.reminders.tables import items, message_items, messages
from tests.services.house import House, Times
from tests.services.reminders.reminder_rows import a_car, an_item, keep

TERMS = Reminders()
CAR = UUID("c0000000-0000-4000-8000-000000000001")
FOLLOWER = UUID("f0000000-0000-4000-8000-000000000001")
VIN = "LS4AAAAA1AA000001"
DECEMBER, JANUARY = "2026-12", "2027-01"


def at(day: str, clock: str = "12:00") -> datetime:
    """`at("12-03")`; of January 2027: `at("2027-01-03")`."""
    day = day if len(day) > 5 else f"2026-{day}"
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=ZoneInfo("Asia/Shanghai"))


class Following(HandlesFollowing):
    name = "reminders"

    items = ItemStore()

    def __init__(self, terms: Reminders = TERMS) -> None:
        self.terms = terms
        self.now = Times(at("12-10"))


class FollowingAndSending(HandlesSending, Following):
    """With what WeChat says."""


class Followed(House):
    """Items and what becomes of them, on a clock that is set by what happens."""

    def __init__(self, schema, terms: Reminders = TERMS, service=None) -> None:
        super().__init__(service or Following(terms), schema)
        self.now = self.service.now

    def with_items(self, *rows, car=None) -> None:
        with self.write() as tx:
            keep(tx, cars_=[a_car(vehicle_id=CAR) | (car or {})], items_=rows)

    def with_message(self, *item_ids, message_id=None, follower_id=FOLLOWER, **changes) -> UUID:
        """Asked for, unless something else is said."""
        message_id = message_id or uuid4()
        row = {
            "message_id": message_id,
            "version": 1,
            "period": DECEMBER,
            "vehicle_id": CAR,
            "follower_id": follower_id,
            "account": "main",
            "urgency": "service",
            "state": "asked",
            "reason": "",
            "not_before": 0,
        }
        with self.write() as tx:
            tx.execute(insert(messages).values(row | changes))
            tx.execute(insert(message_items), [{"message_id": message_id, "item_id": one} for one in item_ids])
        return message_id

    def learn_of_message(self, message_id, state, moment=None, reason="") -> None:
        """As the part that sends does: the message's row first, then its items."""
        values = {"state": state, "reason": reason} | ({"sent_at": millis(moment)} if moment else {})
        with self.write() as tx:
            tx.execute(messages.update().where(messages.c.message_id == message_id).values(values))
            telling.told(tx, [message_id], self.now(), self.service.terms)

    def sent(self, item_id, moment) -> None:
        self.learn_of_message(self.with_message(item_id), "sent", moment)

    def on(self, moment, message):
        """Delivered at that time; what was told because of it."""
        self.now.at = moment
        return self.deliver(message)

    def together(self, moment, some) -> None:
        """In one transaction, as the chassis does."""
        self.now.at = moment
        with self.write() as tx:
            tx.unit.subjects = frozenset(message.subject for message in some)
            for message in some:
                getattr(self.service, self.methods[type(message)])(message, tx)

    def until(self, moment) -> None:
        """The clock goes on, and what is due is done."""
        self.now.at = moment
        while period_end.turn(self.database, moment, self.service.terms):
            pass

    def items(self, period=None) -> list:
        with self.database.read() as connection:
            rows = connection.execute(select(items).order_by(items.c.period, items.c.item_id)).all()
        return [item for item in map(item_of, rows) if period in (None, item.period)]

    def item(self, item_id=None):
        """The one of December, or this one."""
        (found,) = [one for one in self.items() if (one.item_id == item_id if item_id else one.period == DECEMBER)]
        return found


def due(item_id=None, type="maintenance", **changes):
    tracked = type not in ("birthday", "campaign")
    what = {"vehicle_id": CAR, "run_id": UUID(int=1), "contact_state": "open" if tracked else "none"}
    return an_item(item_id=item_id or uuid4(), type=type, **what | changes)


def a_call(moment, result="reached"):
    return ReminderCall(at=moment, result=result)


def a_slip(item_id, *calls, version=1, saved=True, **changes):
    return ReminderSlipSaved(
        item_id=item_id,
        slip_id=f"S-{item_id}",
        slip_version=version,
        staff_id="D7",
        calls=calls,
        saved_at=calls[-1].at if saved and calls else None,
        **changes,
    )


def a_visit(moment, number=1, *, car=CAR, dealer="CQ01", closed=None):
    what = {"visit_id": UUID(int=number), "vehicle_id": car, "vin": VIN, "dealer_code": dealer, "arrived_at": moment}
    return VisitClosed(**what, closed_at=closed) if closed else VisitArrived(**what)


def an_appointment(
    moment, number=1, *, contract=AppointmentRequested, version=1, link=None, car=CAR, state=State.REQUESTED, day=None, slip_at=None
):
    return contract(
        appointment_id=UUID(int=number),
        version=version,
        state=state,
        follower_id=FOLLOWER,
        vehicle_id=car,
        dealer_code="CQ01",
        requested_date=day or moment.date(),
        items=(ServiceItem(code="M", name="保养"),),
        reminder_item_id=link,
        submitted_at=moment,
        appointment_at=slip_at,
    )


def a_decision(item_id, decision="carry", moment=None, reason="", staff="M1"):
    return ReminderDecided(item_id=item_id, decision=decision, reason=reason, staff_id=staff, decided_at=moment or at("2027-01-02"))
