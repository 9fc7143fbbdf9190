"""The stand-ins hold what reminders follow from, take what Cheqiao tells of them, and tell what their people do (flows 2)."""

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import TypeAdapter
from standardwebhooks import Webhook

from contracts.partners.csc import CscPush
from contracts.partners.reminders import TasksAnswer
from contracts.partners.vehicles import CampaignsPage, CarsPage, DatesPage
from sandbox.clock import CHINA
from tests.sandbox.dms_acts import a_sale, desk
from tests.sandbox.reminder_acts import (
    ZHANGS_CAR,
    a_standing,
    a_task,
    all_pages,
    ask,
    at_the_desk,
    for_decision,
    open_tasks,
    tell_standings,
)
from tests.sandbox.stage import SECRETS, eventually

PUSH = TypeAdapter(CscPush)
CAMPAIGN = {"name": "冬季免费检测", "text": "三十二项检测", "starts_on": "2026-11-01", "ends_on": "2999-12-31"}


def pushed(stage, number):
    heard = eventually(lambda: len(stage.cheqiao.heard) >= number and stage.cheqiao.heard)
    return [PUSH.validate_python(Webhook(SECRETS.csc_webhook_secret).verify(each.body, each.headers)) for each in heard]


def test_the_cars_of_the_beginning_have_facts_in_pages_as_agreed(stage):
    cars = CarsPage.model_validate_json(ask(stage, "dms", "GET", "/cars").content)
    dates = DatesPage.model_validate_json(ask(stage, "csc", "GET", "/service-dates").content)

    assert (len(cars.cars), cars.total, cars.next_cursor) == (5, 5, None)
    assert {car.vin for car in cars.cars} == {row.vin for row in dates.dates}
    assert {car.region_code for car in cars.cars} == {"SOUTHWEST"}


def test_something_is_due_this_month_from_the_first_day(stage):
    today = datetime.now(CHINA).date()

    dates = {row["vin"]: row for row in all_pages(stage, "csc", "/service-dates", "dates")}

    due = datetime.fromisoformat(dates[ZHANGS_CAR]["next_maintenance_date"]).date()
    assert today <= due <= today + timedelta(days=3)
    assert (due.year, due.month) == (today.year, today.month)


def test_nobody_reads_a_page_without_the_key(stage):
    answer = stage.desk_get("/dms/api/v1/cars")

    assert answer["code"] == "unauthorised"


@pytest.mark.parametrize("cursor", ["seven", "n:", "c:1", "c:x:1", "n:1:2:3"])
def test_a_cursor_that_was_never_given_is_off_contract(stage, cursor):
    answer = ask(stage, "dms", "GET", "/cars", cursor=cursor)

    assert (answer.status_code, answer.json()["code"]) == (400, "cursor")


def test_only_what_changed_since_then_is_given(stage):
    before = datetime.now(UTC)
    desk(stage, "POST", "/sales", **a_sale())

    cars = all_pages(stage, "dms", "/cars", "cars", changed_since=before.isoformat())
    later = all_pages(stage, "dms", "/cars", "cars", changed_since=datetime.now(UTC).isoformat())

    assert [car["vin"] for car in cars] == [a_sale()["vin"]]
    assert later == []


def test_a_time_without_its_zone_is_off_contract(stage):
    answer = ask(stage, "csc", "GET", "/campaigns", changed_since="2026-12-01")

    assert (answer.status_code, answer.json()["code"]) == (400, "changed_since")


def test_a_visit_that_is_over_is_in_the_cars_record(stage):
    visit = desk(stage, "POST", "/visits", vin=ZHANGS_CAR, dealer_code="D001").json()

    closed = desk(stage, "POST", f"/visits/{visit['visit_no']}/close", services=["FIRST_MAINTENANCE"], mileage_km=24_000).json()

    car = next(car for car in all_pages(stage, "dms", "/cars", "cars") if car["vin"] == ZHANGS_CAR)
    today = datetime.now(CHINA).date().isoformat()
    assert (closed["services"], closed["mileage_km"]) == (["FIRST_MAINTENANCE"], 24_000)
    assert (car["version"], car["last_visit_date"], car["first_maintenance_date"]) == (2, today, today)


def test_dates_that_an_adviser_enters_are_told_in_full(stage):
    answer = at_the_desk(stage, "PUT", f"/service-dates/{ZHANGS_CAR}", next_maintenance_date="2027-05-30", mileage_km=25_000)

    (news,) = pushed(stage, 1)
    assert answer.status_code == 202
    assert (news.type, news.data.vin, news.data.version) == ("service_dates.updated", ZHANGS_CAR, 2)
    assert (news.data.next_maintenance_date, news.data.next_inspection_date, news.data.mileage_km) == ("2027-05-30", None, 25_000)


def test_a_national_campaign_is_told_and_listed_and_withdrawn(stage):
    made = at_the_desk(stage, "POST", "/campaigns", **CAMPAIGN, models="cq5、cq7", first_year=2023).json()
    at_the_desk(stage, "POST", f"/campaigns/{made['campaign_no']}/withdraw")

    published, withdrawn = sorted(pushed(stage, 2), key=lambda push: push.data.version)
    listed = CampaignsPage.model_validate_json(ask(stage, "csc", "GET", "/campaigns").content).campaigns
    assert (published.type, published.data.kind, published.data.audience.models) == ("campaign.published", "national", ("CQ5", "CQ7"))
    assert (withdrawn.type, withdrawn.data.version, withdrawn.data.withdrawn) == ("campaign.withdrawn", 2, True)
    assert [(each.campaign_no, each.withdrawn) for each in listed if each.campaign_no == made["campaign_no"]] == [
        (made["campaign_no"], True)
    ]


def test_a_dealers_campaign_is_for_its_own_cars(stage):
    made = at_the_desk(stage, "POST", "/campaigns", **CAMPAIGN, dealer_code="d003", dealers="D001").json()

    assert (made["kind"], made["dealer_code"], made["audience"]["dealers"]) == ("dealer", "D003", ["D003"])


@pytest.mark.parametrize(
    ("changes", "said"),
    [({"ends_on": "2026-10-01"}, "ends before"), ({"starts_on": "2020-01-01", "ends_on": "2020-02-01"}, "over already")],
)
def test_a_campaign_that_nobody_could_use_is_not_published(stage, changes, said):
    answer = at_the_desk(stage, "POST", "/campaigns", **CAMPAIGN | changes)

    assert answer.status_code == 400
    assert said in answer.json()["message"]


def test_a_task_is_made_once_and_one_without_a_dealer_is_refused(stage):
    good, nobodys = a_task(), a_task(dealer_code="")

    first = TasksAnswer.model_validate_json(open_tasks(stage, good, nobodys).content)
    again = TasksAnswer.model_validate_json(open_tasks(stage, good | {"type": "inspection"}).content)

    (line,) = stage.desk_get("/csc/desk/reminders")["reminders"]
    assert (first.opened, [(str(no.item_id), no.reason) for no in first.refused]) == (1, [(nobodys["item_id"], "no_dealer")])
    assert (again.opened, line["type"], line["registered"], line["wechat_state"]) == (1, "maintenance", True, "queued")


def test_a_page_of_tasks_that_comes_twice_is_answered_as_the_first_time(stage):
    page = {"page_id": a_task()["item_id"], "period": "2026-12", "tasks": [a_task()]}

    ask(stage, "csc", "POST", "/reminder-tasks", page, key="t-1")
    again = ask(stage, "csc", "POST", "/reminder-tasks", page, key="t-1")

    assert (again.status_code, again.headers["Idempotent-Replayed"]) == (200, "true")


def test_of_standings_the_higher_version_wins_at_both(stage):
    task = a_task()
    open_tasks(stage, task)
    new = a_standing(task["item_id"], version=5, wechat_state="failed", wechat_reason="template", priority="high")
    old = a_standing(task["item_id"], version=4, wechat_state="delivered")

    for partner in ("csc", "dms"):
        for standing in (new, old):
            assert tell_standings(stage, partner, standing).json() == {"status": "ok"}

    (line,) = stage.desk_get("/csc/desk/reminders")["reminders"]
    (kept,) = stage.state("dms")["standings"]
    assert (line["wechat_state"], line["wechat_reason"], line["high"]) == ("failed", "template", True)
    assert (kept["version"], kept["wechat_state"]) == (5, "failed")


def test_a_standing_of_an_item_without_a_task_is_ignored(stage):
    answer = tell_standings(stage, "csc", a_standing(a_task()["item_id"]))

    assert (answer.status_code, stage.desk_get("/csc/desk/reminders", show="all")["reminders"]) == (200, [])


def test_the_month_as_cheqiao_made_it_is_kept_by_number(stage):
    run = {"run_no": 1, "counts": [{"type": "insurance", "items": 3}], "checksum": "77", "finished_at": "2026-11-30T01:20:00+08:00"}

    ask(stage, "dms", "PUT", "/reminder-runs/2026-12", run)
    ask(stage, "dms", "PUT", "/reminder-runs/2026-12", run | {"checksum": "78"})

    assert [(kept["period"], kept["run_no"], kept["checksum"]) for kept in stage.state("dms")["runs"]] == [("2026-12", 1, "78")]


def test_calls_and_the_slip_are_told_with_their_versions(stage):
    task = a_task()
    open_tasks(stage, task)
    at_the_desk(stage, "POST", f"/reminders/{task['item_id']}/calls", result="no_answer", next_call_at="2026-12-03T10:00:00+08:00")
    at_the_desk(stage, "POST", f"/reminders/{task['item_id']}/calls", result="reached", seconds=95)

    at_the_desk(stage, "POST", f"/reminders/{task['item_id']}/slip", customer_answer="will_come", remark="周六来", staff_id="DCRC-07")

    first, second, slip = sorted((push.data for push in pushed(stage, 3)), key=lambda told: told.version)
    assert [call.result for call in second.calls] == ["no_answer", "reached"]
    assert (first.saved_at, second.saved_at) == (None, None)
    assert (slip.version, slip.customer_answer, slip.remark, slip.staff_id) == (3, "will_come", "周六来", "DCRC-07")
    assert (slip.saved_at is not None, len(slip.calls)) == (True, 2)
    assert stage.desk_get("/csc/desk/reminders")["reminders"] == []


def test_a_slip_says_what_was_said_so_somebody_was_reached(stage):
    task = a_task()
    open_tasks(stage, task)
    at_the_desk(stage, "POST", f"/reminders/{task['item_id']}/calls", result="busy")

    answer = at_the_desk(stage, "POST", f"/reminders/{task['item_id']}/slip", customer_answer="declined")

    assert (answer.status_code, answer.json()["code"]) == (409, "not_reached")


def test_the_end_of_the_period_does_not_undo_a_call(stage):
    called, missed = a_task(), a_task(vin="LS4AAAAA2AA000002")
    open_tasks(stage, called, missed)
    at_the_desk(stage, "POST", f"/reminders/{called['item_id']}/calls", result="reached")

    for task in (called, missed):
        tell_standings(stage, "csc", a_standing(task["item_id"], contact_state="missed", outcome="for_decision"))

    states = {line["vin"]: line["contact_state"] for line in stage.desk_get("/csc/desk/reminders", show="all")["reminders"]}
    assert states == {called["vin"]: "reached", missed["vin"]: "missed"}


def test_who_was_told_by_wechat_and_not_called_is_on_two_lists_of_three(stage):
    told, untold = a_task(), a_task(vin="LS4AAAAA2AA000002", registered=False)
    for_decision(stage, told, untold)
    tell_standings(
        stage, "csc", a_standing(told["item_id"], version=3, wechat_state="delivered", contact_state="missed", outcome="for_decision")
    )

    lists = {
        name: [line["vin"] for line in stage.desk_get("/csc/desk/reminders", show=name)["reminders"]]
        for name in ("not_reminded", "not_tracked", "not_returned")
    }

    assert lists == {"not_reminded": [untold["vin"]], "not_tracked": [told["vin"]], "not_returned": [told["vin"], untold["vin"]]}


def test_the_manager_decides_about_many_at_once_and_the_first_word_stands(stage):
    tasks = [a_task() for _ in range(3)]
    for_decision(stage, *tasks)
    ids = [task["item_id"] for task in tasks]

    at_the_desk(stage, "POST", "/reminders/decisions", item_ids=ids[:1], decision="drop", reason="车已报废")
    later = at_the_desk(stage, "POST", "/reminders/decisions", item_ids=ids, decision="carry").json()

    told = {str(push.data.item_id): push.data.decision for push in pushed(stage, 3)}
    assert [record["item_id"] for record in later["decided"]] == ids[1:]
    assert told == {ids[0]: "drop", ids[1]: "carry", ids[2]: "carry"}
    assert at_the_desk(stage, "POST", "/reminders/decisions", item_ids=ids, decision="carry").status_code == 409


def test_dropping_wants_a_reason(stage):
    task = a_task()
    for_decision(stage, task)

    answer = at_the_desk(stage, "POST", "/reminders/decisions", item_ids=[task["item_id"]], decision="drop", reason=" ")

    assert (answer.status_code, len(stage.cheqiao.heard)) == (400, 0)


def test_the_urgent_are_called_first_and_lists_page_without_a_gap(stage):
    tasks = [a_task(due_date=f"2026-12-{1 + number % 28:02d}", priority="high" if number % 7 == 0 else "normal") for number in range(120)]
    open_tasks(stage, *tasks)

    lines, after = [], ""
    while after is not None:
        page = stage.desk_get("/csc/desk/reminders", period="2026-12", dealer="D001", after=after)
        lines, after = lines + page["reminders"], page["next"]

    assert [(not line["high"], line["due_date"]) for line in lines] == sorted((not line["high"], line["due_date"]) for line in lines)
    assert {line["item_id"] for line in lines} == {task["item_id"] for task in tasks}
    assert len(lines) == 120


@pytest.mark.parametrize(
    ("query", "found"), [({"type": "insurance"}, 1), ({"priority": "high"}, 1), ({"dealer": "D009"}, 0), ({"q": "AA000001"}, 2)]
)
def test_a_list_is_narrowed(stage, query, found):
    open_tasks(stage, a_task(type="insurance"), a_task(priority="high"))

    assert len(stage.desk_get("/csc/desk/reminders", **query)["reminders"]) == found
