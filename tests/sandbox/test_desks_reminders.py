"""Reminders on the pages of the desks: who is called first, what a slip says, what the manager decides, and what is on record."""

import pytest

from tests.sandbox.desk_visitor import Visitor, words_of
from tests.sandbox.reminder_acts import ZHANGS_CAR, a_standing, a_task, all_pages, ask, for_decision, open_tasks, tell_standings
from tests.sandbox.stage import eventually, said


@pytest.fixture(params=["zh", "en"])
def csc(stage, request):
    return Visitor(stage, "csc", request.param)


@pytest.fixture
def at_csc(stage):
    return Visitor(stage, "csc")


@pytest.fixture
def at_dms(stage):
    return Visitor(stage, "dms")


def heard(stage, kind):
    return eventually(lambda: [said(each)["data"] for each in stage.cheqiao.heard if said(each)["type"] == kind])


def test_every_page_about_reminders_is_there_with_and_without_records(csc, stage):
    pages = ["/pages/reminders", "/pages/decisions", "/pages/dates", "/pages/campaigns", f"/pages/dates/{ZHANGS_CAR}"]
    empty = [csc.reads(page) for page in pages]
    for_decision(stage, a_task())
    open_tasks(stage, a_task(carry_count=2, priority="high"))

    full = [csc.reads(page) for page in [*pages, "/pages/reminders?show=all", "/pages/decisions?list=not_returned&show=all"]]

    assert all(words.strip() for words in empty + full)
    assert "张伟" in full[0]


def test_a_call_and_then_the_slip_are_filled_in_at_the_page(at_csc, stage):
    task = a_task()
    open_tasks(stage, task)
    page = f"/pages/reminders/{task['item_id']}"

    before = at_csc.reads(page)
    after_call = words_of(at_csc.sends(f"{page}/call", result="reached"))
    after_slip = words_of(at_csc.sends(f"{page}/slip", customer_answer="will_come", remark="周六来", staff_id="DCRC-03"))

    assert "接通之后在这里填写提醒单" in before
    assert "客户怎么说" in after_call
    assert "提醒单已保存" in after_slip
    slip = eventually(lambda: next((each for each in heard(stage, "reminder.slip.saved") if each["saved_at"]), None))
    assert (slip["customer_answer"], slip["remark"], slip["staff_id"]) == ("will_come", "周六来", "DCRC-03")


@pytest.mark.parametrize(
    ("form", "complaint"), [({"staff_id": "D"}, "请选择一项"), ({"customer_answer": "will_come", "staff_id": ""}, "请填写")]
)
def test_a_slip_that_is_not_right_is_shown_again(at_csc, stage, form, complaint):
    task = a_task()
    open_tasks(stage, task)
    page = f"/pages/reminders/{task['item_id']}"
    at_csc.sends(f"{page}/call", result="reached")

    answer = at_csc.sends(f"{page}/slip", **form)

    assert answer.status_code == 422
    assert complaint in words_of(answer)


def test_the_manager_ticks_two_and_decides_once(at_csc, stage):
    first, second, third = a_task(), a_task(), a_task()
    for_decision(stage, first, second, third)

    answer = at_csc.sends(
        "/pages/decisions?list=not_returned", item=[first["item_id"], second["item_id"]], decision="drop", reason="车已卖出"
    )

    assert "已决定 2 条" in words_of(answer)
    assert "list=not_returned" in answer.url
    assert first["item_id"] not in answer.text
    assert third["item_id"] in answer.text


@pytest.mark.parametrize(("form", "complaint"), [({"decision": "carry"}, "请先勾选"), ({"decision": "drop", "reason": ""}, "请填写原因")])
def test_a_decision_about_nothing_or_without_its_reason_is_not_made(at_csc, stage, form, complaint):
    task = a_task()
    for_decision(stage, task)
    ticked = {"item": [task["item_id"]]} if form["decision"] == "drop" else {}

    answer = at_csc.sends("/pages/decisions", **form, **ticked)

    assert answer.status_code == 422
    assert complaint in words_of(answer)
    assert stage.desk_get("/csc/desk/reminders", show="not_returned")["reminders"]


def test_what_came_by_wechat_and_what_became_of_it_is_on_the_page(at_csc, stage):
    task = a_task()
    open_tasks(stage, task)
    tell_standings(stage, "csc", a_standing(task["item_id"], wechat_state="failed", wechat_reason="template", outcome="returned"))

    words = at_csc.reads(f"/pages/reminders/{task['item_id']}")

    assert all(each in words for each in ("未送达", "template", "已回厂", "这个提醒已结束"))


def test_a_list_of_many_turns_its_pages_and_keeps_its_filter(at_csc, stage):
    open_tasks(stage, *(a_task(type="insurance") for _ in range(60)), *(a_task() for _ in range(5)))

    first = at_csc.opens("/pages/reminders?type=insurance")
    after = first.text.split("after=")[1].split('"')[0].split("&")[0]
    second = at_csc.opens(f"/pages/reminders?type=insurance&after={after}")

    assert [page.text.count("data-row=") for page in (first, second)] == [50, 10]


def test_an_end_of_a_page_that_was_never_given_is_a_problem_and_no_error(at_csc):
    assert at_csc.opens("/pages/reminders?after=7").status_code == 400


def test_dates_are_entered_for_a_car_that_had_none(at_csc, stage):
    vin = "LS4BBBBB1BB000009"

    found = at_csc.opens(f"/pages/dates?q={vin.lower()}")
    saved = at_csc.sends(f"/pages/dates/{vin}", next_maintenance_date="2027-03-01", next_inspection_date="", mileage_km="")

    assert found.url.endswith(f"/pages/dates/{vin}")
    assert "日期已保存" in words_of(saved)
    assert heard(stage, "service_dates.updated")[0]["next_maintenance_date"] == "2027-03-01"


@pytest.mark.parametrize(
    ("path", "form"), [("LS4", {}), (ZHANGS_CAR, {"next_inspection_date": "morgen"}), (ZHANGS_CAR, {"mileage_km": "viel"})]
)
def test_dates_that_are_none_are_not_saved(at_csc, stage, path, form):
    answer = at_csc.sends(f"/pages/dates/{path}", **form)

    assert answer.status_code == 422
    assert [row["version"] for row in all_pages(stage, "csc", "/service-dates", "dates")] == [1] * 5


def test_a_campaign_is_published_and_withdrawn_on_its_page(at_csc, stage):
    form = {
        "name": "冬季检测",
        "starts_on": "2026-11-01",
        "ends_on": "2999-01-01",
        "models": "CQ5 cq7",
        "first_year": "",
        "dealer_code": "",
    }

    published = at_csc.sends("/pages/campaigns", **form)
    (record,) = heard(stage, "campaign.published")
    withdrawn = at_csc.sends(f"/pages/campaigns/{record['campaign_no']}/withdraw")

    assert "活动已发布" in words_of(published)
    assert record["audience"]["models"] == ["CQ5", "CQ7"]
    assert "活动已撤回" in words_of(withdrawn)


def test_a_campaign_with_its_ends_the_wrong_way_round_is_shown_again(at_csc):
    answer = at_csc.sends("/pages/campaigns", name="冬季检测", starts_on="2999-02-01", ends_on="2999-01-01")

    assert (answer.status_code, "结束日期应不早于开始日期" in words_of(answer)) == (422, True)


@pytest.mark.parametrize(("typed", "kept"), [("24100", 24_100), ("", None)])
def test_the_dms_says_what_was_done_when_the_car_leaves(at_dms, stage, typed, kept):
    at_dms.sends("/pages/visits", vin=ZHANGS_CAR, dealer_code="D001")

    asked = at_dms.reads("/pages/visits/VISIT-000001")
    left = at_dms.sends("/pages/visits/VISIT-000001/close", **{"service:MAINTENANCE": "on", "mileage_km": typed})

    (closed,) = heard(stage, "visit.closed")
    assert "做了什么" in asked
    assert "已离店" in words_of(left)
    assert (closed["services"], closed["mileage_km"]) == (["MAINTENANCE"], kept)


def test_a_mileage_that_is_none_keeps_the_car_here(at_dms, stage):
    at_dms.sends("/pages/visits", vin=ZHANGS_CAR, dealer_code="D001")

    answer = at_dms.sends("/pages/visits/VISIT-000001/close", mileage_km="viel")

    assert answer.status_code == 422
    assert stage.state("dms")["visits"][0]["closed_at"] is None


def test_the_month_that_cheqiao_made_stands_beside_our_own(at_dms, stage):
    at_dms.sends("/pages/month", period="2026-12")
    own = eventually(lambda: [run for run in stage.state("dms")["months"] if run["state"] == "completed"])[0]
    run = {
        "run_no": 1,
        "counts": [{"type": "insurance", "items": 3}],
        "checksum": own["checksum"],
        "finished_at": "2026-11-30T01:20:00+08:00",
    }
    ask(stage, "dms", "PUT", "/reminder-runs/2026-12", run)

    words = at_dms.reads("/pages/month")

    assert "与本系统一致" in words
    assert "已推送完" in words


def test_cars_on_record_are_found_by_the_end_of_their_vin(at_dms):
    listed, found = at_dms.reads("/pages/records"), at_dms.reads("/pages/records?q=aa000001")
    one = at_dms.reads("/pages/records/1")

    assert listed.count("CAR-0000000") == 5
    assert (found.count("CAR-0000000"), ZHANGS_CAR in found) == (1, True)
    assert all(each in one for each in ("张伟", "SOUTHWEST", "2024-03-18"))
