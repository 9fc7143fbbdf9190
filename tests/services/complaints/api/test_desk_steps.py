"""Steps at the desk: taken once, of the version that was seen, and by whose they are."""

from uuid import uuid4

from contracts.complaint_exchange import RecordComplaintStep
from contracts.complaint_steps.beside import Attach, DeclareCrisis, Note
from contracts.complaint_steps.handling import Accept, Assign, Reclassify, StartPlanning, SubmitPlan
from contracts.complaint_steps.intake import Link, SolveDirectly
from contracts.complaint_words import CaseType, Grade, Kind
from contracts.complaints import ComplaintAssigned
from services.complaints.cases.history import history
from tests.services.complaints.cases.case_worlds import AGENT, DEALER, HANDLER, MOBILE, OTHER_DEALER, REGION, filing, listed, received


def test_a_case_is_taken_in_at_the_desk_once(desk):
    complaint_id = uuid4()
    order = {"complaint_id": str(complaint_id), "form": received().model_dump(mode="json")}

    first, again = (desk.ask("POST", "/cases", AGENT, json=order) for _ in range(2))

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["number"] == again.json()["number"] == "TS2611230001"
    assert len(desk.queue("all")) == 1


def test_a_step_at_the_desk_is_told_and_answers_with_the_case(desk):
    case = desk.filed()
    desk.house.told()

    answered = desk.order(case, Assign(region_code="EAST", dealer_code="D001"))

    assert answered.status_code == 200
    body = answered.json()
    assert (body["state"], body["version"], body["dealer_code"]) == ("assigned", 3, "D001")
    assert {clock["kind"] for clock in body["clocks"]} == {"first_reply", "close", "dealer_plan"}
    assert body["dealer_names"] == {"D001": "D001 店"}
    news, record = desk.house.told()
    assert isinstance(news, ComplaintAssigned)
    assert isinstance(record, RecordComplaintStep)
    assert (record.step, record.by, record.version) == ("assign", "li", 3)


def test_a_step_that_comes_again_changes_nothing(desk):
    case, step_id = desk.filed(), uuid4()
    form = Assign(region_code="EAST", dealer_code="D001")
    desk.order(case, form, version=2, step_id=step_id)
    desk.house.told()

    again = desk.order(case, form, version=2, step_id=step_id)

    assert (again.status_code, again.json()["version"], desk.house.told()) == (200, 3, [])


def test_a_step_id_of_another_case_is_refused(desk):
    case, other, step_id = desk.receive(), desk.receive(), uuid4()
    desk.order(case, Note(text="一"), step_id=step_id)

    assert desk.order(other, Note(text="二"), step_id=step_id).json()["code"] == "step_id"


def test_of_two_at_one_case_the_second_hears_who_did_what(desk):
    case = desk.filed()
    desk.order(case, Assign(region_code="EAST", dealer_code="D001"), version=2)

    second = desk.order(case, Reclassify(type=CaseType.SALES, grade=Grade.MAJOR, reason="重判"), AGENT, version=2)
    third = desk.order(case, Reclassify(type=CaseType.SALES, grade=Grade.MAJOR, reason="重判"), version=2)

    assert second.json()["code"] == "changed"
    assert third.status_code == 409
    assert (third.json()["code"], desk.case(case).type) == ("changed", CaseType.QUALITY)
    assert "li 已分派" in third.json()["message"]
    assert "assigned by li at 11-23 10:00" in third.json()["message_en"]


def test_notes_collide_with_nothing(desk):
    case = desk.filed()

    assert desk.order(case, Note(text="备注"), AGENT, version=1).status_code == 200


def test_what_the_role_or_the_state_does_not_allow_is_refused_with_its_reason(desk):
    case = desk.receive()

    assert desk.order(case, filing(), AGENT).json()["code"] == "not_yours"
    assert desk.order(case, Assign(region_code="EAST", dealer_code="D001")).json()["code"] == "not_here"


def test_a_dealer_handles_what_is_assigned_to_them_and_no_longer_what_was_taken_from_them(desk):
    case = desk.assigned(dealer="D001")
    assert desk.order(case, Accept(), DEALER).status_code == 200
    desk.take(case, DEALER, StartPlanning())

    moved = desk.assigned(dealer="D001")
    desk.take(moved, HANDLER, Assign(region_code="EAST", dealer_code="D002"))

    assert desk.order(moved, Accept(), DEALER).status_code == 404
    assert desk.order(moved, Accept(), OTHER_DEALER).status_code == 200


def test_whom_it_came_through_may_not_handle_what_is_assigned_to_another(desk):
    desk.house.deliver(listed("D001"))
    case = desk.receive(by=DEALER)
    desk.take(case, HANDLER, filing())
    desk.take(case, HANDLER, Assign(region_code="EAST", dealer_code="D002"))

    assert desk.order(case, Accept(), DEALER).json()["code"] == "not_yours"
    assert desk.order(case, Note(text="请关照"), DEALER).status_code == 200


def test_linked_cases_know_each_other(desk):
    one, other = desk.receive(), desk.receive()

    desk.order(one, Link(other_id=other))

    assert desk.case(one).linked == (other,)
    assert desk.case(other).linked == (one,)
    page = desk.ask("GET", f"/cases/{other}").json()
    assert [row["complaint_id"] for row in page["linked"]] == [str(one)]
    assert desk.order(one, Link(other_id=other)).json()["code"] == "linked_already"
    assert desk.order(one, Link(other_id=one)).json()["code"] == "itself"
    assert desk.order(one, Link(other_id=uuid4())).json()["code"] == "unknown"


def test_a_file_that_is_not_there_is_not_put_into_a_case(desk):
    case = desk.receive()

    assert desk.order(case, Attach(file_id=uuid4(), name="发票")).json()["code"] == "no_file"


def test_a_page_shows_the_customers_other_cases_beside_it(desk):
    one, other, _stranger = desk.receive(), desk.receive(), desk.receive(mobile="13900139000", vin=None)

    page = desk.ask("GET", f"/cases/{one}").json()

    assert [row["complaint_id"] for row in page["similar"]] == [str(other)]
    assert [line["step"] for line in page["history"]] == ["receive"]
    assert {"file", "judge_invalid", "note", "take_over"} <= set(page["allowed"])
    assert not {"assign", "solve_directly", "breach", "pause_all"} & set(page["allowed"])


def test_the_phone_number_is_clear_to_those_who_call_and_masked_to_others(desk):
    desk.house.deliver(listed("D001"))
    case = desk.assigned()

    clear = [desk.ask("GET", f"/cases/{case}", by).json() for by in (AGENT, HANDLER, DEALER)]
    masked = desk.ask("GET", f"/cases/{case}", REGION).json()

    assert {page["mobile"] for page in clear} == {MOBILE}
    assert masked["mobile"] == "138••••8000"
    assert MOBILE not in str(masked)


def test_a_dealer_is_not_shown_what_the_maker_settles_among_its_own(desk):
    case = desk.assigned()
    desk.take(case, HANDLER, Note(text="内部意见"))
    desk.take(case, HANDLER, Note(text="请尽快", mentions=("zhao",)))

    page = desk.ask("GET", f"/cases/{case}", DEALER).json()

    assert [line["form"].get("text") for line in page["history"] if line["step"] == "note"] == ["请尽快"]


def test_whom_it_came_through_is_not_shown_how_another_dealer_handles_it(desk):
    desk.house.deliver(listed("D001"))
    case = desk.receive(by=DEALER)
    desk.take(case, HANDLER, filing())
    desk.take(case, HANDLER, Assign(region_code="EAST", dealer_code="D002", note="请尽快"))
    for form in (Accept(), StartPlanning(), SubmitPlan(content="更换天窗", fee="9000"), Note(text="客户难缠")):
        desk.take(case, OTHER_DEALER, form)
    desk.take(case, DEALER, Note(text="请关照"))
    desk.take(case, HANDLER, Note(text="谢谢", mentions=("zhao",)))

    passed_on, in_charge, ours = (desk.ask("GET", f"/cases/{case}", by).json() for by in (DEALER, OTHER_DEALER, HANDLER))

    assert [line["step"] for line in passed_on["history"]] == ["receive", "file", "note", "note"]
    assert [line["form"]["text"] for line in passed_on["history"][2:]] == ["请关照", "谢谢"]
    assert (passed_on["plans"], len(in_charge["plans"]), len(ours["plans"])) == ([], 1, 1)
    assert not [word for word in ("9000", "客户难缠", "更换天窗", "请尽快", MOBILE) if word in str(passed_on)]


def test_a_dealer_is_not_told_of_a_crisis(desk):
    case = desk.assigned()
    desk.take(case, HANDLER, DeclareCrisis(note="热搜第三", marketing=("wei",)))

    page = desk.ask("GET", f"/cases/{case}", DEALER).json()

    assert page["disputes"] == []
    assert "热搜" not in str(page)


def test_many_are_assigned_at_once_and_what_cannot_be_is_named(desk):
    filed, received_only = [desk.filed() for _ in range(3)], desk.receive()
    versions = [{"complaint_id": str(one), "version": desk.case(one).version} for one in (*filed, received_only)]
    stranger = {"complaint_id": str(uuid4()), "version": 1}
    form = Assign(region_code="EAST", dealer_code="D001").model_dump(mode="json")
    bulk = {"bulk_id": str(uuid4()), "cases": [*versions, stranger], "form": form}

    first, again = (desk.ask("POST", "/bulk", json=bulk).json() for _ in range(2))

    assert first["done"] == again["done"] == 3
    assert [(no["code"], no["number"]) for no in first["refused"]] == [("not_here", desk.case(received_only).number), ("unknown", "")]
    assert {desk.case(one).version for one in filed} == {3}


def test_changes_are_shown_with_their_versions_until_nothing_is_new(desk):
    case = desk.receive()
    desk.wait(minutes=1)
    begun = desk.ask("GET", "/changes").json()
    desk.wait(seconds=5)
    desk.take(case, AGENT, Note(text="一"))

    changed = desk.ask("GET", "/changes", params={"since": begun["until"]}).json()
    desk.wait(minutes=1)
    after = desk.ask("GET", "/changes", params={"since": changed["until"]}).json()
    last = desk.ask("GET", "/changes", params={"since": after["until"]}).json()

    assert [(one["complaint_id"], one["version"]) for one in changed["cases"]] == [(str(case), 2)]
    assert last["cases"] == []


def test_more_changes_than_one_answer_holds_come_one_after_another(desk):
    begun = desk.ask("GET", "/changes").json()["until"]
    ids = {str(one) for one in desk.receive_many(250)}
    desk.wait(minutes=1)

    first = desk.ask("GET", "/changes", params={"since": begun}).json()
    second = desk.ask("GET", "/changes", params={"since": first["until"]}).json()

    assert len(first["cases"]) == 200
    assert {one["complaint_id"] for one in first["cases"] + second["cases"]} == ids


def test_two_who_look_at_one_case_see_each_other_for_a_while(desk):
    case = desk.receive()

    alone = desk.ask("POST", f"/cases/{case}/looking").json()
    with_li = desk.ask("POST", f"/cases/{case}/looking", AGENT).json()
    row = desk.search(AGENT, queue="all").json()["rows"][0]
    desk.wait(minutes=2)
    later = desk.ask("POST", f"/cases/{case}/looking", AGENT).json()

    assert (alone["looking"], with_li["looking"], row["looking"], later["looking"]) == ([], ["li"], ["li"], [])


def test_dealers_are_listed_as_far_as_they_may_be_seen(desk):
    for code, region in (("D001", "EAST"), ("D002", "EAST"), ("D003", "WEST")):
        desk.house.deliver(listed(code, region))

    def codes(by):
        return [one["dealer_code"] for one in desk.ask("GET", "/dealers", by).json()["dealers"]]

    assert (codes(HANDLER), codes(REGION), codes(DEALER)) == (["D001", "D002", "D003"], ["D001", "D002"], ["D001"])


def test_a_grievance_is_solved_by_the_agent_and_a_complaint_is_not(desk):
    form = SolveDirectly(verified="是", solution="已洗车", said="已为您处理")
    grievance, complaint = desk.receive(kind=Kind.GRIEVANCE), desk.receive()

    assert desk.order(grievance, form, AGENT).json()["state"] == "solved_direct"
    assert desk.order(complaint, form, AGENT).json()["code"] == "complaint"


def test_a_plan_is_the_dealers_to_hand_in(desk):
    case = desk.assigned()
    for form in (Accept(), StartPlanning()):
        desk.take(case, DEALER, form)

    page = desk.order(case, SubmitPlan(content="更换天窗密封条", fee="300.50"), DEALER).json()

    assert (page["state"], page["plans"][0]["fee"]) == ("plan_submitted", "300.50")


def test_a_step_that_is_taken_while_the_case_is_read_is_not_in_its_history(desk):
    case = desk.filed()
    as_it_was = desk.case(case)
    desk.take(case, HANDLER, Note(text="同时写下"))

    with desk.house.database.read() as connection:
        told = history(connection, as_it_was, HANDLER, in_clear=True, handled_by_others=False)

    assert [one.version for one in told] == [1, 2]
