"""Reminder tasks, standings, slips and decisions: what CSC is asked, and what its answers and its own news become."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from pydantic import TypeAdapter

from adapters.csc.translate import news_of
from chassis.errors import ContractBroken, Unavailable
from contracts.partners.csc import CscPush
from contracts.reminder_exchange import (
    ItemStanding,
    OpenReminderTasks,
    RecordReminders,
    RefusedTask,
    ReminderCall,
    ReminderDecided,
    ReminderSlipSaved,
    ReminderTask,
    ReminderTasksOpened,
)
from contracts.reminders import ContactState, Outcome, ReminderType, WechatState
from tests.fakes.partner import BUSY, answer
from tests.services.house import VAULT

PUSHES = TypeAdapter(CscPush)
PAGE = UUID("11111111-2222-4333-8444-555555555555")
ITEM = UUID("22222222-2222-4333-8444-555555555555")
OTHER = UUID("33333333-2222-4333-8444-555555555555")
AT = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)


def a_task(item_id: UUID) -> ReminderTask:
    return ReminderTask(
        item_id=item_id,
        origin_item_id=item_id,
        version=1,
        period="2026-12",
        type=ReminderType.INSURANCE,
        vin="LS4AAAAA1AA000001",
        customer_id="C0001",
        dealer_code="CQ01",
        due_date=date(2026, 12, 9),
        registered=False,
    )


TASKS = OpenReminderTasks(page_id=PAGE, period="2026-12", tasks=(a_task(ITEM), a_task(OTHER)))
STANDING = ItemStanding(
    item_id=ITEM,
    version=4,
    wechat_state=WechatState.DELIVERED,
    contact_state=ContactState.REACHED,
    outcome=Outcome.BOOKED,
    appointment_id=OTHER,
    changed_at=AT,
)


def test_a_page_of_tasks_goes_to_csc_in_its_words(csc_answering):
    csc = csc_answering(answer(200, {"opened": 2}))

    news = csc.open_reminder_tasks(TASKS)

    assert news == ReminderTasksOpened(page_id=PAGE, opened=2).identified(news.id)
    asked = csc.asked[0]
    assert (asked.method, asked.path, asked.headers["idempotency-key"]) == ("POST", "/reminder-tasks", str(TASKS.id))
    assert asked.json()["page_id"] == str(PAGE)
    assert asked.json()["tasks"][0] == {
        "item_id": str(ITEM),
        "origin_item_id": str(ITEM),
        "version": 1,
        "period": "2026-12",
        "type": "insurance",
        "vin": "LS4AAAAA1AA000001",
        "customer_id": "C0001",
        "dealer_code": "CQ01",
        "due_date": "2026-12-09",
        "registered": False,
        "priority": "normal",
        "carry_count": 0,
        "wechat_state": "none",
        "wechat_reason": "",
        "outcome": "open",
    }


def test_a_task_that_csc_refuses_is_named_and_the_others_stand(csc_answering):
    csc = csc_answering(answer(200, {"opened": 1, "refused": [{"item_id": str(OTHER), "reason": "unknown_dealer"}]}))

    news = csc.open_reminder_tasks(TASKS)

    refused = RefusedTask(item_id=OTHER, reason="unknown_dealer")
    assert news == ReminderTasksOpened(page_id=PAGE, opened=1, refused=(refused,)).identified(news.id)


def test_an_answer_that_does_not_account_for_every_task_breaks_the_contract(csc_answering):
    csc = csc_answering(answer(200, {"opened": 1}))

    with pytest.raises(ContractBroken):
        csc.open_reminder_tasks(TASKS)


def test_a_page_that_csc_refuses_whole_is_for_an_operator(csc_answering):
    csc = csc_answering(answer(422, {"code": "unknown_period", "message": "no"}))

    with pytest.raises(ContractBroken):
        csc.open_reminder_tasks(TASKS)


def test_a_csc_that_is_busy_is_asked_again_later(csc_answering):
    csc = csc_answering(BUSY)

    with pytest.raises(Unavailable):
        csc.open_reminder_tasks(TASKS)


def test_standings_go_to_csc_as_they_are(csc_answering):
    csc = csc_answering(answer(200, {"status": "ok"}))

    csc.record_reminders(RecordReminders(page_id=PAGE, standings=(STANDING,)))

    asked = csc.asked[0]
    assert (asked.method, asked.path) == ("POST", "/reminder-tasks/standings")
    assert asked.json()["standings"] == [
        {
            "item_id": str(ITEM),
            "version": 4,
            "wechat_state": "delivered",
            "wechat_reason": "",
            "contact_state": "reached",
            "outcome": "booked",
            "priority": "normal",
            "appointment_id": str(OTHER),
            "changed_at": "2026-12-01T01:00:00Z",
        }
    ]


def test_a_saved_slip_becomes_our_news():
    pushed = PUSHES.validate_python(
        {
            "type": "reminder.slip.saved",
            "timestamp": AT,
            "data": {
                "item_id": ITEM,
                "slip_id": "R-1",
                "version": 3,
                "dealer_code": "CQ01",
                "staff_id": "S7",
                "calls": [{"at": AT, "result": "no_answer", "next_call_at": AT}, {"at": AT, "result": "reached", "seconds": 95}],
                "customer_answer": "will_come",
                "remark": "",
                "saved_at": AT,
            },
        }
    )

    news = news_of(pushed, VAULT.vehicle_id)

    calls = (ReminderCall(at=AT, result="no_answer", next_call_at=AT), ReminderCall(at=AT, result="reached", seconds=95))
    assert news == ReminderSlipSaved(
        item_id=ITEM,
        slip_id="R-1",
        slip_version=3,
        dealer_code="CQ01",
        staff_id="S7",
        calls=calls,
        customer_answer="will_come",
        saved_at=AT,
    ).identified(news.id)


def test_the_managers_decision_becomes_our_news():
    data = {"item_id": ITEM, "decision": "drop", "reason": "moved away", "staff_id": "M1", "decided_at": AT}

    news = news_of(PUSHES.validate_python({"type": "reminder.item.decided", "timestamp": AT, "data": data}), VAULT.vehicle_id)

    assert news == ReminderDecided(item_id=ITEM, decision="drop", reason="moved away", staff_id="M1", decided_at=AT).identified(news.id)
    assert (news.actor.kind, news.actor.id, news.actor.role) == ("staff", "M1", "dcrc_manager")
