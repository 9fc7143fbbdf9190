"""The sender's count of its partner commands, whatever one transaction tells."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, insert

from chassis import tables
from chassis.database import Transaction
from chassis.numbering import number
from contracts.csc import CloseCallTask
from contracts.dms import CancelAppointment


@pytest.fixture
def tx() -> Iterator[Transaction]:
    engine = create_engine("sqlite://")
    tables.metadata.create_all(engine)
    with engine.begin() as connection:
        yield Transaction(connection)
    engine.dispose()


def test_thousands_in_one_transaction_have_their_numbers(tx: Transaction):
    subjects = [uuid4() for _ in range(1200)]
    first = [CancelAppointment(appointment_id=subject, reason="closed") for subject in subjects]
    again = [CancelAppointment(appointment_id=subject, reason="closed") for subject in (*subjects, subjects[0])]

    begun = number(tx, first)
    gone_on = number(tx, again)

    assert set(begun.values()) == {1}
    assert gone_on[again[-1].id] == 3
    assert {gone_on[command.id] for command in again[:-1]} == {2}


def test_the_same_subject_has_a_line_with_each_partner(tx: Transaction):
    subject = uuid4()
    to_dms = [CancelAppointment(appointment_id=subject, reason=reason) for reason in ("one", "two")]
    to_csc = CloseCallTask(appointment_id=subject, reason="closed")

    numbers = number(tx, [to_dms[0], to_csc, to_dms[1]])

    assert [numbers[command.id] for command in (*to_dms, to_csc)] == [1, 2, 1]


def test_what_was_told_before_under_its_id_takes_no_number(tx: Transaction):
    first = CancelAppointment(appointment_id=uuid4(), reason="closed").identified(uuid4())
    number(tx, [first])
    tx.execute(insert(tables.outbox).values(_row_of(first)))

    again = number(tx, [CancelAppointment(appointment_id=first.appointment_id, reason="closed").identified(first.id)])
    another = CancelAppointment(appointment_id=first.appointment_id, reason="closed")

    assert again == {}
    assert number(tx, [another]) == {another.id: 2}


def test_what_is_told_a_second_time_by_itself_takes_no_number(tx: Transaction):
    command = CancelAppointment(appointment_id=uuid4(), reason="closed")
    number(tx, [command])
    tx.execute(insert(tables.outbox).values(_row_of(command)))

    assert number(tx, [command]) == {}


def _row_of(command: CancelAppointment) -> dict[str, object]:
    described = {
        "type": command.type_name(),
        "subject": command.subject,
        "correlation_id": command.id,
        "causation_id": None,
        "size_bytes": 2,
    }
    return {"message_id": command.id, **described, "routes": "dms", "body": "{}", "written_at": 1, "leased_until": 0, "reported": False}
