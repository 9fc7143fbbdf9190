"""The sweep: each warning and each breach once, also after a day on which nothing ran."""

from contextlib import suppress

from sqlalchemy import event, select, update

from contracts.complaint_exchange import RecordComplaintWarning
from contracts.complaint_steps.beside import Pause, Resume, SetDeadline
from contracts.complaint_words import DeadlineKind, Trigger
from contracts.complaints import ComplaintDeadlineBreached, ComplaintDeadlineWarning
from services.complaints.clocks import sweep as sweeping
from services.complaints.tables import cases, steps
from tests.services.complaints.cases.case_worlds import HANDLER
from tests.services.complaints.clocks.limits import at


def look(desk):
    """All that is to be seen by now; what was told."""
    while sweeping.sweep(desk.house.database, desk.service.terms, desk.service.now):
        pass
    return desk.house.told()


def warnings(told, kind=None):
    return [one.threshold for one in told if isinstance(one, ComplaintDeadlineWarning) and kind in (None, one.kind)]


def breaches(told):
    return [one.kind for one in told if isinstance(one, ComplaintDeadlineBreached)]


def of_kind(desk, complaint_id, kind):
    return [one for one in desk.case(complaint_id).deadlines if one.kind is kind][-1]


def test_a_warning_is_told_when_its_threshold_is_passed_and_not_again(any_desk):
    any_desk.receive()
    any_desk.house.told()
    any_desk.wait(minutes=59)
    before = look(any_desk)
    any_desk.wait(minutes=1)

    told = look(any_desk)

    assert before == []
    assert [(type(one), one.threshold, one.kind) for one in told] == [
        (ComplaintDeadlineWarning, "50%", DeadlineKind.FIRST_REPLY),
        (RecordComplaintWarning, "50%", DeadlineKind.FIRST_REPLY),
    ]
    assert look(any_desk) == []


def test_after_a_day_without_a_sweep_all_that_was_missed_is_told_once_in_order(any_desk):
    any_desk.receive()
    any_desk.house.told()
    any_desk.wait(days=1)

    told = look(any_desk)

    assert warnings(told) == ["50%", "80%"]
    assert breaches(told) == [DeadlineKind.FIRST_REPLY]
    assert look(any_desk) == []


def test_a_breach_is_a_step_of_the_system(desk):
    complaint_id = desk.receive()
    desk.wait(days=1)

    look(desk)

    with desk.house.database.read() as connection:
        row = connection.execute(select(steps).where(steps.c.step == "breach")).one()
    (limit,) = desk.case(complaint_id).deadlines
    assert (row.by, row.role, row.via) == ("system", "system", "system")
    assert limit.breached_at == limit.due_at
    assert limit.next_look_at is None


def test_what_stands_still_is_not_warned_of_and_goes_on_later(desk):
    complaint_id = desk.filed()
    close = of_kind(desk, complaint_id, DeadlineKind.CLOSE)
    desk.take(complaint_id, HANDLER, Pause(deadlines=(close.deadline_id,), reason="part", note="缺件"))
    desk.wait(days=60)
    during = look(desk)
    desk.take(complaint_id, HANDLER, Resume(deadlines=(close.deadline_id,)))
    desk.wait(days=10)

    assert warnings(during, DeadlineKind.CLOSE) == []
    assert warnings(look(desk), DeadlineKind.CLOSE) == ["50%"]


def test_a_longer_limit_that_is_set_by_its_end_warns_again_before_that(desk):
    complaint_id = desk.filed()
    desk.wait(days=11)
    first = warnings(look(desk), DeadlineKind.CLOSE)
    desk.take(complaint_id, HANDLER, SetDeadline(kind=DeadlineKind.CLOSE, due_at=at("2026-12-31 17:30"), reason="等总部答复"))
    desk.wait(days=16)

    again = warnings(look(desk), DeadlineKind.CLOSE)
    desk.wait(days=9)

    assert first == ["50%", "24h", "80%"]
    assert again == ["50%"]
    assert warnings(look(desk), DeadlineKind.CLOSE) == ["80%", "24h"]


def test_when_closing_in_time_is_not_to_be_expected_an_escalation_is_drafted(desk):
    complaint_id = desk.filed()
    desk.wait(days=14, hours=5)

    told = look(desk)

    assert warnings(told, DeadlineKind.CLOSE) == ["50%", "24h", "80%", "2h"]
    assert DeadlineKind.CLOSE not in breaches(told)
    assert [one.trigger for one in desk.case(complaint_id).escalations] == [Trigger.FORESEEN_OVERDUE]


def test_a_breach_of_closing_drafts_an_escalation(desk):
    complaint_id = desk.filed()
    desk.wait(days=20)

    look(desk)

    assert [one.trigger for one in desk.case(complaint_id).escalations] == [Trigger.OVERDUE]
    assert look(desk) == []


def test_many_breaches_are_taken_some_at_a_time_and_none_is_left(desk):
    these = {desk.receive() for _ in range(7)}
    desk.wait(days=1)
    told = []

    for _ in range(4):
        with desk.house.write() as tx:
            sweeping.look_at(tx, these, desk.service.terms, desk.now, most_steps=2)
        told.append(desk.house.told())

    assert [len(breaches(some)) for some in told] == [2, 2, 2, 1]
    assert [sorted(warnings(some)) for some in told] == [["50%", "50%", "80%", "80%"]] * 3 + [["50%", "80%"]]


def test_many_breaches_are_written_together(desk):
    """Of a day that was missed there are thousands."""
    desk.receive_many(40)
    desk.wait(days=1)
    statements = []
    event.listen(desk.house.database.engine, "after_cursor_execute", lambda *told: statements.append(told[2]))

    told = look(desk)

    assert len(breaches(told)) == 40
    assert len(statements) < 40


def test_a_limit_of_a_case_that_has_ended_is_looked_at_no_more(desk):
    complaint_id = desk.receive()
    with desk.house.write() as tx:
        tx.execute(update(cases).where(cases.c.complaint_id == complaint_id).values(state="closed", is_open=False))
    desk.wait(days=1)
    desk.house.told()

    told = look(desk)

    assert breaches(told) == []
    assert look(desk) == []


def test_two_copies_that_look_at_the_same_time_tell_nothing_twice(any_desk):
    complaint_id = any_desk.receive()
    any_desk.house.told()
    any_desk.wait(days=1)

    for _ in range(2):  # the second found the same cases due, and holds them when the first is done
        with any_desk.house.write() as tx:
            sweeping.look_at(tx, {complaint_id}, any_desk.service.terms, any_desk.now)

    told = any_desk.house.told()
    assert warnings(told) == ["50%", "80%"]
    assert breaches(told) == [DeadlineKind.FIRST_REPLY]


def test_a_sweep_that_breaks_off_tells_nothing_and_the_next_one_all(desk):
    complaint_id = desk.receive()
    desk.house.told()
    desk.wait(days=1)
    with suppress(KeyboardInterrupt), desk.house.write() as tx:
        sweeping.look_at(tx, {complaint_id}, desk.service.terms, desk.now)
        raise KeyboardInterrupt

    broken_off = desk.house.told()

    assert broken_off == []
    assert warnings(look(desk)) == ["50%", "80%"]
