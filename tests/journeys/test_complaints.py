"""A complaint from the phone to its end: judged at the console, handled at a dealer, closed, answered for, and known to CSC."""

import json
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from launcher.stage import send
from tests.journeys.complaining import (
    NUMBER,
    SURVEY,
    CscStaff,
    Dealer,
    Member,
    a_photo,
    at_csc,
    at_desk,
    await_state,
    check_csc_has_it,
    complain,
    complaint_form,
    consent,
    ours,
    say,
    told,
    words,
)
from tests.journeys.people import Follower, Pushing, Record, wait
from tests.journeys.world import World

CLASSIFIED = {"type": "service", "grade": "general", "basis": "working"}


@pytest.fixture(scope="session")
def handler(world: World) -> Member:
    return Member.hired(world, f"handler-{uuid4().hex[:8]}", "complaint_handler")


@pytest.fixture(scope="session")
def agent(world: World) -> Member:
    return Member.hired(world, f"agent-{uuid4().hex[:8]}", "agent")


@pytest.fixture(scope="session")
def other_dealer(world: World) -> Member:
    return Member.hired(world, f"dealer-{uuid4().hex[:8]}", "dealer_staff", "D002")


@pytest.fixture
def follower(world: World) -> Follower:
    return world.a_follower()


@pytest.fixture
def dealer(world: World) -> Dealer:
    return Dealer(world.dms)


@pytest.fixture
def csc(world: World) -> CscStaff:
    return CscStaff(world.csc)


@pytest.fixture(scope="session", autouse=True)
def dealers_are_known(world: World) -> None:
    """The list comes from the DMS soon after the start."""
    wait("the dealers are known", lambda: {"D001", "D002"} <= {one["dealer_code"] for one in at_desk(world, "/dealers").json()["dealers"]})


def assigned(world: World, handler: Member, case: str) -> None:
    await_state(world, case, "received")
    handler.take(case, "file", **CLASSIFIED)
    handler.take(case, "assign", dealer_code="D001 重庆渝北启衡")


def carried_out(world: World, handler: Member, dealer: Dealer, case: str) -> None:
    """From the dealer's yes to what is done and accepted."""
    dealer.take(case, "accept", said="我们今天与您联系。")
    await_state(world, case, "accepted")
    dealer.take(case, "start_planning")
    await_state(world, case, "planning")
    dealer.take(case, "submit_plan", content="喷漆一块", fee="380.00")
    await_state(world, case, "plan_submitted")
    handler.take(case, "authorise_plan", note="同意")
    dealer.take(case, "carry_out", accepted=True, note="已喷漆")
    wait("it is carried out", lambda: ours(world, case)["plans"][0]["executed_at"])


def closed(world: World, handler: Member, dealer: Dealer, case: str, evidence: tuple[str, ...] = ()) -> None:
    dealer.take(case, "propose_closure", reason="satisfied", evidence="客户签字确认", files=list(evidence))
    await_state(world, case, "closure_proposed")
    handler.take(case, "approve_closure", said="已按您的要求处理完成。")


def survey_of(world: World, follower: Follower, case: str) -> str:
    """Asked by a message, whose page has the form."""
    (asked,) = wait("the follower is asked", lambda: [one for one in told(follower) if "survey" in one["template_id"]])
    found = SURVEY.search(follower.page(f"/complaints/{case}/survey"))
    assert found
    assert case in asked["url"]
    return found[1]


def test_a_complaint_with_a_photo_goes_from_the_phone_to_its_end_and_csc_has_every_step(
    world: World, follower: Follower, agent: Member, handler: Member, dealer: Dealer
):
    case = complain(follower, a_photo(world), demand="")
    (first,) = wait("the follower has a number", lambda: told(follower))
    number = ours(world, case)["number"]
    (photo,) = wait("the photo is there", lambda: [one for one in ours(world, case)["files"] if one["state"] == "kept"])

    agent.take(case, "raise_to_complaint", note="要求赔偿，转投诉")
    assigned(world, handler, case)
    carried_out(world, handler, dealer, case)
    closed(world, handler, dealer, case, (photo["file_id"],))
    survey = survey_of(world, follower, case)
    say(follower, f"/{case}/survey", survey_id=survey, score=5, comment="很快")
    answered = await_state(world, case, "surveyed")
    check_csc_has_it(world, case)

    assert number in words(first)
    assert NUMBER.fullmatch(number)
    assert "前与您联系" in words(first)
    assert [one["template_id"].removeprefix("sandbox-tpl-") for one in told(follower)] == [
        "complaint-progress",  # recorded
        "complaint-progress",  # filed
        "complaint-progress",  # the dealer is in touch
        "complaint-progress",  # closed
        "complaint-survey",
    ]
    assert "已按您的要求处理完成" in follower.page(f"/complaints/{case}")
    assert [(one["score"], one["comment"], one["answered_by"]) for one in answered["surveys"]] == [(5, "很快", "customer")]
    assert answered["closures"][0]["files"] == [photo["file_id"]]
    assert (answered["close_reason"], answered["reopened_count"]) == ("satisfied", 0)
    assert "要求赔偿" in agent.sees(case)
    assert world.parked(case) == []


def test_who_does_not_agree_within_the_days_is_heard_again(world: World, follower: Follower, handler: Member, dealer: Dealer):
    case = complain(follower)
    assigned(world, handler, case)
    carried_out(world, handler, dealer, case)
    closed(world, handler, dealer, case)
    wait("the page offers it", lambda: follower.open(f"/complaints/{case}/reopen").status_code == 200)

    say(follower, f"/{case}/reopen", text="漆面颜色不一致")
    reopened = await_state(world, case, "reopened")
    handler.take(case, "assign", dealer_code="D001")
    carried_out(world, handler, dealer, case)
    closed(world, handler, dealer, case)
    last = await_state(world, case, "closed")
    check_csc_has_it(world, case)

    assert reopened["reopened_count"] == 1
    assert [one["kind"] for one in reopened["clocks"] if not one["met_at"] and not one["dropped_at"]] == ["close"]
    assert (last["reopened_count"], len(last["plans"]), len(last["closures"])) == (1, 2, 2)
    assert any("重新处理" in words(one) for one in told(follower))
    assert at_csc(world, case)["state"] == ours(world, case)["state"]


def refusals_at_dms(world: World, case: str) -> list[Record]:
    """What the DMS was told was not done, once it was told."""
    path = f"/api/v1/complaints/{case}/refusals"
    return [json.loads(one["body"]) for one in wait("the DMS hears of it", lambda: world.dms.seen(case, "POST", path))]


def test_steps_taken_at_csc_arrive_and_what_cannot_be_done_is_answered(world: World, csc: CscStaff, dealer: Dealer):
    case = csc.take_in(kind="complaint", channel="letter", text="刹车异响", demand="更换", name="王芳", mobile="13800001234")
    await_state(world, case, "received")

    csc.take(case, "approve_closure", said="已处理")
    refused = csc.wish(world, case, "approve_closure")
    csc.take(case, "file", type="quality", grade="serious")
    await_state(world, case, "filed")
    csc.take(case, "assign", region_code="SOUTHWEST", dealer_code="D001")
    dealer.take(case, "submit_plan", content="更换刹车片", fee="900.00")
    (too_early,) = refusals_at_dms(world, case)
    dealer.take(case, "return", reason="车不在本店保养")
    returned = await_state(world, case, "returned")
    taken = csc.wish(world, case, "file")
    check_csc_has_it(world, case)

    assert (refused["answer"], refused["reason"]) == ("refused", "not_here")
    assert " / " in refused["message"]
    assert taken["answer"] == "taken"
    assert (too_early["step"], too_early["reason"], too_early["state"]) == ("submit_plan", "not_here", "assigned")
    assert [(one["step"], one["via"], one["by"]) for one in returned["history"]] == [
        ("receive", "csc", "DCRC-07"),
        ("file", "csc", "DCRC-07"),
        ("assign", "csc", "DCRC-07"),
        ("return", "dms", "服务经理"),
    ]
    assert world.parked(case) == []


@pytest.fixture
def anothers(world: World, handler: Member, follower: Follower) -> Record:
    """A complaint with a photo, in the hands of a dealer."""
    case = complain(follower, a_photo(world))
    (photo,) = wait("the photo is there", lambda: [one for one in ours(world, case).get("files", ()) if one["state"] == "kept"])
    assigned(world, handler, case)
    world.at_rest()
    return {"case": case, "photo": photo["file_id"], **ours(world, case)}


def test_another_follower_finds_nothing_of_it_and_changes_nothing(world: World, anothers: Record):
    case, stranger = anothers["case"], world.a_follower()
    consent(stranger)
    wishes: dict[str, Record] = {
        "add": {"text": "也是我的"},
        "withdraw": {"reason": "不要了"},
        "reopen": {"text": "没好"},
        "survey": {"survey_id": str(uuid4()), "score": 1},
    }

    pages = [stranger.open(f"/complaints/{case}{more}").status_code for more in ("", "/add", "/reopen", "/survey")]
    asked = [stranger.open(f"/api/complaints/{case}{more}").status_code for more in ("", f"/files/{anothers['photo']}")]
    file = at_desk(world, f"/followers/{stranger.follower_id}/files/{anothers['photo']}").status_code
    posted = [stranger.post({"id": str(uuid4()), **said}, f"/m/api/complaints/{case}/{kind}").status_code for kind, said in wishes.items()]
    again = stranger.post(complaint_form(stranger, id=case), "/m/api/complaints").status_code
    world.at_rest()

    assert (pages, asked, file, posted) == ([404] * 4, [404] * 2, 404, [404] * 4)
    assert again in (404, 409)
    assert case not in stranger.page("/complaints")
    assert ours(world, case)["version"] == anothers["version"]
    assert told(stranger) == []


def test_another_dealer_finds_nothing_of_it_at_the_console(anothers: Record, other_dealer: Member):
    case, photo = anothers["case"], anothers["photo"]
    csrf = {"csrf": other_dealer.csrf()}

    read = ["", "/steps/accept", "/steps/note", "/looking", f"/files/{photo}"]
    answers = [other_dealer.open(f"/complaints/{case}{path}").status_code for path in read]
    written = {
        "/steps/accept": {"version": "3", "step_id": str(uuid4())},
        "/steps/note": {"version": "3", "step_id": str(uuid4()), "text": "看看"},
        "/files": {"version": "3", "step_id": str(uuid4()), "file_id_new": str(uuid4())},
    }
    posted = [other_dealer.post(f"/complaints/{case}{path}", csrf | typed).status_code for path, typed in written.items()]

    assert answers == [404] * len(read)
    assert posted == [404] * len(written)
    assert anothers["number"] not in other_dealer.open("/complaints?queue=all").text
    assert anothers["number"] not in other_dealer.open(f"/complaints?queue=all&q={anothers['number']}").text.partition("<table")[2]


@pytest.mark.parametrize(
    "who",
    [
        {"X-Role": "dealer", "X-Scope": "dealer:D002"},
        {"X-Role": "region", "X-Scope": "region:NORTH"},
        {"X-Role": "technical"},
        {"X-Role": "vrt"},
        {"X-Role": "legal"},
        {"X-Role": "marketing"},
    ],
    ids=lambda who: who["X-Role"],
)
def test_who_has_no_part_in_it_finds_nothing_of_it_by_any_route(world: World, anothers: Record, who: dict[str, str]):
    case, version = anothers["case"], anothers["version"]
    who = {"X-Operator": "fremd", **who}
    note = {"step": "note", "text": "看看"}
    at_case = f"/cases/{case}"

    answers = {
        "case": at_desk(world, at_case, who=who),
        "file": at_desk(world, f"{at_case}/files/{anothers['photo']}", who=who),
        "step": at_desk(world, f"{at_case}/steps", "POST", who, json={"version": version, "step_id": str(uuid4()), "form": note}),
        "looking": at_desk(world, f"{at_case}/looking", "POST", who, json={}),
        "bring": at_desk(world, f"{at_case}/files/{uuid4()}", "PUT", who, data=b"%PDF-"),
    }
    bulk = {"bulk_id": str(uuid4()), "cases": [{"complaint_id": case, "version": version}], "form": note}
    of_many = at_desk(world, "/bulk", "POST", who, json=bulk)
    listed = at_desk(world, "/cases/search", "POST", who, json={"queue": "all"}).json()["rows"]

    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(answers, 404)
    assert not any(case in answer.text or anothers["number"] in answer.text for answer in answers.values())
    assert [one["code"] for one in of_many.json()["refused"]] == ["unknown"]
    assert anothers["number"] not in of_many.text
    assert case not in {one["complaint_id"] for one in listed}
    assert case not in at_desk(world, "/changes", who=who, params={"since": ""}).text
    assert ours(world, case)["version"] == version


def test_another_dealer_takes_no_step_in_it_from_the_dms(world: World, anothers: Record):
    """What the DMS would not offer its people, pushed all the same."""
    case, now = anothers["case"], datetime.now(UTC).isoformat()
    asked = {"complaint_id": case, "form": {"step": "accept"}, "by": "fremd", "dealer_code": "D002", "at": now}

    offered = send("POST", f"{world.dms.url}/desk/complaints/{case}/steps", json={"dealer_code": "D002", "form": {"step": "accept"}})
    pushing = Pushing.of(world.stage.url, "dms", world.secrets)
    pushed = pushing.send({"type": "complaint.step", "timestamp": now, "data": asked}, f"step-{uuid4()}")
    (refusal,) = refusals_at_dms(world, case)
    world.at_rest()

    assert (offered.status_code, pushed.status_code) == (404, 200)
    assert (refusal["reason"], refusal.get("state")) == ("unknown_case", None)
    assert (ours(world, case)["version"], ours(world, case)["state"]) == (anothers["version"], "assigned")
