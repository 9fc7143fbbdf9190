"""8,000 parked messages redriven by one job while their service fails half of them: insight and one service, without a bus between them."""

from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import event, func, insert, select
from structlog.testing import capture_logs

from chassis import inbox, orders, parked, retries, tables
from chassis.clock import milliseconds_now
from chassis.database import Database, from_millis, migrate, open_engine
from chassis.errors import ContractBroken
from chassis.handling import Delivery, Handling, Opened
from chassis.messages import Described, encode, wrap
from chassis.outbox import OutboxWriter
from chassis.privacy import BODY
from chassis.reporter import Reporter
from chassis.settings import Patience
from chassis.together import Together
from contracts.appointments import RequestAppointment
from contracts.operating import ParkedFilter
from contracts.ops import Hop, OpsReport
from services.insight import job_store, ordering, parked_list
from services.insight.jobs import Job
from services.insight.service import InsightService
from tests.fakes.mini_house import a_request
from tests.services.house import VAULT, House

MANY = 8000


class HalfFailing:
    """A service on a schema of its own whose handler fails by the parity of the message's id. Carries out orders as all services do."""

    name = "appointments"
    vault = VAULT

    def __init__(self, file: Path, tell: Callable[[OpsReport], None]) -> None:
        migrate(f"sqlite:///{file}", file.parent)
        self.database = quick(Database(open_engine(f"sqlite:///{file}", 5), OutboxWriter(self.name, VAULT)))
        self.handling = Handling(self.name, self.database, VAULT, Patience())
        self.handling.readings[RequestAppointment.type_name()] = self
        orders.register(self)
        self._reporter = Reporter(self.database, lambda rows: self._tell(tell, rows))

    def work(self, opened: Opened) -> None:
        with self.database.write() as tx:
            inbox.take(tx, opened.id, opened.described, attempt=opened.delivery.attempt, received_at=milliseconds_now())
            if opened.id.int % 2:
                raise ContractBroken("dms", (("dms_no", "missing"),))
            retries.end(tx, opened.id)

    def park(self, number: int) -> list[UUID]:
        """As if they had failed a while ago."""
        wish = wrap(a_request(), source="pages", vault=VAULT, cause=None)
        ids, now = [uuid4() for _ in range(number)], milliseconds_now()
        with self.database.write() as tx:
            one = ids[0]
            parked.park(tx, one, Described.of(wish, 0), encode(wish.model_copy(update={"id": one})).encode(), kind="mistake", causes=CAUSE)
            row = dict(tx.execute(select(tables.parked)).one()._mapping)
            bodies = {message_id: encode(wish.model_copy(update={"id": message_id})).encode() for message_id in ids[1:]}
            rows = [
                row | {"message_id": message_id, "sealed_body": VAULT.seal_bytes(BODY, body), "parked_at": now}
                for message_id, body in bodies.items()
            ]
            tx.execute(insert(tables.parked), rows)
        return ids

    def take_orders(self, bodies: list[str]) -> None:
        together = Together(self.handling, self.handling.take)
        for start in range(0, len(bodies), 32):
            together.take([Delivery(body.encode(), lambda: None) for body in bodies[start : start + 32]])

    def try_again(self) -> None:
        with self.database.write() as tx:
            due = retries.claim_due(tx, most=500, lease_ms=60_000)
        for body, attempt in due:
            self.handling.take(Delivery(body.encode(), lambda: None, attempt=attempt, again=True))

    def report(self) -> None:
        while self._reporter.report():
            pass

    def _tell(self, tell: Callable[[OpsReport], None], rows: list[dict]) -> bool:
        tell(OpsReport(report_id=uuid4(), hops=tuple(Hop(service=self.name, **row) for row in rows)))
        return True


CAUSE = ({"kind": "mistake", "field": "service.py:7", "rule": "KeyError"},)


def quick(database: Database) -> Database:
    """Nobody pulls the plug here."""
    event.listen(database.engine, "connect", lambda connection, _record: connection.execute("PRAGMA synchronous=OFF"))
    return database


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(InsightService(), tmp_path / "insight.sqlite")
    quick(house.database)
    with capture_logs():  # thousands of tracebacks take longer to draw than all the rest
        yield house
    house.database.dispose()


def sent_after(house: House, number: int) -> tuple[list[str], int]:
    outbox = tables.outbox
    with house.database.read() as connection:
        rows = connection.execute(select(outbox.c.number, outbox.c.body).where(outbox.c.number > number).order_by(outbox.c.number)).all()
    return [row.body for row in rows], rows[-1].number if rows else number


def test_redriving_8000_while_half_of_them_fail_ends_with_the_right_counts(house: House, tmp_path: Path):
    service = HalfFailing(tmp_path / "appointments.sqlite", house.only_deliver)
    odd = sum(one.int % 2 for one in service.park(MANY))
    service.report()
    now = milliseconds_now()
    job = Job(uuid4(), "redrive", "running", ParkedFilter(kind="mistake"), "王芳", 1000, "", from_millis(now), now)
    with house.write() as tx:
        job_store.begin(tx, job, MANY)

    def stands():
        with house.database.read() as connection:
            return job_store.one(connection, job.id)

    last = 0
    while stands()[0].state == "running":
        ordering.carry_on(house.database)
        bodies, last = sent_after(house, last)
        service.take_orders(bodies)
        service.try_again()
        service.report()

    counts = stands()[1]
    assert (counts.total, counts.ordered, counts.handled, counts.parked_again, counts.open) == (MANY, MANY, MANY - odd, odd, 0)
    with house.database.read() as connection:
        listed = [parked_list.count(connection, ParkedFilter(state=state)) for state in ("parked", "redriven")]
    with service.database.read() as connection:
        changes = connection.execute(select(func.max(tables.parked.c.changes))).scalar_one()
    assert (listed, changes) == ([odd, MANY - odd], 2)
