"""The sender's count of its partner commands, whatever one transaction tells."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from sqlalchemy import create_engine

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
