"""Reminder tasks, standings, slips and decisions in CSC's words and ours: pure functions, dialect `reference` (flows 2.4)."""

from contracts.envelope import Event
from contracts.partners.reminders import (
    DecisionRecord,
    ReminderDecidedPush,
    ReminderSlip,
    ReminderSlipSavedPush,
    StandingsPage,
    TaskRow,
    TasksAnswer,
    TasksPage,
)
from contracts.reminder_exchange import (
    OpenReminderTasks,
    RecordReminders,
    RefusedTask,
    ReminderCall,
    ReminderDecided,
    ReminderSlipSaved,
    ReminderTasksOpened,
)


def tasks_page(wish: OpenReminderTasks) -> TasksPage:
    """A-REM-26, 27"""
    rows = tuple(TaskRow.model_validate(task.model_dump()) for task in wish.tasks)
    return TasksPage(page_id=wish.page_id, period=wish.period, tasks=rows)


def tasks_opened(wish: OpenReminderTasks, answer: TasksAnswer) -> ReminderTasksOpened:
    refused = tuple(RefusedTask(item_id=row.item_id, reason=row.reason) for row in answer.refused)
    return ReminderTasksOpened(page_id=wish.page_id, opened=answer.opened, refused=refused)


def standings_page(wish: RecordReminders) -> StandingsPage:
    return StandingsPage(page_id=wish.page_id, standings=wish.standings)


def news_of_reminder(push: ReminderSlipSavedPush | ReminderDecidedPush) -> Event:
    match push:
        case ReminderSlipSavedPush(data=slip):
            return _slip_saved(slip)
        case ReminderDecidedPush(data=decision):
            return _decided(decision)


def _slip_saved(slip: ReminderSlip) -> ReminderSlipSaved:
    """A-REM-29..31"""
    return ReminderSlipSaved(
        item_id=slip.item_id,
        slip_id=slip.slip_id,
        slip_version=slip.version,
        dealer_code=slip.dealer_code,
        staff_id=slip.staff_id,
        calls=tuple(ReminderCall.model_validate(call.model_dump()) for call in slip.calls),
        customer_answer=slip.customer_answer,
        appointment_id=slip.appointment_id,
        remark=slip.remark or None,
        saved_at=slip.saved_at,
    )


def _decided(decision: DecisionRecord) -> ReminderDecided:
    """A-REM-40..44"""
    return ReminderDecided.model_validate(decision.model_dump())
