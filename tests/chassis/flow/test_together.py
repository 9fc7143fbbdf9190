"""Several messages in one transaction: what goes well is done at once, what fails takes no other message with it (docs/decisions/0014)."""

from collections import Counter
from collections.abc import Callable
from uuid import UUID, uuid4

import eventlet
import pytest
from eventlet.event import Event
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Column, Integer, MetaData, Table, Uuid, event, insert, select, update

from chassis.database import Transaction
from chassis.errors import ContractBroken, Unavailable
from chassis.handling import Delivery
from chassis.tables import inbox, outbox, parked, retry, sent_line
from chassis.together import Together
from contracts.appointments import RequestAppointment
from tests.chassis.flow.conftest import NewHouse
from tests.chassis.flow.test_edges import body_of, runtime_of
from tests.fakes.mini_house import Carrying, MiniHouse, Wishing, a_request, a_wish, until

metadata = MetaData()
counted = Table("counted", metadata, Column("subject", Uuid(native_uuid=False), primary_key=True), Column("number", Integer))


def count(tx: Transaction, subject: UUID) -> int:
    """How often it has been asked for, with this time."""
    number = tx.execute(select(counted.c.number).where(counted.c.subject == subject)).scalar_one_or_none()
    if number is None:
        tx.execute(insert(counted).values(subject=subject, number=1))
    else:
        tx.execute(update(counted).where(counted.c.subject == subject).values(number=number + 1))
    return (number or 0) + 1


class Asked:
    """What the service is asked in these tests: it counts, tells the DMS, and fails where the dealer's code says so."""

    def __init__(self) -> None:
        self.seen: list[tuple[UUID, int]] = []

    def __call__(self, wish: RequestAppointment, tx: Transaction) -> None:
        number = count(tx, wish.appointment_id)
        tx.tell(a_wish(wish.appointment_id, dealer_code=wish.dealer_code))
        match wish.dealer_code:
            case "AWAY":
                raise Unavailable("binding not known yet")
            case "BROKEN":
                raise ContractBroken("wish", (("dealer_code", "unknown"),))
            case "MISTAKE":
                raise KeyError("canary")
        self.seen.append((wish.appointment_id, number))


embedded_alone = pytest.mark.parametrize("new_house", ["embedded"], indirect=True)
"""For what does not depend on the servers."""


@pytest.fixture
def asked() -> Asked:
    return Asked()


@pytest.fixture
def wishing(new_house: NewHouse, asked: Asked) -> MiniHouse:
    """Only the service under test runs, and its retries wait: nothing else changes its rows."""
    house = new_house(first_seconds=3600, longest_seconds=3600)
    house.script.on_request = asked
    house.start(Wishing)
    metadata.create_all(house.database().engine)
    return house


class Batch:
    """Deliveries of one transaction, and what became of them."""

    def __init__(self, house: MiniHouse) -> None:
        self._house = house
        self.settled: list[int] = []
        self.commits = 0

    def take(self, *bodies: bytes) -> None:
        handling = runtime_of(self._house, "appointments").handling
        deliveries = [Delivery(body, lambda number=number: self.settled.append(number)) for number, body in enumerate(bodies)]
        with self._counting():
            Together(handling, handling.take).take(deliveries)

    def _counting(self) -> "Counting":
        return Counting(self)


class Counting:
    """The commits that touched the inbox."""

    def __init__(self, batch: Batch) -> None:
        self._batch = batch

    def __enter__(self) -> None:
        event.listen(self._engine, "before_cursor_execute", self._see)

    def __exit__(self, *_: object) -> None:
        event.remove(self._engine, "before_cursor_execute", self._see)

    @property
    def _engine(self):
        return self._batch._house.database().engine

    def _see(self, _connection, _cursor, statement: str, *_: object) -> None:
        self._batch.commits += statement.startswith("INSERT") and " inbox " in statement


@pytest.fixture
def batch(wishing: MiniHouse) -> Batch:
    return Batch(wishing)


def bodies_of(house: MiniHouse, *messages: RequestAppointment) -> list[bytes]:
    return [body_of(house, message) for message in messages]


def test_several_are_done_in_one_transaction_and_all_settled(wishing: MiniHouse, batch: Batch, asked: Asked):
    wishes = [a_request() for _ in range(5)]

    batch.take(*bodies_of(wishing, *wishes))

    assert batch.settled == [0, 1, 2, 3, 4]
    assert batch.commits == 1
    assert {row.message_id for row in wishing.rows("appointments", inbox)} == {wish.id for wish in wishes}
    told = {row.causation_id: row for row in wishing.rows("appointments", outbox)}
    assert {wish.id: wish.appointment_id for wish in wishes} == {cause: row.subject for cause, row in told.items()}


def test_one_that_fails_is_parked_and_the_others_are_done(wishing: MiniHouse, batch: Batch):
    wishes = [a_request(dealer_code=code) for code in ("D001", "MISTAKE", "D001", "AWAY")]

    batch.take(*bodies_of(wishing, *wishes))

    assert sorted(batch.settled) == [0, 1, 2, 3]
    assert [row.message_id for row in wishing.rows("appointments", parked)] == [wishes[1].id]
    assert [row.message_id for row in wishing.rows("appointments", retry)] == [wishes[3].id]
    assert {row.message_id for row in wishing.rows("appointments", inbox)} == {wishes[0].id, wishes[2].id}


def test_what_a_batch_told_before_it_was_rolled_back_is_told_once(wishing: MiniHouse, batch: Batch):
    subject = uuid4()
    wishes = [a_request(appointment_id=subject), a_request(appointment_id=subject), a_request(dealer_code="BROKEN")]

    batch.take(*bodies_of(wishing, *wishes))

    told = wishing.rows("appointments", outbox)
    assert Counter(row.causation_id for row in told) == {wishes[0].id: 1, wishes[1].id: 1}
    assert [row.last for row in wishing.rows("appointments", sent_line)] == [2]


@embedded_alone
def test_a_repeat_within_a_batch_is_dropped_and_settled(wishing: MiniHouse, batch: Batch, asked: Asked):
    wish, other = a_request(), a_request()

    batch.take(*bodies_of(wishing, wish, other, wish))

    assert sorted(batch.settled) == [0, 1, 2]
    assert sorted(asked.seen[-2:]) == sorted([(wish.appointment_id, 1), (other.appointment_id, 1)])
    assert len(wishing.rows("appointments", outbox)) == 2


@embedded_alone
def test_a_repeat_of_an_earlier_message_is_dropped_and_the_others_are_done(wishing: MiniHouse, batch: Batch):
    wish, other = a_request(), a_request()
    batch.take(*bodies_of(wishing, wish))

    batch.take(*bodies_of(wishing, other, wish))

    assert {row.subject: row.number for row in wishing.rows("appointments", counted)} == {
        wish.appointment_id: 1,
        other.appointment_id: 1,
    }


@embedded_alone
def test_two_about_one_subject_see_each_others_work_in_order(wishing: MiniHouse, batch: Batch, asked: Asked):
    subject = uuid4()

    batch.take(*bodies_of(wishing, *(a_request(appointment_id=subject) for _ in range(3))))

    assert asked.seen == [(subject, 1), (subject, 2), (subject, 3)]
    assert batch.commits == 1


@embedded_alone
def test_what_was_told_goes_out_at_once_and_is_marked(wishing: MiniHouse, batch: Batch):
    wishing.start(Carrying)

    batch.take(*bodies_of(wishing, *(a_request() for _ in range(3))))

    until(lambda: len(wishing.script.carried) == 3)
    until(lambda: [row.published_at is not None for row in wishing.rows("appointments", outbox)] == [True] * 3)


def test_a_message_told_in_two_batches_is_told_once(wishing: MiniHouse, batch: Batch):
    wishing.start(Carrying)
    told = [a_wish(uuid4()), a_wish(uuid4())]
    wishing.script.on_request = lambda _wish, tx: tx.tell(*told)

    batch.take(*bodies_of(wishing, a_request(), a_request()))
    wishing.script.on_request = lambda _wish, tx: tx.tell(*told, a_wish(uuid4()))
    batch.take(*bodies_of(wishing, a_request(), a_request()))

    until(lambda: len(wishing.script.carried) == 4)
    until(lambda: all(row.published_at for row in wishing.rows("appointments", outbox)))
    assert {row.last for row in wishing.rows("appointments", sent_line)} == {1}


@pytest.mark.parametrize("new_house", ["production"], indirect=True)
def test_two_lanes_that_lock_the_same_rows_crosswise_take_turns(wishing: MiniHouse):
    days = [uuid4(), uuid4()]
    with wishing.database().write() as tx:
        tx.execute(insert(counted), [{"subject": day, "number": 0} for day in days])
    both_hold_one, holding = Event(), set()

    def book(wish: RequestAppointment, tx: Transaction) -> None:
        tx.execute(select(counted).where(counted.c.subject == wish.vehicle_id).with_for_update())
        holding.add(wish.vehicle_id)
        if len(holding) == len(days) and not both_hold_one.ready():
            both_hold_one.send()
        both_hold_one.wait()
        count(tx, wish.vehicle_id)

    wishing.script.on_request = book
    handling = runtime_of(wishing, "appointments").handling
    settled, by_themselves = Counter(), []
    together = Together(handling, by_themselves.append)

    def lane(*order: UUID) -> None:
        bodies = bodies_of(wishing, *(a_request(vehicle_id=day) for day in order))
        together.take([Delivery(body, lambda: settled.update(done=1)) for body in bodies])

    for thread in [eventlet.spawn(lane, *days), eventlet.spawn(lane, *reversed(days))]:
        thread.wait()

    assert settled == {"done": 4}
    assert by_themselves == []
    assert {row.number for row in wishing.rows("appointments", counted)} == {2}


KINDS = ("fine", "fine", "same subject", "AWAY", "BROKEN", "MISTAKE", "again", "off contract", "nothing", "unknown")


def _made(house: MiniHouse, kinds: list[str]) -> list[tuple[UUID | None, bytes]]:
    """Ids and bodies; the first is about a subject of its own, that others may share."""
    made: list[tuple[UUID | None, bytes]] = []
    shared = uuid4()
    for kind in kinds:
        match kind:
            case "nothing":
                made.append((None, f"{uuid4()} is no envelope".encode()))
            case "again" if made:
                made.append(made[0])
            case "same subject":
                wish = a_request(appointment_id=shared)
                made.append((wish.id, body_of(house, wish)))
            case "off contract" | "unknown":
                wish = a_request()
                old, new = (b'"dealer_code":"D001"', b'"dealer_code":""') if kind == "off contract" else (b"request.app", b"unheard.of.app")
                made.append((wish.id, body_of(house, wish).replace(old, new)))
            case _:
                wish = a_request(dealer_code=kind if kind.isupper() else "D001")
                made.append((wish.id, body_of(house, wish)))
    return made


def _outcomes(house: MiniHouse, made: list[tuple[UUID | None, bytes]], new: "Rows") -> list[object]:
    """What the tables say of each, without ids."""
    ids = [message_id for message_id, _ in made]
    done = {row.message_id for row in new(inbox)}
    kinds = {row.message_id: (row.kind, row.causes, row.attempt) for row in new(parked)}
    waits = {row.message_id: row.attempt for row in new(retry)}
    told = Counter((ids.index(row.causation_id), row.type, row.routes) for row in new(outbox))
    undecodable = sum(kind == "undecodable" for kind, _, _ in kinds.values())
    numbers = sorted(row.number for row in new(counted))
    lines = sorted(row.last for row in new(sent_line))
    each = [(message_id in done, kinds.get(message_id), waits.get(message_id)) for message_id in ids]
    return [each, sorted(told.items()), undecodable, numbers, lines]


Rows = Callable[[Table], list]


def _new_rows(house: MiniHouse) -> Rows:
    """Rows that were not there when this was called."""
    before = {table: set(map(tuple, house.rows("appointments", table))) for table in (counted, sent_line)}
    keys = {table: {row.message_id for row in house.rows("appointments", table)} for table in (inbox, parked, retry, outbox)}

    def new(table: Table) -> list:
        rows = house.rows("appointments", table)
        if table in before:
            return [row for row in rows if tuple(row) not in before[table]]
        return [row for row in rows if row.message_id not in keys[table]]

    return new


@embedded_alone
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kinds=st.lists(st.sampled_from(KINDS), min_size=2, max_size=8))
def test_any_batch_gives_the_rows_that_one_by_one_gives(wishing: MiniHouse, kinds: list[str]):
    handling = runtime_of(wishing, "appointments").handling
    together, one_by_one = _made(wishing, kinds), _made(wishing, kinds)
    settled: list[int] = []

    new = _new_rows(wishing)
    for _, body in one_by_one:
        handling.take(Delivery(body, lambda: None))
    expected = _outcomes(wishing, one_by_one, new)

    new = _new_rows(wishing)
    Together(handling, handling.take).take([Delivery(body, lambda n=n: settled.append(n)) for n, (_, body) in enumerate(together)])
    assert _outcomes(wishing, together, new) == expected
    assert sorted(settled) == list(range(len(kinds)))
