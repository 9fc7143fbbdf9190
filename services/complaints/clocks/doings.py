"""Steps about limits themselves: set, paused, resumed, dropped by the handler, breached by the system (A-CMP-36, 37, flows 4.3). Pure."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from contracts.complaint_steps.beside import Breach, DropDeadline, MeetDeadline, Pause, Resume, SetDeadline
from contracts.complaint_words import Basis, DeadlineKind, State
from services.complaints.cases.case import Case
from services.complaints.cases.parts import Deadline
from services.complaints.cases.taking import Acting, Doing, Refused, World
from services.complaints.clocks import deadlines
from services.complaints.clocks.calendars import DEFAULT, calendar_of

FARTHEST = timedelta(days=3 * 366)
BEFORE_A_PLAN = frozenset({State.ASSIGNED, State.RETURNED, State.ACCEPTED, State.PLANNING})


def set_deadline(case: Case, form: SetDeadline, by: Acting, world: World) -> Case:
    """Another length or end of the limit that is meant, with a reason; or, where there is none, a new one from now.

    One that is set by its end outside of working time ends when the working time before that does. Raises Refused.
    """
    if (form.minutes is None) == (form.due_at is None):
        raise Refused("minutes_or_due", "请填写时长或截止时间其中一项", "Give either a length or an end.")
    if form.due_at is not None and form.due_at > world.now + FARTHEST:
        raise Refused("too_far", "截止时间不能晚于三年之后", "A limit ends within three years.")
    meant = _meant(case, form)
    basis = form.basis or (meant.basis if meant else Basis.WORKING)
    minutes = _minutes(case, meant, form, basis, world)
    if minutes < 1:
        raise _past()
    if meant is None:
        return deadlines.begin(case, form.kind, minutes, by.name, world, basis=basis, label=form.label)
    if not form.reason:
        raise Refused("reason", "修改时限须说明原因", "A limit is changed with a reason.")
    changed = deadlines.change(case, meant, minutes, world, by=by.name, reason=form.reason, basis=basis)
    if any(one.is_open and one.deadline_id == meant.deadline_id and deadlines.used_up(one, world) for one in changed.deadlines):
        raise _past()
    return changed


def pause(case: Case, form: Pause, by: Acting, world: World) -> Case:
    """Raises Refused where one of them is over, or stands still already."""
    for one in _named(case, form.deadlines):
        if one.stands_still:
            raise Refused("stands_still", "该时限已暂停", "This limit stands still already.")
        if deadlines.over(one, world.now):
            raise Refused("over", "已超期的时限不能暂停", "A limit that is over cannot be paused.")
        case = deadlines.pause(case, one, by.name, form.reason, world)
    return case


def resume(case: Case, form: Resume, _by: Acting, world: World) -> Case:
    """Raises Refused where one of them does not stand still."""
    for one in _named(case, form.deadlines):
        if not one.stands_still:
            raise Refused("goes_on", "该时限没有暂停", "This limit does not stand still.")
        case = deadlines.resume(case, one, world)
    return case


def meet_deadline(case: Case, form: MeetDeadline, _by: Acting, world: World) -> Case:
    """Kept, or, where it is over, breached and met. Raises Refused."""
    return deadlines.met(case, _custom(case, form.deadline_id), world)


def drop_deadline(case: Case, form: DropDeadline, _by: Acting, world: World) -> Case:
    """Not wanted any more. Raises Refused."""
    return deadlines.drop(case, _custom(case, form.deadline_id), world)


def breach(case: Case, form: Breach, _by: Acting, world: World) -> Case:
    """Once. Raises Refused where it does not end yet, stands still, or was breached already."""
    (one,) = _named(case, (form.deadline_id,))
    if one.breached_at is not None or not deadlines.over(one, world.now):
        raise Refused("not_over", "该时限未到期", "This limit is not over.")
    return deadlines.breach(case, one, world)


def _meant(case: Case, form: SetDeadline) -> Deadline | None:
    """The open limit that is to be changed; None: a new one is meant. Raises Refused."""
    if form.deadline_id is not None:
        (one,) = _named(case, (form.deadline_id,))
        if one.kind is not form.kind:
            raise Refused("no_limit", "没有这个时限", "There is no such limit.")
        return one
    wanted = [one for one in case.deadlines if one.is_open and one.kind is form.kind]
    if form.kind is DeadlineKind.CUSTOM:
        wanted = [one for one in wanted if one.label == form.label]
    if len(wanted) > 1:
        raise Refused("which", "有多个同类时限，请指明是哪一个", "There are several of this kind: say which one.")
    if not wanted and not _may_begin(case, form):
        raise Refused("no_limit", "现在没有这个时限", "There is no such limit now.")
    return wanted[0] if wanted else None


def _may_begin(case: Case, form: SetDeadline) -> bool:
    match form.kind:
        case DeadlineKind.CUSTOM:
            return bool(form.label)
        case DeadlineKind.FIRST_REPLY:
            return case.first_replied_at is None
        case DeadlineKind.DEALER_PLAN:
            return case.state in BEFORE_A_PLAN
        case DeadlineKind.CLOSE:
            return case.filed_at is not None
        case DeadlineKind.VRT_CONCLUSION:
            return False


def _minutes(case: Case, meant: Deadline | None, form: SetDeadline, basis: Basis, world: World) -> int:
    """From its beginning; of one that begins now, from now."""
    if form.minutes is not None:
        return form.minutes
    due_at: datetime = form.due_at or world.now
    if meant is None or deadlines.over(meant, world.now):
        calendar_id = calendar_of(case.dealer_code) if form.kind is DeadlineKind.DEALER_PLAN else DEFAULT
        return world.calendars.minutes_between(calendar_id, basis, world.now, due_at)
    return deadlines.minutes_until(replace(meant, basis=basis), due_at, world.calendars)


def _named(case: Case, wanted: tuple[UUID, ...]) -> list[Deadline]:
    """Open ones, each once. Raises Refused."""
    known = {one.deadline_id: one for one in case.deadlines if one.is_open}
    if not known.keys() >= set(wanted):
        raise Refused("no_limit", "没有这个时限，或它已结束", "There is no such limit, or it is closed.")
    return [known[one] for one in dict.fromkeys(wanted)]


def _custom(case: Case, deadline_id: UUID) -> Deadline:
    """The others end with what they are for. Raises Refused."""
    (one,) = _named(case, (deadline_id,))
    if one.kind is not DeadlineKind.CUSTOM:
        raise Refused("not_custom", "只有自定义时限可以这样结束", "Custom limits alone end by themselves.")
    return one


def _past() -> Refused:
    return Refused("past", "这个时限在此刻之前就已到期", "Such a limit would be over by now.")


DOINGS: Mapping[str, Doing] = {
    "set_deadline": set_deadline,
    "pause": pause,
    "resume": resume,
    "meet_deadline": meet_deadline,
    "drop_deadline": drop_deadline,
    "breach": breach,
}
