"""The reports over HTTP: what they show, split, and to whom."""

from datetime import timedelta

import pytest

from contracts.complaint_figures import ComplaintSums
from contracts.complaint_steps.beside import Breach, Escalate
from contracts.complaint_steps.closing import ApproveClosure, ProposeClosure, Reopen
from contracts.complaint_steps.handling import Accept, AuthorisePlan, CarryOut, StartPlanning, SubmitPlan
from contracts.complaint_steps.intake import Withdraw
from contracts.complaint_words import CloseReason, DeadlineKind, Role, Trigger
from services.complaints.cases.taking import BY_ITSELF, Acting
from services.complaints.figures.appraisal import ROWS
from services.complaints.figures.sums import SUMS
from services.complaints.tables import MEASURES
from tests.services.complaints.cases.case_worlds import AGENT, DEALER, HANDLER, LEADER, OTHER_DEALER, REGION, listed

MONTH = "2026-11"
MONITOR = Acting("jiang", Role.MONITOR)
WAY = (
    (Accept(), DEALER),
    (StartPlanning(), DEALER),
    (SubmitPlan(content="换件", fee=100), DEALER),
    (AuthorisePlan(), LEADER),
    (CarryOut(accepted=True), DEALER),
    (ProposeClosure(reason=CloseReason.SATISFIED, evidence="签字"), DEALER),
    (ApproveClosure(said="谢谢"), HANDLER),
)
WHOSE = (AGENT, HANDLER, LEADER, MONITOR, REGION, DEALER)


def closed(desk, **changes):
    complaint_id = desk.assigned(**changes)
    for form, by in WAY:
        desk.take(complaint_id, by, form)
    return complaint_id


def closed_for_d002(desk):
    """Withdrawn once it is with them, which the handler approves."""
    complaint_id = desk.assigned(dealer="D002", region="WEST")
    desk.take(complaint_id, AGENT, Withdraw(reason="不再追究"))
    desk.take(complaint_id, HANDLER, ApproveClosure(said="谢谢"))


def sums_of(desk, by=MONITOR, **asked):
    """By code, type and grade: what is not nothing."""
    answered = desk.ask("GET", "/figures", by, params={"first": MONTH, "last": MONTH, **asked}).json()
    return {
        (row["code"], row["type"], row["grade"]): {name: number for name, number in row["sums"].items() if number}
        for row in answered["rows"]
    }


def pass_limit(desk, complaint_id, kind=DeadlineKind.CLOSE):
    """Its limit of this kind runs out, as the sweep finds it."""
    (limit,) = (one for one in desk.case(complaint_id).deadlines if one.kind is kind and one.is_open)
    desk.service.now.at = limit.due_at + timedelta(minutes=1)
    desk.take(complaint_id, BY_ITSELF, Breach(deadline_id=limit.deadline_id), via="system")


def test_every_measure_has_its_place_in_the_answer():
    assert tuple(ComplaintSums.model_fields) == MEASURES


def test_what_was_done_in_a_month_is_counted_once_on_every_level(asked):
    complaint_id = closed(asked)
    asked.assigned(dealer="D002", region="WEST")
    asked.take(complaint_id, HANDLER, Reopen(reason="handler"))

    of_dealers = sums_of(asked, level="dealer")
    (of_nation,) = sums_of(asked).values()

    assert of_dealers["D001", None, None].items() >= {"closed": 1, "closed_satisfied": 1, "close_kept": 1, "closed_reopened": 1}.items()
    assert of_dealers["D002", None, None] == {"received": 1}
    assert (of_nation["received"], of_nation["closed"], of_nation["reopened"]) == (2, 1, 1)
    assert set(sums_of(asked, level="region")) == {("EAST", None, None), ("WEST", None, None)}


def test_figures_are_split_by_type_and_by_grade(asked):
    asked.assigned()
    asked.receive()

    assert sums_of(asked, split="type") == {("", "quality", None): {"received": 1}, ("", None, None): {"received": 1}}
    assert sums_of(asked, split="grade", type="quality") == {("", None, "general"): {"received": 1}}


def test_escalations_are_counted_by_trigger_and_level(asked):
    asked.take(asked.assigned(), HANDLER, Escalate(trigger=Trigger.OVERDUE, level=3, note="急"))

    (found,) = sums_of(asked).values()

    assert found == {"received": 1, "drafted": 1, "escalated": 1, "escalated_overdue": 1, "escalated_level_3": 1}


def test_a_dealer_and_a_region_see_their_own_alone(asked):
    asked.house.deliver(listed("D001"))
    asked.assigned()
    asked.assigned(dealer="D002", region="WEST")

    assert set(sums_of(asked, DEALER, level="dealer")) == {("D001", None, None)}
    assert set(sums_of(asked, DEALER, level="dealer", code="D002")) == set()
    assert set(sums_of(asked, REGION, level="dealer")) == {("D001", None, None)}
    assert sums_of(asked, OTHER_DEALER, level="dealer") == {("D002", None, None): {"received": 1}}
    for by, level in ((DEALER, "nation"), (DEALER, "region"), (REGION, "nation")):
        assert asked.ask("GET", "/figures", by, params={"first": MONTH, "last": MONTH, "level": level}).status_code == 403


def test_who_names_anothers_code_is_shown_nothing(asked):
    pass_limit(asked, asked.assigned(dealer="D002", region="WEST"))
    closed_for_d002(asked)
    month = f"{asked.now:%Y-%m}"

    def rows(path, by, **named):
        return asked.ask("GET", path, by, params={"period": month, **named}).json()["rows"]

    assert rows("/figures/overdue", OTHER_DEALER, level="dealer", code="D002")
    assert rows("/appraisal", OTHER_DEALER, dealer="D002")
    for by in (DEALER, REGION):
        assert rows("/figures/overdue", by, level="dealer", code="D002") == []
        assert [rows("/appraisal", by, **named) for named in ({"dealer": "D002"}, {"region": "WEST"}, {})] == [[]] * 3
    assert rows("/figures/overdue", REGION, level="region", code="WEST") == []
    for by, level in ((DEALER, "nation"), (DEALER, "region"), (REGION, "nation")):
        assert asked.ask("GET", "/figures/overdue", by, params={"period": month, "level": level}).status_code == 403


@pytest.mark.parametrize("path", ["/figures", "/figures/overdue", "/figures/recount", "/appraisal"])
def test_who_sees_single_cases_only_sees_no_reports(asked, path):
    answered = asked.ask("GET", path, Acting("chen", Role.VRT), params={"first": MONTH, "last": MONTH, "period": MONTH})

    assert answered.status_code == 403


def test_what_changes_after_the_freeze_stands_beside_the_figures(asked):
    complaint_id = asked.assigned()
    with asked.house.write() as tx:
        SUMS.freeze(tx, asked.now.date() + timedelta(days=14), 6, asked.now)
    asked.take(complaint_id, DEALER, Accept())
    asked.receive()

    answered = asked.ask("GET", "/figures", MONITOR, params={"first": MONTH, "last": MONTH}).json()

    (row,) = answered["rows"]
    assert (row["sums"]["received"], row["corrections"]["received"]) == (1, 1)
    assert set(answered["frozen"]) == {MONTH}


def test_open_cases_over_their_limit_are_shown_by_age_until_they_end(asked):
    complaint_id = asked.assigned()
    pass_limit(asked, complaint_id)
    month = f"{asked.now:%Y-%m}"
    young = asked.ask("GET", "/figures/overdue", DEALER, params={"period": month, "level": "dealer"}).json()["rows"]
    asked.wait(days=5)
    older = asked.ask("GET", "/figures/overdue", MONITOR, params={"period": month, "split": "grade"}).json()["rows"]
    others = asked.ask("GET", "/figures/overdue", OTHER_DEALER, params={"period": month, "level": "dealer"}).json()["rows"]
    before = asked.ask("GET", "/figures/overdue", MONITOR, params={"period": "2026-10"}).json()["rows"]
    of_type = {
        type: [row["total"] for row in asked.ask("GET", "/figures/overdue", MONITOR, params={"period": month, "type": type}).json()["rows"]]
        for type in ("quality", "sales")
    }
    for form, by in WAY:
        asked.take(complaint_id, by, form)
    after = asked.ask("GET", "/figures/overdue", MONITOR, params={"period": f"{asked.now:%Y-%m}"}).json()["rows"]

    assert of_type == {"quality": [1], "sales": []}
    assert [(row["code"], row["total"], row["up_to_1_day"]) for row in young] == [("D001", 1, 1)]
    assert [(row["grade"], row["total"], row["up_to_1_day"], row["up_to_7_days"]) for row in older] == [("general", 1, 0, 1)]
    assert (others, before, after) == ([], [], [])


def test_the_recount_finds_nothing_and_the_appraisal_has_a_row_for_each_case_that_ended(asked):
    number = asked.case(closed(asked)).number
    closed(asked, dealer="D001", region="EAST")
    asked.receive()

    recounted = asked.ask("GET", "/figures/recount", MONITOR, params={"period": MONTH}).json()
    rows = asked.ask("GET", "/appraisal", DEALER, params={"period": MONTH}).json()["rows"]
    others = asked.ask("GET", "/appraisal", OTHER_DEALER, params={"period": MONTH}).json()["rows"]

    assert recounted == {"period": MONTH, "off": 0, "rows": []}
    assert next(row["number"] for row in rows) == number
    assert [(row["fee_yuan"], row["close_reason"], row["limits_breached"]) for row in rows] == [("100.00", "satisfied", 0)] * 2
    assert others == []
    assert asked.ask("GET", "/figures/recount", DEALER, params={"period": MONTH}).status_code == 403


def test_appraisal_pages_hold_every_case_once_in_the_order_of_their_numbers(asked):
    for _ in range(ROWS + 26):
        asked.take(asked.receive(), AGENT, Withdraw())

    first = asked.ask("GET", "/appraisal", MONITOR, params={"period": MONTH}).json()
    second = asked.ask("GET", "/appraisal", MONITOR, params={"period": MONTH, "after": first["next"]}).json()

    numbers = [row["number"] for row in (*first["rows"], *second["rows"])]
    assert (len(first["rows"]), second["next"]) == (ROWS, None)
    assert len(set(numbers)) == ROWS + 26
    assert numbers == sorted(numbers)


@pytest.mark.parametrize("by", WHOSE, ids=lambda by: by.role)
def test_those_who_have_cases_in_hand_see_their_reports(asked, by):
    assert asked.ask("GET", "/figures", by, params={"first": MONTH, "last": MONTH, "level": "dealer"}).status_code == 200
