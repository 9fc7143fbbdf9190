"""The three lists, and decisions about one or many: what is asked, what is told, what the audit keeps."""

import json
from datetime import timedelta

import pytest

from services.console.periods import moved
from services.console.store import audit as audit_rows
from tests.services.console.reminding_fake import DEALERS, PAGE, REGIONS

LAST = "2026-02"


def on_list(reminding, dealer=""):
    return [item for item in reminding.items() if dealer in ("", item.dealer_code)]


def details(console):
    with console.context.database.read() as connection:
        rows = connection.execute(audit_rows.select().where(audit_rows.c.action.like("reminder.%")).order_by(audit_rows.c.number)).all()
    return [(row.actor, row.action, row.about, json.loads(row.details)) for row in rows]


def test_until_what_nobody_decided_is_carried_over_the_decisions_of_the_last_month_come_first(console, reminding):
    console.now.at -= timedelta(days=4)

    console.login("operator").get("/lists")

    assert ("GET", "/reminders/v1/lists/for_decision", moved(reminding.period, -1)) in [
        (a, b, q.get("period")) for a, b, q, *_ in reminding.asked
    ]


def test_a_list_shows_who_is_on_it_and_pages_by_cursor(console, reminding):
    visitor = console.login("operator")

    first, second = visitor.get(f"/lists?period={LAST}"), visitor.get(f"/lists?period={LAST}&after={PAGE}")

    items = on_list(reminding)
    assert f"…{items[0].vin}" in first.text
    assert f"{len(items)} 条" in first.text
    assert f"after={PAGE}" in first.text
    assert f"…{items[PAGE].vin}" in second.text


def test_an_export_holds_all_pages_and_stands_in_the_audit(console, reminding):
    answer = console.login("operator").get(f"/lists?period={LAST}&list=not_returned&format=csv")

    assert len(answer.text.splitlines()) == 1 + len(on_list(reminding))
    assert ("operator", "list.exported", "not_returned") in console.audited()


def test_the_filter_goes_with_the_question_and_the_counts_of_the_lists_follow_it(console, reminding):
    answer = console.login("operator").get(f"/lists?period={LAST}&list=not_tracked&region=EAST&dealer=D002&type=inspection")

    (query,) = [query for _, path, query, *_ in reminding.asked if path.endswith("/lists/not_tracked")]
    assert query == {"period": LAST, "region": "EAST", "dealer": "D002", "type": "inspection"}
    assert f"未跟踪<b>{reminding.sums(LAST, 'D002', 'inspection').not_tracked:,}</b>" in answer.text


def test_many_are_decided_at_once_each_with_its_line_in_the_audit(console, reminding):
    chosen = [item.item_id for item in on_list(reminding)[:3]]

    answer = console.login("operator").post(
        "/lists/decide", {"item": chosen, "decision": "drop", "reason": " 已在他店保养 ", "list": "for_decision", "period": LAST}
    )

    assert answer.headers["Location"] == f"/console/lists?list=for_decision&period={LAST}&decided=3"
    assert reminding.decided == dict.fromkeys(chosen, ("drop", "已在他店保养", "operator"))
    told = {"decision": "drop", "reason": "已在他店保养", "at_once": 3}
    assert details(console) == [("operator", "reminder.drop", str(one), told) for one in chosen]


def test_what_was_decided_before_stands_and_is_said(console, reminding):
    one, other = (item.item_id for item in on_list(reminding)[:2])
    reminding.decided[one] = ("carry", "", "csc")
    visitor = console.login("operator")

    back = visitor.post("/lists/decide", {"item": [one, other], "decision": "drop", "reason": "x", "period": LAST})
    shown = visitor.get(back.headers["Location"].removeprefix("/console"))

    assert "1 条已决定" in shown.text
    assert "1 条之前已有决定，以那个为准" in shown.text
    assert reminding.decided[one][0] == "carry"


def test_a_manager_decides_within_their_dealer_only(console, reminding):
    own, foreign = on_list(reminding, "D001")[0].item_id, on_list(reminding, "D009")[0].item_id

    answer = console.login("dealer_manager").post("/lists/decide", {"item": [own, foreign], "decision": "carry"})

    assert answer.headers["Location"].endswith("decided=1&not_open=1")
    assert set(reminding.decided) == {own}
    assert reminding.asked[-1][3:] == ("dealer_manager", "dealer:D001")


def test_a_regions_manager_sees_the_items_of_the_region_alone(console, reminding):
    manager = console.login("region_manager")
    foreign = next(item for item in reminding.items() if DEALERS[item.dealer_code][1] != "EAST")

    listed, other = manager.get(f"/lists?period={LAST}&region=WEST"), manager.get(f"/items/{foreign.item_id}")

    assert not [name for name, region in DEALERS.values() if region != "EAST" and name in listed.text]
    assert REGIONS["WEST"] not in listed.text
    assert other.status_code == 404


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"decision": "drop", "reason": " "}, 422),
        ({"decision": "void", "reason": ""}, 422),
        ({"decision": "drop", "reason": "x" * 65}, 422),
        ({"decision": "drop", "reason": "车主电话 13800138000"}, 422),
        ({"decision": "burn"}, 400),
        ({"decision": "carry", "item": []}, 400),
        ({"decision": "carry", "item": ["x"]}, 400),
    ],
)
def test_a_decision_that_cannot_be_goes_nowhere(console, reminding, form, status):
    item = on_list(reminding)[0].item_id

    answer = console.login("operator").post("/lists/decide", {"item": [item], **form})

    assert answer.status_code == status
    assert (reminding.decided, details(console)) == ({}, [])


def test_an_auditor_sees_the_lists_and_decides_nothing(console, reminding):
    visitor, item = console.login("auditor"), on_list(reminding)[0].item_id

    refused = visitor.post("/lists/decide", {"item": [item], "decision": "carry"})

    assert refused.status_code == 403
    assert "data-decides" not in visitor.get(f"/lists?period={LAST}").text
    assert reminding.decided == {}


def test_no_decision_goes_out_without_its_line(console, reminding):
    reminding.stop()
    visitor = console.login("operator")

    answer = visitor.post("/lists/decide", {"item": [on_list(reminding)[0].item_id], "decision": "carry"})

    assert (answer.status_code, len(details(console))) == (503, 1)


def test_before_a_month_is_over_an_item_can_only_be_void(console):
    answer = console.login("operator").get(f"/lists?period={LAST}&list=not_returned")

    assert 'data-decides="decide-void"' in answer.text
    assert 'data-decides="decide-carry"' not in answer.text


def test_an_item_tells_what_happened_to_it_and_the_decision_comes_back_to_it(console, reminding):
    visitor, item = console.login("operator"), on_list(reminding)[0]

    told = visitor.get(f"/items/{item.item_id}")
    back = visitor.post("/lists/decide", {"item": item.item_id, "item_page": item.item_id, "decision": "carry"})
    after = visitor.get(back.headers["Location"].removeprefix("/console"))

    assert "无人接听" in told.text
    assert "1 条已决定" in after.text
    assert 'data-opens="decide-carry"' not in after.text
