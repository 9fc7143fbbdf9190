"""Steps about limits: what the handler may say of them, and what is refused."""

from uuid import UUID, uuid4

import pytest

from contracts.complaint_steps.beside import Breach, DropDeadline, MeetDeadline, Pause, Resume, SetDeadline
from contracts.complaint_words import Basis, DeadlineKind, Role, State
from services.complaints.cases.taking import BY_ITSELF, Acting, Refused, take
from services.complaints.clocks import deadlines
from services.complaints.clocks.doings import DOINGS
from services.complaints.figures.measures import measures
from tests.services.complaints.clocks.limits import at, case_at, only, world_at

HANDLER = Acting("李四", Role.HANDLER)
DEALER = Acting("王五", Role.DEALER, dealer_code="D001")
NINE, TEN = "2026-11-23 09:00", "2026-11-23 10:00"
CLOSE, PLAN, REPLY, CUSTOM, VRT = (
    DeadlineKind.CLOSE,
    DeadlineKind.DEALER_PLAN,
    DeadlineKind.FIRST_REPLY,
    DeadlineKind.CUSTOM,
    DeadlineKind.VRT_CONCLUSION,
)


def with_limit(kind=CLOSE, minutes=120, **known):
    return deadlines.begin(case_at(**known), kind, minutes, "李四", world_at(NINE), label="寄样件" if kind is CUSTOM else "")


def taken(case, form, now=TEN, by=HANDLER):
    return take(case, form, by, world_at(now), DOINGS)


def refusal(case, form, now=TEN, by=HANDLER):
    with pytest.raises(Refused) as no:
        taken(case, form, now, by)
    return no.value.code


def test_a_limit_that_is_there_is_changed_with_a_reason():
    case = with_limit()

    changed = only(taken(case, SetDeadline(kind=CLOSE, minutes=180, reason="客户出差")))

    assert changed.due_at == at("2026-11-23 12:00")
    assert changed.revisions[0].reason == "客户出差"
    assert refusal(case, SetDeadline(kind=CLOSE, minutes=180)) == "reason"


def test_a_limit_is_set_by_its_end():
    changed = only(taken(with_limit(), SetDeadline(kind=CLOSE, due_at=at("2026-11-24 10:00"), reason="客户出差")))

    assert changed.due_at == at("2026-11-24 10:00")
    assert changed.minutes == 510


def test_an_end_outside_of_working_time_is_the_end_of_the_working_time_before():
    changed = only(taken(with_limit(), SetDeadline(kind=CLOSE, due_at=at("2026-11-28 20:00"), reason="客户出差")))

    assert changed.due_at == at("2026-11-27 17:30")


def test_by_the_clock_an_end_stands_where_it_was_set():
    form = SetDeadline(kind=CLOSE, due_at=at("2026-11-28 20:00"), basis=Basis.CALENDAR, reason="客户出差")

    assert only(taken(with_limit(), form)).due_at == at("2026-11-28 20:00")


def test_an_end_is_set_without_losing_the_pauses():
    case = with_limit()
    still = taken(case, Pause(deadlines=(only(case).deadline_id,), reason="part", note="缺件"))
    goes_on = taken(still, Resume(deadlines=(only(case).deadline_id,)), "2026-11-24 10:00")

    changed = only(taken(goes_on, SetDeadline(kind=CLOSE, due_at=at("2026-11-25 10:00"), reason="客户出差"), "2026-11-24 10:30"))

    assert changed.due_at == at("2026-11-25 10:00")
    assert changed.minutes == 510
    assert len(changed.pauses) == 1


@pytest.mark.parametrize(
    ("form", "code"),
    [
        (SetDeadline(kind=CLOSE, reason="x"), "minutes_or_due"),
        (SetDeadline(kind=CLOSE, minutes=60, due_at=at("2026-11-24 10:00"), reason="x"), "minutes_or_due"),
        (SetDeadline(kind=CLOSE, minutes=30, reason="x"), "past"),
        (SetDeadline(kind=CLOSE, due_at=at("2026-11-23 09:30"), reason="x"), "past"),
        (SetDeadline(kind=CLOSE, due_at=at("2035-01-01 09:30"), reason="x"), "too_far"),
        (SetDeadline(kind=VRT, minutes=60), "no_limit"),
        (SetDeadline(kind=PLAN, minutes=60), "no_limit"),
        (SetDeadline(kind=CUSTOM, minutes=60), "no_limit"),
        (SetDeadline(kind=CUSTOM, deadline_id=UUID(int=9), minutes=60, label="寄样件"), "no_limit"),
        (Pause(deadlines=(UUID(int=9),), reason="part", note="缺件"), "no_limit"),
    ],
)
def test_what_cannot_be_set_is_refused(form, code):
    assert refusal(with_limit(), form) == code


def test_a_limit_of_its_own_begins_now():
    case = taken(with_limit(), SetDeadline(kind=CUSTOM, label="寄样件", minutes=60))

    assert case.deadlines[1].due_at == at("2026-11-23 11:00")
    assert case.deadlines[1].label == "寄样件"


def test_a_plan_that_is_awaited_can_be_given_a_limit_by_the_dealers_calendar():
    case = taken(case_at(state=State.ASSIGNED, dealer_code="D001"), SetDeadline(kind=PLAN, minutes=60))

    assert only(case).calendar_id == "dealer:D001"


def test_of_several_groups_the_limit_that_is_meant_is_named():
    case = deadlines.begin(with_limit(VRT), VRT, 60, "李四", world_at(NINE), about_id=UUID(int=8))
    first, second = case.deadlines
    form = SetDeadline(kind=VRT, minutes=180, reason="补充检测")

    changed = taken(case, form.model_copy(update={"deadline_id": second.deadline_id}), "2026-11-23 09:30")

    assert refusal(case, form, "2026-11-23 09:30") == "which"
    assert [one.minutes for one in changed.deadlines] == [120, 180]
    assert changed.deadlines[0] == first


def test_a_limit_that_is_over_stays_breached_and_another_begins():
    case = taken(with_limit(), SetDeadline(kind=CLOSE, minutes=60, reason="等待总部"), "2026-11-23 14:00")

    old, new = case.deadlines
    assert old.breached_at == at("2026-11-23 11:00")
    assert (new.started_at, new.due_at) == (at("2026-11-23 14:00"), at("2026-11-23 15:00"))


def test_a_limit_stands_still_and_goes_on():
    case = with_limit()
    named = (only(case).deadline_id,)

    still = taken(case, Pause(deadlines=named, reason="customer", note="客户出差"))
    goes_on = taken(still, Resume(deadlines=named), "2026-11-24 10:00")

    assert only(still).stands_still
    assert only(still).pauses[0].by == "李四"
    assert only(goes_on).due_at == at("2026-11-24 11:00")
    assert refusal(still, Pause(deadlines=named, reason="part", note="缺件")) == "stands_still"
    assert refusal(case, Resume(deadlines=named)) == "goes_on"


def test_a_limit_that_stands_still_is_not_made_shorter_than_what_is_used_up_of_it():
    case = with_limit()
    still = taken(case, Pause(deadlines=(only(case).deadline_id,), reason="customer", note="客户出差"))

    assert refusal(still, SetDeadline(kind=CLOSE, minutes=60, reason="x"), "2026-11-25 09:00") == "past"
    assert only(taken(still, SetDeadline(kind=CLOSE, minutes=61, reason="x"), "2026-11-25 09:00")).minutes == 61


def test_a_limit_by_the_clock_stays_one_when_its_length_alone_is_changed():
    by_the_clock = taken(case_at(), SetDeadline(kind=CUSTOM, label="寄样件", minutes=600, basis=Basis.CALENDAR))

    longer = only(taken(by_the_clock, SetDeadline(kind=CUSTOM, label="寄样件", minutes=900, reason="样件未到"), "2026-11-23 11:00"))
    in_hours = only(
        taken(by_the_clock, SetDeadline(kind=CUSTOM, label="寄样件", minutes=60, basis=Basis.WORKING, reason="改"), "2026-11-23 10:30")
    )

    assert (longer.basis, longer.due_at) == (Basis.CALENDAR, at("2026-11-24 01:00"))
    assert in_hours.basis is Basis.WORKING


def test_a_limit_named_twice_is_paused_once():
    case = with_limit()

    still = taken(case, Pause(deadlines=(only(case).deadline_id,) * 2, reason="customer", note="客户出差"))

    assert len(only(still).pauses) == 1


def test_what_is_over_cannot_be_paused():
    case = with_limit()
    form = Pause(deadlines=(only(case).deadline_id,), reason="part", note="缺件")

    assert refusal(case, form, "2026-11-23 11:00") == "over"


def test_a_dealer_never_pauses_a_limit():
    case = with_limit()

    assert refusal(case, Pause(deadlines=(only(case).deadline_id,), reason="part", note="缺件"), by=DEALER) == "not_yours"


def test_only_a_custom_limit_is_dropped():
    case = with_limit()
    custom = with_limit(CUSTOM)

    dropped = only(taken(custom, DropDeadline(deadline_id=only(custom).deadline_id, reason="不需要了")))

    assert dropped.dropped_at == at(TEN)
    assert refusal(case, DropDeadline(deadline_id=only(case).deadline_id, reason="不需要了")) == "not_custom"


def test_what_a_custom_limit_was_set_for_is_done_and_it_counts_as_kept():
    custom = with_limit(CUSTOM)

    met = taken(custom, MeetDeadline(deadline_id=only(custom).deadline_id, note="已回电"), "2026-11-23 10:30")

    assert (only(met).met_at, only(met).breached_at, only(met).next_look_at) == (at("2026-11-23 10:30"), None, None)
    (counted,) = measures(met).values()
    assert (counted["custom_met"], counted["custom_kept"]) == (1, 1)


def test_a_custom_limit_that_is_met_too_late_is_breached_and_met():
    custom = with_limit(CUSTOM)

    met = only(taken(custom, MeetDeadline(deadline_id=only(custom).deadline_id), "2026-11-24 10:00"))

    assert met.breached_at == met.due_at
    assert met.met_at == at("2026-11-24 10:00")


def test_only_a_custom_limit_is_met_by_hand_and_once():
    case, custom = with_limit(), with_limit(CUSTOM)
    met = taken(custom, MeetDeadline(deadline_id=only(custom).deadline_id))

    assert refusal(case, MeetDeadline(deadline_id=only(case).deadline_id)) == "not_custom"
    assert refusal(met, MeetDeadline(deadline_id=only(custom).deadline_id)) == "no_limit"
    assert refusal(custom, MeetDeadline(deadline_id=only(custom).deadline_id), by=DEALER) == "not_yours"


def test_a_breach_is_taken_once_when_the_limit_is_over():
    case = with_limit()
    form = Breach(deadline_id=only(case).deadline_id)

    breached = taken(case, form, "2026-11-23 11:00", BY_ITSELF)

    assert refusal(case, form, "2026-11-23 10:59", BY_ITSELF) == "not_over"
    assert only(breached).breached_at == at("2026-11-23 11:00")
    assert refusal(breached, form, "2026-11-23 11:01", BY_ITSELF) == "not_over"


def test_what_stands_still_is_not_breached():
    case = with_limit()
    still = taken(case, Pause(deadlines=(only(case).deadline_id,), reason="part", note="缺件"))

    assert refusal(still, Breach(deadline_id=only(case).deadline_id), "2026-11-25 09:00", BY_ITSELF) == "not_over"


def test_an_unknown_limit_is_not_breached():
    assert refusal(with_limit(), Breach(deadline_id=uuid4()), "2026-11-25 09:00", BY_ITSELF) == "no_limit"
