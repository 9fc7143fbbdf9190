"""Limits of a case: begun, met, dropped, changed, paused, and what is told of them when."""

from datetime import date, time, timedelta

from contracts.complaint_words import Basis, DeadlineKind
from services.complaints.clocks import deadlines
from services.complaints.clocks.deadlines import begin, change, drop_open, look, meet, next_due, pause, resume
from tests.services.complaints.clocks.limits import at, case_at, only, world_at

CLOSE, PLAN, REPLY, CUSTOM, VRT = (
    DeadlineKind.CLOSE,
    DeadlineKind.DEALER_PLAN,
    DeadlineKind.FIRST_REPLY,
    DeadlineKind.CUSTOM,
    DeadlineKind.VRT_CONCLUSION,
)
MONDAY_NINE = "2026-11-23 09:00"


def with_close(minutes=900, now=MONDAY_NINE, **more):
    return begin(case_at(), CLOSE, minutes, "李四", world_at(now), **more)


def test_a_limit_ends_when_its_working_minutes_are_over():
    limit = only(with_close(900))

    assert limit.due_at == at("2026-11-25 09:00")
    assert limit.started_at == at(MONDAY_NINE)
    assert limit.set_by == "李四"


def test_its_first_look_is_at_its_first_threshold():
    assert only(with_close(900)).next_look_at == at("2026-11-24 09:00")


def test_a_plan_is_counted_by_the_dealers_calendar_and_closing_by_the_default_one():
    closed = {"dealer:D001": {date(2026, 11, 23): ()}}
    world = world_at(MONDAY_NINE, others=closed)

    case = begin(begin(case_at(dealer_code="D001"), PLAN, 60, "李四", world), CLOSE, 60, "李四", world)

    assert [one.calendar_id for one in case.deadlines] == ["dealer:D001", "default"]
    assert [one.due_at for one in case.deadlines] == [at("2026-11-24 09:30"), at("2026-11-23 10:00")]


def test_a_new_limit_of_a_kind_takes_the_place_of_the_open_one():
    case = begin(with_close(900), CLOSE, 60, "王五", world_at("2026-11-23 10:00"))

    old, new = case.deadlines
    assert old.dropped_at == at("2026-11-23 10:00")
    assert not old.is_open
    assert new.is_open
    assert old.deadline_id != new.deadline_id


def test_custom_limits_and_those_of_vrt_groups_stand_beside_each_other():
    world = world_at(MONDAY_NINE)
    case = begin(case_at(), CUSTOM, 60, "李四", world, label="寄样件")
    case = begin(case, CUSTOM, 60, "李四", world, label="出报告")
    case = begin(case, VRT, 60, "李四", world, about_id=case.deadlines[0].deadline_id)
    case = begin(case, VRT, 60, "李四", world, about_id=case.deadlines[1].deadline_id)

    met = meet(case, VRT, world, about_id=case.deadlines[1].deadline_id)

    assert all(one.is_open for one in case.deadlines)
    assert [one.is_open for one in met.deadlines] == [True, True, True, False]


def test_what_is_met_in_time_is_not_breached():
    limit = only(meet(with_close(60), CLOSE, world_at("2026-11-23 09:59")))

    assert limit.met_at == at("2026-11-23 09:59")
    assert limit.breached_at is None
    assert limit.next_look_at is None


def test_what_is_met_too_late_before_the_sweep_saw_it_is_breached_when_it_ended():
    limit = only(meet(with_close(60), CLOSE, world_at("2026-11-23 10:07")))

    assert limit.met_at == at("2026-11-23 10:07")
    assert limit.breached_at == at("2026-11-23 10:00")


def test_what_was_met_is_not_met_again():
    met = meet(with_close(60), CLOSE, world_at("2026-11-23 09:30"))

    assert meet(met, CLOSE, world_at("2026-11-23 09:45")) == met


def test_the_end_of_a_case_drops_what_is_open_and_leaves_what_was_met():
    case = begin(with_close(60), REPLY, 60, "李四", world_at(MONDAY_NINE))
    case = meet(case, REPLY, world_at("2026-11-23 09:30"))

    ended = drop_open(case, world_at("2026-11-23 09:40"))

    assert [one.dropped_at for one in ended.deadlines] == [at("2026-11-23 09:40"), None]
    assert next_due(ended.deadlines) is None


def test_a_pause_moves_the_end_by_the_working_time_of_the_pause():
    still = pause(with_close(900), only(with_close(900)), "李四", "part", world_at("2026-11-23 11:00"))
    goes_on = resume(still, only(still), world_at("2026-11-23 14:00"))

    assert only(goes_on).due_at == at("2026-11-25 11:00") - timedelta(minutes=30)
    assert only(goes_on).pauses[0].until == at("2026-11-23 14:00")


def test_a_pause_over_a_weekend_costs_nothing():
    case = with_close(900, now="2026-11-20 09:00")

    still = pause(case, only(case), "李四", "customer", world_at("2026-11-20 17:30"))
    goes_on = resume(still, only(still), world_at("2026-11-23 08:30"))

    assert only(goes_on).due_at == only(case).due_at


def test_while_it_stands_still_nothing_is_looked_at_and_nothing_is_over():
    case = with_close(60)
    still = pause(case, only(case), "李四", "part", world_at("2026-11-23 09:30"))

    looked = look(only(still), world_at("2026-11-25 09:00"))

    assert only(still).next_look_at is None
    assert (looked.warnings, looked.is_over) == ((), False)
    assert next_due(still.deadlines) is None


def test_a_pause_survives_a_change_of_the_limit():
    case = with_close(900)
    still = pause(case, only(case), "李四", "part", world_at("2026-11-23 11:00"))
    goes_on = resume(still, only(still), world_at("2026-11-23 14:30"))

    longer = change(goes_on, only(goes_on), 960, world_at("2026-11-23 15:00"), by="王五", reason="客户同意")

    assert only(longer).pauses == only(goes_on).pauses
    assert only(longer).due_at == at("2026-11-25 12:00")
    (revision,) = only(longer).revisions
    assert (revision.old_minutes, revision.new_minutes, revision.by, revision.reason) == (900, 960, "王五", "客户同意")
    assert (revision.old_due_at, revision.new_due_at) == (only(goes_on).due_at, only(longer).due_at)


def test_a_limit_can_be_changed_while_it_stands_still():
    case = with_close(120)
    still = pause(case, only(case), "李四", "part", world_at("2026-11-23 10:00"))
    longer = change(still, only(still), 180, world_at("2026-11-24 10:00"), by="李四", reason="缺件")

    goes_on = resume(longer, only(longer), world_at("2026-11-25 09:00"))

    assert only(longer).next_look_at is None
    assert only(goes_on).due_at == at("2026-11-25 11:00")


def test_what_is_met_while_it_stands_still_is_met_in_time():
    case = with_close(60)
    still = pause(case, only(case), "李四", "part", world_at("2026-11-23 09:30"))

    limit = only(meet(still, CLOSE, world_at("2026-11-27 09:00")))

    assert limit.breached_at is None
    assert limit.pauses[0].until == at("2026-11-27 09:00")
    assert limit.met_at < limit.due_at


def test_each_threshold_is_told_once_and_what_was_missed_in_order():
    limit = only(with_close(4800))

    halfway = look(limit, world_at("2026-11-30 11:30"))
    again = look(halfway.deadline, world_at("2026-11-30 11:30"))
    much_later = look(halfway.deadline, world_at("2026-12-08 14:00"))

    assert halfway.warnings == ("50%",)
    assert again.warnings == ()
    assert much_later.warnings == ("24h", "80%", "2h")
    assert much_later.is_over


def test_when_it_is_over_it_is_breached_once_and_looked_at_no_more():
    case = with_close(60)
    over = look(only(case), world_at("2026-11-23 10:00"))

    breached = deadlines.breach(case, only(case), world_at("2026-11-23 10:01"))

    assert over.is_over
    assert only(breached).breached_at == at("2026-11-23 10:00")
    assert only(breached).next_look_at is None
    assert not look(only(breached), world_at("2026-11-24 10:00")).is_over
    assert next_due(breached.deadlines) == at("2026-11-23 10:00")


def test_a_limit_that_is_over_is_not_made_undone_by_a_longer_one():
    longer = change(with_close(60), only(with_close(60)), 120, world_at("2026-11-23 10:30"), by="李四", reason="等待客户")

    old, new = longer.deadlines
    assert old.breached_at == at("2026-11-23 10:00")
    assert not old.is_open
    assert new.due_at == at("2026-11-23 14:00")
    assert new.breached_at is None


def test_a_longer_limit_warns_again_of_what_lies_ahead_again():
    case = with_close(80)
    warned = deadlines.with_deadline(case, look(only(case), world_at("2026-11-23 10:05")).deadline)

    longer = change(warned, only(warned), 110, world_at("2026-11-23 10:06"), by="李四", reason="客户同意")

    assert only(warned).warned == ("50%", "80%")
    assert only(longer).warned == ("50%",)
    assert look(only(longer), world_at("2026-11-23 10:30")).warnings == ("80%",)


def test_thresholds_longer_than_the_limit_are_left_out():
    names = [name for name, _ in deadlines.thresholds(only(with_close(130)), world_at(MONDAY_NINE).terms)]

    assert names == ["2h", "50%", "80%"]


def test_the_last_warning_of_a_limit_foresees_that_it_is_not_kept():
    terms = world_at(MONDAY_NINE).terms
    limit = only(with_close(4800))

    before = look(limit, world_at("2026-12-04 17:00")).deadline
    after = look(limit, world_at("2026-12-07 16:00")).deadline

    assert not deadlines.last_warning_told(before, terms)
    assert deadlines.last_warning_told(after, terms)


def test_a_change_of_the_calendar_moves_what_is_open_with_a_revision():
    limit = only(with_close(900))
    closed = world_at("2026-11-23 12:00", others={"default": {date(2026, 11, 24): ()}})

    moved = deadlines.calendar_changed(limit, closed, by="admin", reason="盘点")

    assert moved.due_at == at("2026-11-26 09:00")
    assert moved.revisions[0].reason == "盘点"
    assert moved.next_look_at == at("2026-11-25 09:00")
    assert deadlines.calendar_changed(moved, closed, by="admin", reason="盘点") == moved


def test_a_limit_that_a_new_calendar_ends_before_its_pause_ends_there():
    case = with_close(300, now="2026-11-21 09:00")
    still = pause(case, only(case), "李四", "part", world_at("2026-11-23 10:00"))
    goes_on = resume(still, only(still), world_at("2026-11-23 16:00"))
    worked = world_at("2026-11-23 16:30", others={"default": {date(2026, 11, 21): ((time(9), time(13, 30)),)}})

    moved = deadlines.calendar_changed(only(goes_on), worked, by="admin", reason="加班")

    assert moved.due_at == at("2026-11-23 09:00")


def test_a_change_of_the_calendar_leaves_what_is_over_as_it_was():
    case = with_close(60)
    breached = only(deadlines.breach(case, only(case), world_at("2026-11-23 10:01")))
    closed = world_at("2026-11-24 12:00", others={"default": {date(2026, 11, 23): ()}})

    assert deadlines.calendar_changed(breached, closed, by="admin", reason="盘点") == breached


def test_by_the_clock_nights_count_as_well():
    assert only(with_close(1440, basis=Basis.CALENDAR)).due_at == at("2026-11-24 09:00")
