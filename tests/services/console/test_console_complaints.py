"""The desk of complaints: its queue, one case, the steps that are taken there, and what becomes of what was typed."""

import io
import json
import re
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

import pytest

from contracts.complaint_steps.beside import Note
from contracts.complaint_steps.handling import Accept
from contracts.complaint_words import Channel, Kind, Role, State
from services.complaints.cases.steps import TABLE
from services.console.acting import ACTS_AS
from services.console.step_fields import FORM_OF
from services.console.step_words import STEPS
from services.console.store import audit as audit_rows
from tests.services.console.complaining_fake import PIXEL

POLL = {"X-Console-Poll": "1", "HX-Request": "true"}


def hidden(page, name):
    """What a form carries unseen."""
    return re.search(rf'name="{name}" value="([^"]*)"', page.text)[1]


def filled(visitor, case, step, **typed):
    """The step's form as it was opened, with this typed into it."""
    page = visitor.get(f"/complaints/{case.complaint_id}/steps/{step}")
    return {"version": hidden(page, "version"), "step_id": hidden(page, "step_id"), **typed}


def take(visitor, case, step, **typed):
    return visitor.post(f"/complaints/{case.complaint_id}/steps/{step}", filled(visitor, case, step, **typed))


def audited(console, action):
    with console.context.database.read() as connection:
        rows = connection.execute(audit_rows.select().where(audit_rows.c.action == action).order_by(audit_rows.c.number)).all()
    return [(row.actor, row.about, json.loads(row.details)) for row in rows]


# who


def test_every_step_of_the_table_has_words_and_a_form():
    names = {step.name for step in TABLE}

    assert (names - set(STEPS), names - set(FORM_OF)) == (set(), set())


@pytest.mark.parametrize(
    ("account", "role", "scope"),
    [
        ("leader", "leader:2", ""),
        ("dealer_staff", "dealer", "dealer:D001"),
        ("complaint_handler", "handler", ""),
        ("operator", "monitor", ""),
        ("region_manager", "region", "region:EAST"),
    ],
)
def test_an_account_acts_in_its_role_and_place(console, complaining, account, role, scope):
    console.login(account).get("/complaints")

    assert {(who, asked_role, asked_scope) for *_, who, asked_role, asked_scope in complaining.asked} == {(account, role, scope)}


def test_every_role_of_complaints_can_be_taken_by_an_account():
    assert set(ACTS_AS.values()) == set(Role) - {Role.CUSTOMER, Role.SYSTEM}


def test_a_leader_without_a_level_cannot_be_made(console):
    answer = console.login("administrator").post("/staff", {"name": "wang", "role": "leader", "place": "x"})

    assert (answer.status_code, console.context.staff.get("wang")) == (400, None)


@pytest.mark.parametrize("account", ["complaint_handler", "dealer_staff", "legal"])
def test_who_has_nothing_but_complaints_comes_to_the_desk_at_once(console, account):
    assert console.login(account).get("/").headers["Location"] == "/console/complaints"


def test_a_dealer_finds_no_case_of_another(console, complaining):
    other = next(case for case in complaining.cases.values() if case.dealer_code not in ("", "D001"))
    visitor = console.login("dealer_staff")

    paths = ("", "/steps/accept", "/looking", f"/files/{other.files[0].file_id}")
    answers = [visitor.get(f"/complaints/{other.complaint_id}{path}").status_code for path in paths]
    listed = visitor.get("/complaints?queue=all").text

    assert answers == [404] * len(paths)
    assert other.number not in listed


def test_a_follower_who_was_matched_by_number_is_told_from_one_who_complained_and_may_be_parted(console, complaining):
    case = next(one for one in complaining.cases.values() if one.follower_id)
    visitor = console.login("complaint_handler")

    own = visitor.get(f"/complaints/{case.complaint_id}").text
    complaining.cases[case.complaint_id] = case.model_copy(update={"matched": True, "allowed": ("unmatch", "note")})
    found = visitor.get(f"/complaints/{case.complaint_id}").text

    assert ("已绑定，会收到进展" in own, "按手机号匹配到" in own) == (True, False)
    assert "按手机号匹配到，会收到进展" in found
    assert "解除微信匹配" in found


# the queue


def test_the_queue_shows_the_most_urgent_first_with_a_clock_that_runs(console, complaining):
    page = console.login("complaint_handler").get("/complaints?queue=open").text

    runs = [int(seconds) for seconds in re.findall(r'data-runs="(-?\d+)"', page)]
    assert runs == sorted(runs)
    assert len(runs) > 10
    assert "超 1 天" in page


def test_a_filter_is_asked_for_and_can_be_taken_away_again(console, complaining):
    page = console.login("complaint_handler").get("/complaints?queue=open&state=executing&grade=nonsense").text

    query = complaining_query(complaining)
    assert (query["queue"], query["state"], query["grade"]) == ("open", "executing", None)
    assert 'href="/console/complaints?queue=open" title="去掉这个条件"' in page


def complaining_query(complaining):
    return next(query for method, path, query, *_ in complaining.asked if path.endswith("/cases/search"))


def test_a_poll_of_a_queue_in_which_nothing_changed_is_answered_with_nothing(console, complaining):
    visitor = console.login("complaint_handler")
    until = hidden(visitor.get("/complaints"), "since")

    still = visitor.get(f"/complaints?since={until}", headers=POLL)
    complaining.move(complaining.one(State.ASSIGNED).complaint_id, Accept(), "dealer_staff", Role.DEALER)
    moved = visitor.get(f"/complaints?since={until}", headers=POLL)

    assert (still.status_code, moved.status_code) == (204, 200)
    assert "<html" not in moved.text
    assert "case-list" in moved.text


@pytest.mark.parametrize("text", ["13900000003", "沪A·10003".replace("·", ""), " 139 0000 0003 "])
def test_what_is_personal_is_looked_for_without_getting_into_an_address(console, complaining, text):
    answer = console.login("complaint_handler").post("/complaints/find", {"q": text})

    case = next(case for case in complaining.cases.values() if case.mobile == "13900000003")
    assert answer.status_code == 200
    assert case.number in answer.text
    assert "13900000003" not in answer.text
    assert "10003" not in answer.text.replace(case.number, "")
    assert audited(console, "complaint.searched") == [("complaint_handler", "", {})]
    assert complaining_query(complaining)["q"] == "".join(text.split())
    assert not [path for _, path, *_ in complaining.asked if "0003" in path], "addresses are logged"


def test_a_number_gets_into_the_address_and_a_mobile_in_an_address_is_left_alone(console, complaining):
    visitor = console.login("complaint_handler")

    answer = visitor.post("/complaints/find", {"q": "ts2603090003"})
    visitor.get("/complaints?queue=all&q=13900000003")

    assert parse_qs(urlsplit(answer.headers["Location"]).query)["q"] == ["TS2603090003"]
    assert complaining_query(complaining)["q"] == ""


def test_an_export_holds_all_pages_and_stands_in_the_audit(console, complaining):
    answer = console.login("complaint_handler").get("/complaints?queue=all&format=csv")

    assert len(answer.text.splitlines()) == 1 + len(complaining.cases)
    assert audited(console, "complaint.exported") == [("complaint_handler", "", {"queue": "all"})]


def test_a_filter_is_kept_by_whoever_keeps_it_and_by_nobody_else(console):
    mine, other = console.login("complaint_handler"), console.login("agent")

    mine.post("/complaints/filters", {"title": "严重未结", "queue": "open", "grade": "serious"})

    assert "/console/complaints?queue=open&amp;grade=serious" in mine.get("/complaints").text
    assert "严重未结" not in other.get("/complaints").text


def test_a_kept_filter_is_forgotten_again(console):
    visitor = console.login("complaint_handler")
    visitor.post("/complaints/filters", {"title": "严重未结", "queue": "open", "grade": "serious"})

    visitor.post("/complaints/filters", {"drop": "严重未结"})

    assert console.context.filters.of("complaint_handler") == []


def test_no_more_filters_are_kept_than_one_can_oversee(console):
    visitor = console.login("complaint_handler")

    answers = [visitor.post("/complaints/filters", {"title": f"第 {n} 个", "queue": "open"}).status_code for n in range(21)]

    assert (answers[19], answers[20]) == (303, 409)


# a case


@pytest.mark.parametrize(
    ("state", "account"),
    [
        *((state, "complaint_handler") for state in State),
        (State.RECEIVED, "agent"),
        (State.PLANNING, "leader"),
        (State.EXECUTING, "dealer_staff"),
    ],
)
def test_a_case_is_shown_whatever_became_of_it_with_a_form_for_every_step_allowed(console, complaining, state, account):
    case, visitor = complaining.one(state), console.login(account)

    page = visitor.get(f"/complaints/{case.complaint_id}")
    offered = re.findall(r'data-step="(\w+)"', page.text)
    forms = {step: visitor.get(f"/complaints/{case.complaint_id}/steps/{step}").status_code for step in offered}

    assert page.status_code == 200
    assert case.text in page.text
    assert offered
    assert set(forms.values()) == {200}


def test_the_mobile_is_a_number_to_call_for_who_handles_the_case_and_behind_dots_for_others(console, complaining):
    case = complaining.one(State.EXECUTING)
    path = f"/complaints/{case.complaint_id}"

    handler, leader = console.login("complaint_handler").get(path).text, console.login("leader").get(path).text

    assert f'href="tel:{case.mobile}"' in handler
    assert case.mobile not in leader
    assert [line[:2] for line in audited(console, "complaint.opened")] == [("complaint_handler", str(case.complaint_id))]


def test_a_poll_is_answered_when_somebody_comes_or_the_case_moves_on_and_else_with_nothing(console, complaining):
    case, visitor = complaining.one(State.ASSIGNED), console.login("complaint_handler")
    path = f"/complaints/{case.complaint_id}"
    seen = hidden(visitor.get(path), "seen")

    still = visitor.get(f"{path}?seen={seen}", headers=POLL).status_code
    complaining.looking[case.complaint_id] = {"legal"}
    joined = visitor.get(f"{path}?seen={seen}", headers=POLL)
    complaining.move(case.complaint_id, Accept(said="明天联系您。"), "dealer_staff", Role.DEALER)
    moved = visitor.get(path, query_string={"seen": hidden(joined, "seen")}, headers=POLL)

    assert still == 204
    assert "legal 也在看这张单" in joined.text
    assert "明天联系您。" in moved.text
    assert 'data-version="7"' in moved.text


def test_who_writes_hears_that_the_case_has_moved_on_and_who_else_is_there(console, complaining):
    case, visitor = complaining.one(State.ASSIGNED), console.login("complaint_handler")
    complaining.looking[case.complaint_id] = {"legal", "complaint_handler"}
    path = f"/complaints/{case.complaint_id}/looking?version="

    same, moved = visitor.get(f"{path}{case.version}").text, visitor.get(f"{path}{case.version - 1}").text

    assert "新的进展" not in same
    assert "legal 也在看" in same
    assert "新的进展" in moved


def test_a_file_is_shown_as_what_it_is_and_an_unknown_one_not_at_all(console, complaining):
    case, visitor = complaining.one(State.RECEIVED), console.login("agent")

    photo = visitor.get(f"/complaints/{case.complaint_id}/files/{case.files[0].file_id}")
    unknown = visitor.get(f"/complaints/{case.complaint_id}/files/{uuid4()}")

    assert (photo.data, photo.headers["Content-Type"], photo.headers["Content-Disposition"]) == (PIXEL, "image/png", "inline")
    assert photo.headers["Cache-Control"] == "private, no-store"
    assert unknown.status_code == 404


def test_other_dealings_are_looked_for_by_what_is_known_and_that_stands_in_the_audit(console, complaining):
    case = complaining.one(State.FILED)

    answer = console.login("complaint_handler").get(f"/complaints/{case.complaint_id}/dealings")

    assert answer.status_code == 200
    assert "没有查到" in answer.text
    assert [line[:2] for line in audited(console, "complaint.dealings")] == [("complaint_handler", str(case.complaint_id))]


# steps


def test_a_step_is_taken_in_the_name_of_who_takes_it_with_what_was_typed(console, complaining):
    case, visitor = complaining.one(State.RECEIVED), console.login("complaint_handler")

    answer = take(
        visitor, case, "file", type="quality", subtypes="变速箱，异响", grade="major", safety="true", close_minutes="36", basis="working"
    )

    ((taken, who, form),) = complaining.taken
    assert answer.headers["Location"] == f"/console/complaints/{case.complaint_id}"
    assert (taken, who, form.subtypes, form.grade, form.safety, form.close_minutes) == (
        case.complaint_id,
        "complaint_handler",
        ("变速箱", "异响"),
        "major",
        True,
        36 * 60,
    )
    assert audited(console, "complaint.step") == [("complaint_handler", str(case.complaint_id), {"step": "file", "version": case.version})]


def test_a_dealer_is_picked_by_name_and_the_region_is_theirs(console, complaining):
    case, visitor = complaining.one(State.FILED), console.login("complaint_handler")

    take(visitor, case, "assign", dealer_code="D007 北京朝阳店 · 华北大区")

    (_, _, form) = complaining.taken[0]
    assert (form.dealer_code, form.region_code) == ("D007", "NORTH")


def test_a_dealer_that_there_is_none_of_is_said_at_its_field(console, complaining):
    case, visitor = complaining.one(State.FILED), console.login("complaint_handler")

    answer = take(visitor, case, "assign", dealer_code="D999", note="请尽快")

    assert (answer.status_code, complaining.taken) == (422, [])
    assert "没有这家服务店" in answer.text
    assert ">请尽快</textarea>" in answer.text


def test_who_leads_a_group_is_an_account_and_the_service_is_told_what_it_is(console, complaining):
    case, visitor = complaining.one(State.FILED), console.login("complaint_handler")
    group = {"kind": "quality", "minutes": "24", "basis": "working", "question": "异响从何而来？"}

    unknown = take(visitor, case, "start_vrt", lead="张三", **group)
    take(visitor, case, "start_vrt", lead="technical", **group)

    ((_, _, form),) = complaining.taken
    assert (unknown.status_code, 'id="ask-lead-wrong"' in unknown.text) == (422, True)
    assert (form.lead, form.lead_role) == ("technical", Role.TECHNICAL)


def test_limits_are_paused_by_their_names(console, complaining):
    case, visitor = complaining.one(State.ASSIGNED), console.login("complaint_handler")
    page = visitor.get(f"/complaints/{case.complaint_id}/steps/pause").text
    offered = re.findall(r'name="deadlines" value="([^"]+)"', page)

    take(visitor, case, "pause", deadlines=offered, reason="part", note="等阀体")

    (_, _, form) = complaining.taken[0]
    assert len(offered) == 2
    assert set(form.deadlines) == set(map(UUID, offered))


def test_what_lacks_is_said_at_its_field_and_what_was_typed_stays(console, complaining):
    case, visitor = complaining.one(State.RECEIVED), console.login("agent")

    answer = take(visitor, case, "contact", note="约好明天上午")

    assert (answer.status_code, complaining.taken) == (422, [])
    assert 'id="ask-how-wrong"' in answer.text
    assert ">约好明天上午</textarea>" in answer.text


def test_who_was_slower_reads_what_the_other_did_and_keeps_what_they_wrote(console, complaining):
    case, visitor = complaining.one(State.PLAN_SUBMITTED), console.login("complaint_handler")
    typed = filled(visitor, case, "send_back_plan", reason="费用请列明细")
    complaining.move(case.complaint_id, Note(text="费用我已和门店核对过。"), "leader", Role.LEADER)

    clash = visitor.post(f"/complaints/{case.complaint_id}/steps/send_back_plan", typed)
    again = visitor.post(
        f"/complaints/{case.complaint_id}/steps/send_back_plan",
        typed | {"version": hidden(clash, "version"), "step_id": hidden(clash, "step_id")},
    )

    assert clash.status_code == 409
    assert "leader 刚刚动过这张单" in clash.text
    assert "费用我已和门店核对过。" in clash.text
    assert ">费用请列明细</textarea>" in clash.text
    assert again.status_code == 303
    assert [form.step for _, _, form in complaining.taken] == ["send_back_plan"]


def test_where_the_other_took_the_case_elsewhere_the_words_stay_to_be_read(console, complaining):
    case, visitor = complaining.one(State.ASSIGNED), console.login("dealer_staff")
    typed = filled(visitor, case, "return", reason="车辆一直在朝阳店保养")
    complaining.move(case.complaint_id, Accept(), "dealer_manager", Role.DEALER)

    clash = visitor.post(f"/complaints/{case.complaint_id}/steps/return", typed)

    assert clash.status_code == 409
    assert "单据现在不能做这一步" in clash.text
    assert ">车辆一直在朝阳店保养</textarea>" in clash.text


def test_a_note_is_taken_whatever_was_seen(console, complaining):
    case, visitor = complaining.one(State.ASSIGNED), console.login("complaint_handler")
    typed = filled(visitor, case, "note", text="已约回访", mentions=["technical"])
    complaining.move(case.complaint_id, Accept(), "dealer_staff", Role.DEALER)

    answer = visitor.post(f"/complaints/{case.complaint_id}/steps/note", typed)

    (_, _, form) = complaining.taken[0]
    assert (answer.status_code, form.mentions) == (303, ("technical",))


def test_a_dealer_is_offered_only_names_of_who_had_to_do_with_the_case(console, complaining):
    case = complaining.one(State.ASSIGNED)

    page = console.login("dealer_staff").get(f"/complaints/{case.complaint_id}/steps/note").text

    assert set(re.findall(r'name="mentions" value="([^"]+)"', page)) == {"complaint_handler", "agent"}


@pytest.mark.parametrize("step", ["breach", "request_survey", "receive", "nonsense"])
def test_what_is_no_persons_step_has_no_form(console, complaining, step):
    case = complaining.one(State.ASSIGNED)

    assert console.login("complaint_handler").get(f"/complaints/{case.complaint_id}/steps/{step}").status_code == 404


def test_a_photo_is_brought_and_attached(console, complaining):
    case, visitor = complaining.one(State.EXECUTING), console.login("dealer_staff")
    page = visitor.get(f"/complaints/{case.complaint_id}/steps/attach")
    form = {name: hidden(page, name) for name in ("version", "step_id", "file_id_new")}

    answer = visitor.post(f"/complaints/{case.complaint_id}/files", form | {"file_id": (io.BytesIO(PIXEL), "交车单.png"), "shown": "true"})

    ((_, _, step),) = complaining.taken
    assert answer.status_code == 303
    assert complaining.brought == {step.file_id: PIXEL}
    assert (step.name, step.shown) == ("交车单.png", True)


def test_what_is_no_photo_is_refused_in_words_and_not_attached(console, complaining):
    case, visitor = complaining.one(State.EXECUTING), console.login("dealer_staff")
    page = visitor.get(f"/complaints/{case.complaint_id}/steps/attach")
    form = {name: hidden(page, name) for name in ("version", "step_id", "file_id_new")}

    answer = visitor.post(f"/complaints/{case.complaint_id}/files", form | {"file_id": (io.BytesIO(b"MZ\x90"), "交车单.png")})

    assert (answer.status_code, complaining.taken) == (422, [])
    assert "只收照片和 PDF" in answer.text


# taking in


def test_a_letter_is_taken_in_and_gets_its_number(console, complaining):
    visitor = console.login("agent")
    page = visitor.get("/complaints/new")
    form = {"kind": "grievance", "channel": "letter", "text": "来信：空调异味", "mobile": "13812345678", "received_at": "2026-03-08T09:30"}

    answer = visitor.post("/complaints/new", form | {"complaint_id": hidden(page, "complaint_id")})

    (order,) = complaining.received
    assert answer.headers["Location"] == f"/console/complaints/{order.complaint_id}"
    assert (order.form.kind, order.form.channel, order.form.received_at.isoformat()) == (
        Kind.GRIEVANCE,
        Channel.LETTER,
        "2026-03-08T09:30:00+08:00",
    )


def test_what_a_dealer_passes_on_is_theirs_whatever_the_form_says(console, complaining):
    visitor = console.login("dealer_staff")
    page = visitor.get("/complaints/new")
    form = {"kind": "complaint", "channel": "media", "source_dealer": "D007", "text": "客户到店投诉"}

    visitor.post("/complaints/new", form | {"complaint_id": hidden(page, "complaint_id")})

    (order,) = complaining.received
    assert (order.form.channel, order.form.source_dealer, order.form.dealer_code) == (Channel.DEALER, "D001", "D001")


def test_an_intake_that_lacks_something_keeps_the_rest(console, complaining):
    visitor = console.login("agent")
    page = visitor.get("/complaints/new")

    answer = visitor.post("/complaints/new", {"complaint_id": hidden(page, "complaint_id"), "kind": "complaint", "demand": "退车"})

    assert (answer.status_code, complaining.received) == (422, [])
    assert ">退车</textarea>" in answer.text
    assert 'id="ask-text-wrong"' in answer.text
    assert hidden(answer, "complaint_id") == hidden(page, "complaint_id")


# many at once


def test_many_are_assigned_at_once_and_what_could_not_be_says_why(console, complaining):
    visitor = console.login("complaint_handler")
    filed = [case for case in complaining.cases.values() if case.state is State.FILED]
    chosen = [*filed, complaining.one(State.CLOSED)]
    items = [f"{case.complaint_id}:{case.version}" for case in chosen]

    asked = visitor.post("/complaints/bulk", {"step": "assign", "item": items})
    answer = visitor.post(
        "/complaints/bulk/do", {"step": "assign", "item": items, "bulk_id": hidden(asked, "bulk_id"), "dealer_code": "D002"}
    )

    assert f"分派 {len(chosen)} 张单" in asked.text
    assert f"{len(filed)} 张办好" in answer.text
    assert "1 张没有办" in answer.text
    assert "单据当前状态不能做这一步" in answer.text
    assert {form.dealer_code for _, _, form in complaining.taken} == {"D002"}
    assert len(audited(console, "complaint.bulk")) == len(chosen)


@pytest.mark.parametrize("given", [{"step": "approve_closure"}, {"step": "assign", "item": []}, {"step": "assign", "item": ["x:1"]}])
def test_what_cannot_be_done_to_many_is_refused(console, complaining, given):
    assert console.login("complaint_handler").post("/complaints/bulk", given).status_code == 400
