"""The console before the complaints service itself: a case goes from the letter to its end by the pages alone, each in their role."""

from types import SimpleNamespace
from uuid import UUID

import pytest
from pydantic import SecretStr

from contracts.complaint_words import State
from services.complaints.api.app import create_complaints_api
from services.console.service import ConsoleService
from tests.services.complaints.cases.case_worlds import Desk, listed
from tests.services.console.conftest import NOW, TOKEN, Console, CopiedHouse
from tests.services.console.test_console_complaints import hidden, take
from tests.serving import Server


@pytest.fixture
def desk(tmp_path):
    made = Desk(tmp_path / "complaints.db", at=NOW)
    made.house.only_deliver(listed("D001"))
    return made


@pytest.fixture
def real(desk, made_schemas, tmp_path, insight_store):
    settings = SimpleNamespace(operator=SimpleNamespace(token=SecretStr(TOKEN)), complaints=desk.service.terms)
    api = create_complaints_api(desk.house.runtime(process=SimpleNamespace(settings=settings)), desk.service.now)

    def mounted(environ, start_response):
        environ["SCRIPT_NAME"], environ["PATH_INFO"] = "/complaints/v1", environ["PATH_INFO"].removeprefix("/complaints/v1")
        return api(environ, start_response)

    server = Server(mounted)
    house = CopiedHouse(ConsoleService(), made_schemas / "console.sqlite", tmp_path)
    yield Console(house, insight_store.url, complaining_url=server.url)
    server.stop()


def taken_in(real):
    """By an agent, from a letter; the id of the case as the address has it."""
    agent = real.login("agent")
    page = agent.get("/complaints/new")
    form = {"kind": "complaint", "channel": "letter", "text": "变速箱异响，修了三次", "demand": "换变速箱", "mobile": "13812345678"}
    answer = agent.post("/complaints/new", form | {"complaint_id": hidden(page, "complaint_id")})
    return SimpleNamespace(complaint_id=UUID(answer.headers["Location"].rpartition("/")[2]))


def test_a_case_goes_from_the_letter_to_its_end_by_the_pages_alone(real, desk):
    case = taken_in(real)
    handler, dealer_, leader = real.login("complaint_handler"), real.login("dealer_staff"), real.login("leader")

    answers = [
        take(handler, case, "contact", how="phone", reached="true", said="我们已经收到您的来信。"),
        take(handler, case, "file", type="quality", grade="serious", basis="working", close_minutes="72"),
        take(handler, case, "assign", dealer_code="D001 上海浦东店 · 华东大区"),
        take(dealer_, case, "accept", said="门店已受理。"),
        take(dealer_, case, "start_planning"),
        take(dealer_, case, "submit_plan", content="更换阀体", fee="8,600"),
        take(leader, case, "authorise_plan", note="同意"),
        take(dealer_, case, "carry_out", accepted="true"),
        take(dealer_, case, "propose_closure", reason="satisfied", evidence="客户签字的交车单"),
        take(handler, case, "approve_closure", said="感谢您的理解，祝用车愉快。"),
    ]

    page = handler.get(f"/complaints/{case.complaint_id}").text
    assert [answer.status_code for answer in answers] == [303] * len(answers)
    assert desk.case(case.complaint_id).state is State.CLOSED
    assert "感谢您的理解，祝用车愉快。" in page
    assert "¥ 8,600.00" in page


def test_every_page_about_complaints_is_answered(real):
    case, visitor = taken_in(real), real.login("administrator")

    paths = (
        "/complaints",
        "/complaints?queue=all&format=csv",
        f"/complaints/{case.complaint_id}",
        "/complaint-terms",
        "/complaint-terms/calendar",
        "/complaint-figures",
        "/complaint-figures?period=2026-03&by=months&type=quality&grade=serious&format=csv",
        "/complaint-figures/overdue",
        "/complaint-figures/overdue?by=types&format=xlsx",
        "/complaint-figures/appraisal",
        "/complaint-figures/appraisal?format=csv",
        "/complaint-figures/recount",
    )
    answers = {path: visitor.get(path).status_code for path in paths}

    assert answers == dict.fromkeys(paths, 200)


def test_two_with_one_case_do_not_overwrite_each_other(real, desk):
    case = taken_in(real)
    first, second = real.login("complaint_handler"), real.login("complaint_handler")
    page = second.get(f"/complaints/{case.complaint_id}/steps/judge_invalid")
    typed = {"version": hidden(page, "version"), "step_id": hidden(page, "step_id"), "reason": "not_ours", "note": "不是我们的车"}
    take(first, case, "file", type="quality", grade="serious", basis="working")

    clash = second.post(f"/complaints/{case.complaint_id}/steps/judge_invalid", typed)

    assert clash.status_code == 409
    assert "建档、分类、分级" in clash.text
    assert ">不是我们的车</textarea>" in clash.text
    assert desk.case(case.complaint_id).state is State.FILED


def test_many_are_assigned_at_once(real, desk):
    cases = [taken_in(real) for _ in range(3)]
    handler = real.login("complaint_handler")
    for case in cases[:2]:
        take(handler, case, "file", type="service", grade="general", basis="working")
    items = [f"{case.complaint_id}:{desk.case(case.complaint_id).version}" for case in cases]
    asked = handler.post("/complaints/bulk", {"step": "assign", "item": items})

    answer = handler.post(
        "/complaints/bulk/do", {"step": "assign", "item": items, "bulk_id": hidden(asked, "bulk_id"), "dealer_code": "D001"}
    )

    assert "2 张办好" in answer.text
    assert "1 张没有办" in answer.text
    assert "TS" in handler.get("/complaints?queue=open&dealer=D001").text


def test_a_dealer_gets_to_see_what_is_assigned_to_them_and_nothing_else(real):
    case, dealer_ = taken_in(real), real.login("dealer_staff")
    before = dealer_.get(f"/complaints/{case.complaint_id}").status_code
    handler = real.login("complaint_handler")
    take(handler, case, "file", type="service", grade="general", basis="working")
    take(handler, case, "assign", dealer_code="D001")

    after = dealer_.get(f"/complaints/{case.complaint_id}")

    assert (before, after.status_code) == (404, 200)
    assert 'data-step="accept"' in after.text


def test_authority_and_a_day_of_the_calendar_are_set_there(real):
    visitor = real.login("administrator")
    lines = {"level": ["1", "2"], "title": ["投诉处理专员", "科长"], "fee_min": ["0", "2000.01"], "fee_max": ["2000", ""]}
    dated = {"active_from": ["2026-01-01", "2026-01-01"], "types": ["", ""]}
    version = hidden(visitor.get("/complaint-terms"), "version")

    rules = visitor.post("/complaint-terms", {"version": version, **lines, **dated})
    day = visitor.post("/complaint-terms/calendar", {"calendar": "default", "day": "2026-03-12", "periods": "", "reason": "盘点"})

    assert (rules.status_code, day.status_code) == (303, 303)
    assert "科长" in visitor.get("/complaint-terms").text
    assert "盘点" in visitor.get("/complaint-terms/calendar?year=2026").text


def test_the_reports_count_what_was_done_and_a_recount_finds_them_equal(real, desk):
    case, monitor = taken_in(real), real.login("monitor")
    take(real.login("complaint_handler"), case, "file", type="quality", grade="serious", basis="working", close_minutes="72")
    take(real.login("agent"), case, "withdraw", reason="客户不再追究")
    month = f"{desk.now:%Y-%m}"

    report = monitor.get(f"/complaint-figures?period={month}&by=grades&format=csv&cols=name&cols=received&cols=closed").text
    appraisal = monitor.get(f"/complaint-figures/appraisal?period={month}").text
    found = monitor.post("/complaint-figures/recount", {"period": month}).text

    assert report.splitlines()[1:] == ["严重,1,1"]
    assert desk.case(case.complaint_id).number in appraisal
    assert "一致" in found


def test_a_dealers_and_a_regions_reports_are_held_to_their_own_by_the_service(real):
    case = taken_in(real)
    handler = real.login("complaint_handler")
    take(handler, case, "file", type="quality", grade="serious", basis="working")
    take(handler, case, "assign", dealer_code="D001 上海浦东店 · 华东大区")

    def received(role, query=""):
        text = real.login(role).get(f"/complaint-figures?by=types&format=csv&cols=received{query}").text
        return text.splitlines()[1:]

    assert [received(role) for role in ("dealer_manager", "region_manager", "monitor")] == [["1"]] * 3
    assert received("region_manager", "&dealer=D002") == []
    assert received("monitor", "&dealer=D002") == []
