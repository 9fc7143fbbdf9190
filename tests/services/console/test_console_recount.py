"""A month counted anew from the console: who may, what is asked, and what is said about what differs."""

import pytest

from contracts.reminder_figures import RecountRow
from tests.services.console.reminding_fake import RemindingFake

LAST = "2026-02"


def off(measure="returned", kept=12, counted=15, type="maintenance", dealer="D007"):
    return RecountRow(period=LAST, region_code="EAST", dealer_code=dealer, type=type, measure=measure, kept=kept, counted=counted)


@pytest.mark.parametrize("of", ["reminders", "appointments"])
def test_what_is_equal_is_said_so_and_written_down(console, reminding: RemindingFake, of):
    answer = console.login("operator").post("/figures/recount", {"of": of, "period": LAST})

    assert "一致" in answer.text
    assert "2026年2月" in answer.text
    assert reminding.asked == [("GET", f"/{of}/v1/recount", {"period": LAST}, "operator", None)]
    assert console.audited() == [("operator", f"recount.{of}", LAST)]


def test_what_differs_is_a_table_in_words_with_both_numbers(console, reminding: RemindingFake):
    reminding.off = (off(), off("due_carried", 4, 1, "service", "D009"), off("unheard_of", 1, 0, "new_type"))

    answer = console.login("auditor").post("/figures/recount", {"of": "reminders", "period": LAST})

    assert "3 处不一致" in answer.text
    for told in ("D007", "保养", "已回厂", ">12<", ">15<", "−3", "五类合计", "结转", "+3", "unheard_of", "new_type"):
        assert told in answer.text
    assert "没有改动任何数字" in answer.text


def test_of_thousands_the_first_are_listed_and_the_rest_are_counted(console, reminding: RemindingFake):
    reminding.off = (off(),) * 1203

    answer = console.login("operator").post("/figures/recount", {"of": "reminders", "period": LAST})

    assert answer.text.count("D007") == 500
    assert "1,203 处不一致" in answer.text
    assert "另有 703 处没有列出" in answer.text


def test_appointments_have_no_type_and_no_region(console, reminding: RemindingFake):
    reminding.off = (off("confirmed", 3, 2, ""),)

    answer = console.login("operator").post("/figures/recount", {"of": "appointments", "period": LAST})

    assert "已确认" in answer.text
    assert ">大区<" not in answer.text.split("<main")[1]
    assert ">类型<" not in answer.text


@pytest.mark.parametrize("role", ["dealer_manager", "region_manager"])
def test_managers_of_a_part_are_neither_offered_it_nor_let_in(console, reminding: RemindingFake, role):
    manager = console.login(role)

    page, answers = manager.get("/figures"), [manager.get("/figures/recount"), manager.post("/figures/recount", {"of": "reminders"})]

    assert "/figures/recount" not in page.text
    assert [answer.status_code for answer in answers] == [403, 403]
    assert {path for _, path, *_ in reminding.asked} == {"/reminders/v1/figures"}


@pytest.mark.parametrize(("path", "of"), [("/figures", "reminders"), ("/figures/appointments", "appointments")])
def test_the_statistics_lead_there_with_their_month(console, path, of):
    visitor = console.login("integrator")

    answer = visitor.get(f"{path}?period={LAST}")
    page = visitor.get(f"/figures/recount?of={of}&period={LAST}")

    assert f"/console/figures/recount?of={of}&amp;period={LAST}" in answer.text
    assert f'<option value="{LAST}" selected>' in page.text
    assert f'<option value="{of}" selected>' in page.text


@pytest.mark.parametrize("asked", [{"of": "all", "period": LAST}, {"of": "reminders", "period": "soon"}])
def test_what_cannot_be_counted_is_said_and_nobody_is_asked(console, reminding: RemindingFake, asked):
    answer = console.login("operator").post("/figures/recount", asked)

    assert answer.status_code == 400
    assert reminding.asked == []
    assert console.audited() == []


def test_without_the_token_nothing_is_counted(console, reminding: RemindingFake):
    answer = console.login("operator").post("/figures/recount", {"of": "reminders", "period": LAST, "csrf": "x"})

    assert answer.status_code == 403
    assert reminding.asked == []


def test_while_the_service_is_away_the_page_says_which(console, reminding: RemindingFake):
    reminding.stop()

    answer = console.login("operator").post("/figures/recount", {"of": "appointments", "period": LAST})

    assert answer.status_code == 503
    assert "预约服务暂时没有回答" in answer.text
