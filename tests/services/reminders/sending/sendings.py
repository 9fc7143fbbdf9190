"""Cars with something due in December 2026 and followers to be told, for tests of sending. Clock times are those of Asia/Shanghai."""

from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import delete, func, insert, select, update

from chassis.database import millis
from chassis.settings import Reminders
from contracts.messaging import (
    ReminderMessageDelivered,
    ReminderMessageFailed,
    ReminderMessagePostponed,
    ReminderMessageSent,
)
from contracts.reminders import OpenReminder, ReminderDue, SetReminderWish
from services.reminders.following.handling import HandlesFollowing
from services.reminders.items import ItemStore, item_of
from services.reminders.sending.handling import HandlesSending
from services.reminders.sending.message import Message
from services.reminders.sending.registering import registered
from services.reminders.sending.store import MessageStore
from services.reminders.tables import bindings, campaigns, cars, items, message_items, messages
from tests.services.house import House, Times
from tests.services.reminders.following.followed import at
from tests.services.reminders.reminder_rows import a_car, an_item, keep

MADE = millis(at("11-30", "01:00"))
TRACKED = ("first_maintenance", "maintenance", "warranty", "insurance", "inspection")


class Service(HandlesSending, HandlesFollowing):
    name = "reminders"

    items = ItemStore()

    def __init__(self, terms: Reminders, accounts: tuple[str, ...]) -> None:
        self.terms = terms
        self.accounts = accounts
        self.places = {}
        self.now = Times(at("12-10"))


class Sending(House):
    """The part that sends, on a clock that stands where it is put."""

    def __init__(self, schema, accounts=("main",), **terms) -> None:
        super().__init__(Service(Reminders(**terms), accounts), schema)
        self.now = self.service.now

    def with_car(self, *dues, car=None, followers=1, account="main", **changes) -> UUID:
        """Bound to so many followers; `dues`: (type, due date) or (type, due date, changes)."""
        car = car or uuid4()
        rows = [an_item_due(car, *due) for due in dues]
        with self.write() as tx:
            keep(tx, cars_=[a_car(vehicle_id=car, registered=followers > 0) | changes], items_=rows)
        for _ in range(followers):
            self.bind(car, account=account)
        return car

    def with_cars(self, number, type, due_date, account="main") -> None:
        """At once, each with one item and one follower."""
        ids = [uuid4() for _ in range(number)]
        ways = [
            {"binding_id": uuid4(), "version": 1, "active": True, "account": account, "follower_id": uuid4(), "vehicle_id": one}
            for one in ids
        ]
        with self.write() as tx:
            keep(tx, cars_=[a_car(vehicle_id=one) for one in ids], items_=[an_item_due(one, type, due_date) for one in ids])
            tx.execute(insert(bindings), ways)

    def with_items(self, car, *dues) -> None:
        with self.write() as tx:
            keep(tx, items_=[an_item_due(car, *due) for due in dues])

    def bind(self, car, follower=None, account="main", *, active=True) -> UUID:
        follower = follower or uuid4()
        row = {"binding_id": uuid4(), "version": 1, "active": active, "account": account, "follower_id": follower, "vehicle_id": car}
        with self.write() as tx:
            tx.execute(insert(bindings).values(row))
        return follower

    def unbind(self, car) -> None:
        with self.write() as tx:
            tx.execute(update(bindings).where(bindings.c.vehicle_id == car).values(active=False))

    def with_campaign(self, starts="2026-12-05", ends="2026-12-20", **changes) -> UUID:
        number = str(uuid4())
        row = {
            "campaign_id": uuid4(),
            "campaign_no": number,
            "version": 1,
            "kind": "national",
            "dealer_code": "",
            "name": "冬季免费检测",
            "text": "免费检测二十项",
            "starts_on": date.fromisoformat(starts),
            "ends_on": date.fromisoformat(ends),
            "audience": {},
            "withdrawn": False,
        }
        with self.write() as tx:
            tx.execute(insert(campaigns).values(row | changes))
        return row["campaign_id"]

    def change_car(self, car, **values) -> None:
        with self.write() as tx:
            tx.execute(update(cars).where(cars.c.vehicle_id == car).values(values))

    def opt_out(self, follower, type, *, wanted=False) -> None:
        self.only_deliver(SetReminderWish(follower_id=follower, type=type, wanted=wanted, said_at=self.now()))

    def register(self, car, follower=None) -> UUID:
        follower = self.bind(car, follower)
        with self.write() as tx:
            registered(tx, car, self.now(), self.service.terms)
        return follower

    def on(self, day, clock="12:00", steps=1) -> list[ReminderDue]:
        """Steps at that time; what was told to be sent by them."""
        self.now.at = at(day, clock)
        self.told()
        for _ in range(steps):
            with self.write() as tx:
                self.service.send(tx)
        return [one for one in self.told() if isinstance(one, ReminderDue)]

    def answered(self, due, how="sent", **more) -> None:
        kind = {"sent": ReminderMessageSent, "delivered": ReminderMessageDelivered, "failed": ReminderMessageFailed}[how]
        reason = {"reason": "user_blocked"} if how == "failed" else {}
        self.only_deliver(kind(message_id=due.message_id, attempt=due.version, **{"at": self.now()} | reason | more))

    def postponed(self, due, until) -> None:
        self.only_deliver(ReminderMessagePostponed(message_id=due.message_id, attempt=due.version, until=until))

    def opened(self, due) -> None:
        self.only_deliver(OpenReminder(message_id=due.message_id, follower_id=due.follower_id, opened_at=self.now()))

    def items_of(self, car) -> dict:
        """By type."""
        with self.database.read() as connection:
            rows = connection.execute(select(items).where(items.c.vehicle_id == car)).all()
        return {one.type.value: one for one in map(item_of, rows)}

    def states(self, car) -> dict[str, tuple[str, str]]:
        return {type: (one.wechat_state.value, one.wechat_reason) for type, one in self.items_of(car).items()}

    def message(self, due) -> Message:
        with self.write() as tx:
            return MessageStore().find(tx, due.message_id)

    def numbers(self) -> dict[str, int]:
        """Messages by state."""
        with self.database.read() as connection:
            return dict(connection.execute(select(messages.c.state, func.count()).group_by(messages.c.state)).all())

    def empty(self) -> None:
        with self.write() as tx:
            for table in (messages, message_items, items, cars, bindings):
                tx.execute(delete(table))


def an_item_due(car, type, due_date, changes=None):
    row = {
        "vehicle_id": car,
        "type": type,
        "due_date": date.fromisoformat(f"2026-{due_date}" if len(due_date) == 5 else due_date),
        "run_id": UUID(int=1),
        "contact_state": "open" if type in TRACKED else "none",
        "wechat_state": "queued",
        "registered": True,
        "created_at": MADE,
    }
    return an_item(**row | (changes or {}))


def types_in(due) -> list[str]:
    return [one.type.value for one in due.items]
