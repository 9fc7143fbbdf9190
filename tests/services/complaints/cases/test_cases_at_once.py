"""Many at one case and at one counter at the same moment, where transactions really run side by side; and all of it on that database."""

import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest

from chassis.database import in_one_transaction
from chassis.internal_api import Problem
from contracts.complaining import CaseQuery, StepOrder
from contracts.complaint_steps.beside import Note
from contracts.complaint_steps.handling import Assign
from contracts.complaint_steps.intake import Link
from contracts.complaint_words import Role
from services.complaints.api.steps_api import take_order
from services.complaints.cases import queue
from services.complaints.cases.taking import Acting
from tests.services.complaints.cases.case_walks import STAFF
from tests.services.complaints.cases.case_worlds import HANDLER, Desk, listed, submission
from tests.services.complaints.cases.test_random_walks import Walks, check_cases, check_columns, check_log, kept

AT_ONCE = 8


@pytest.fixture
def desk(place):
    desk = Desk(place.database_url.format(schema="complaints"))
    yield desk
    desk.house.database.dispose()


def all_at_once(work: Callable[[int], object], how_many: int) -> list[object]:
    """What each came to; they begin together."""
    begin = threading.Barrier(how_many)

    def one(number: int) -> object:
        begin.wait()
        return work(number)

    with ThreadPoolExecutor(how_many) as pool:
        return list(pool.map(one, range(how_many)))


def order(desk, case, form, version, *, by=HANDLER, step_id=None):
    """As the desk's route does it: the problem's code, or empty."""
    said = StepOrder(version=version, step_id=step_id or uuid4(), form=form)
    try:
        in_one_transaction(desk.house.database, lambda tx: take_order(tx, case, said, by, at=desk.now, terms=desk.service.terms), tries=20)
    except Problem as problem:
        return problem.body["code"]
    return ""


def test_numbers_given_at_once_are_each_given_once_and_none_is_left_out(desk):
    def submit_some(_number):
        for _ in range(5):
            message = submission()
            in_one_transaction(desk.house.database, lambda tx, it=message: desk.service.on_submit(it, tx), tries=20)

    all_at_once(submit_some, AT_ONCE)

    numbers = sorted(case.number for case in kept(desk).values())
    assert numbers == [f"TS261123{count:04d}" for count in range(1, 5 * AT_ONCE + 1)]


def test_of_many_at_one_case_one_is_heard_and_the_others_are_told_that_it_has_changed(desk):
    case = desk.filed()
    for n in range(AT_ONCE):
        desk.house.only_deliver(listed(f"D{n}"))

    codes = all_at_once(
        lambda n: order(desk, case, Assign(region_code="EAST", dealer_code=f"D{n}"), 2, by=Acting(f"h{n}", Role.HANDLER)), AT_ONCE
    )

    assert sorted(codes) == ["", *["changed"] * (AT_ONCE - 1)]
    assert desk.case(case).version == 3


def test_one_step_sent_many_times_at_once_is_taken_once(desk):
    case, step_id = desk.filed(), uuid4()

    codes = all_at_once(lambda _n: order(desk, case, Assign(region_code="EAST", dealer_code="D001"), 2, step_id=step_id), AT_ONCE)

    assert codes == [""] * AT_ONCE
    assert desk.case(case).version == 3


def test_notes_of_many_at_once_are_all_kept(desk):
    case = desk.filed()

    codes = all_at_once(lambda n: order(desk, case, Note(text=f"{n}"), 2), AT_ONCE)

    assert codes == [""] * AT_ONCE
    assert desk.case(case).version == 2 + AT_ONCE


def test_two_cases_linked_from_both_sides_at_once_are_linked_once_each_way(desk):
    for _ in range(5):
        one, other = desk.receive(), desk.receive()
        pairs = ((one, other), (other, one))

        codes = all_at_once(lambda n, pairs=pairs: order(desk, pairs[n][0], Link(other_id=pairs[n][1]), 1), 2)

        assert sorted(codes) in (["", "changed"], ["", "linked_already"])
        assert (desk.case(one).linked, desk.case(other).linked) == ((other,), (one,))


def test_what_one_customer_sends_at_once_is_all_linked(desk):
    def submit(_number):
        message = submission()
        in_one_transaction(desk.house.database, lambda tx: desk.service.on_submit(message, tx), tries=20)
        return message.complaint_id

    ids = set(all_at_once(submit, 4))

    assert {one: set(desk.case(one).linked) for one in ids} == {one: ids - {one} for one in ids}


def test_walks_keep_what_must_hold_on_this_database_too(desk):
    walks = Walks(desk, 99, 40)
    for _ in range(12):
        walks.round()

    known = kept(desk)

    check_log(desk, known)
    check_columns(desk, known)
    check_cases(known)
    check_queues(desk, random.Random(1))


def check_queues(desk, dice):
    """By pages of any size each queue is what it is in one, in the same order; its count is how many it has."""
    names = ("mine", "unassigned", "overdue", "escalated", "call_backs", "open", "all")
    with desk.house.database.read() as connection:
        for by in STAFF:
            counted = queue.counts(connection, by, desk.now, 1000)
            for name in names:
                asked = CaseQuery(queue=name)
                whole = queue.page(connection, asked, by, desk.now, None, most=1000)
                paged, after = [], None
                while more := queue.page(connection, asked, by, desk.now, after, most=(size := dice.randint(1, 9)))[:size]:
                    paged += more
                    after = more[-1]
                assert paged == whole, (name, by)
                if name != "all":
                    assert counted[name] == len(whole), (name, by)
