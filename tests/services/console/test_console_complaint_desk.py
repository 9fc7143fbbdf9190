"""The desk of complaints in small things: large files, names in notes, what is said of ids and codes, and what is offered to whom."""

import io
import re
from uuid import UUID

import pytest

from contracts.complaining import MOST_BYTES
from contracts.complaint_case import CaseRow
from contracts.complaint_steps.beside import Note
from contracts.complaint_steps.intake import Link
from contracts.complaint_words import Role, State
from tests.services.console.complaining_fake import PIXEL
from tests.services.console.test_console_complaints import filled, hidden

MEGABYTE = 2**20
ROW = {"complaint_id", "version", "number", "kind", "channel", "state", "received_at"}


def brought(visitor, case, data):
    """What is answered to a file of these bytes."""
    page = visitor.get(f"/complaints/{case.complaint_id}/steps/attach")
    form = {name: hidden(page, name) for name in ("version", "step_id", "file_id_new")}
    return visitor.post(f"/complaints/{case.complaint_id}/files", form | {"file_id": (io.BytesIO(data), "现场.png"), "shown": "true"})


def test_a_file_as_large_as_a_file_may_be_is_brought(console, complaining):
    case = complaining.one(State.EXECUTING)
    data = PIXEL.ljust(MOST_BYTES, b"\0")

    answer = brought(console.login("dealer_staff"), case, data)

    assert answer.status_code == 303
    assert list(complaining.brought.values()) == [data]


def test_a_file_that_is_a_little_too_large_is_refused_on_its_form_with_what_it_has_and_may_have(console, complaining):
    case = complaining.one(State.EXECUTING)

    answer = brought(console.login("dealer_staff"), case, PIXEL.ljust(MOST_BYTES + MEGABYTE // 10, b"\0"))

    assert (answer.status_code, complaining.brought, complaining.taken) == (413, {}, [])
    assert "这个文件有 10.1 MB，最多 10 MB" in answer.text
    assert 'name="file_id_new"' in answer.text
    assert re.search(r'name="shown" value="true" checked', answer.text)


def test_what_is_larger_than_anything_is_refused_with_what_a_file_may_have(console, complaining):
    answer = brought(console.login("dealer_staff"), complaining.one(State.EXECUTING), bytes(12 * MEGABYTE))

    assert (answer.status_code, complaining.taken) == (413, [])
    assert "文件最多 10 MB" in answer.text


def test_who_is_named_with_an_at_is_mentioned_if_they_may_be(console, complaining):
    case, visitor = complaining.one(State.ASSIGNED), console.login("complaint_handler")

    typed = filled(visitor, case, "note", text="@technical 请看，抄送 @legal. 还有 @nobody", mentions=["leader"])
    visitor.post(f"/complaints/{case.complaint_id}/steps/note", typed)

    (_, _, form) = complaining.taken[0]
    assert form.mentions == ("leader", "legal", "technical")


def test_a_link_is_told_by_the_number_of_the_other_case_and_never_by_its_id(console, complaining):
    case, other = complaining.one(State.ASSIGNED), complaining.one(State.RECEIVED)
    complaining.move(case.complaint_id, Link(other_id=other.complaint_id), "li.ming", Role.HANDLER)
    row = CaseRow.model_validate({**other.model_dump(include=ROW), "changed_at": other.received_at})
    seen = case.model_copy(update={"history": complaining.cases[case.complaint_id].history, "linked": (row,)})
    complaining.cases[case.complaint_id] = seen
    visitor = console.login("complaint_handler")

    known = visitor.get(f"/complaints/{case.complaint_id}").text
    complaining.cases[case.complaint_id] = seen.model_copy(update={"linked": ()})
    unknown = visitor.get(f"/complaints/{case.complaint_id}").text

    assert re.search(rf"另一单的单号</span> {other.number}", known)
    assert f"</span> {other.complaint_id}" not in known + unknown
    assert "另一单的单号" not in unknown


def test_cases_that_are_no_longer_one_matter_are_parted_by_picking_one(console, complaining):
    case, other = complaining.one(State.ASSIGNED), complaining.one(State.RECEIVED)
    row = CaseRow.model_validate({**other.model_dump(include=ROW), "changed_at": other.received_at})
    complaining.cases[case.complaint_id] = case.model_copy(update={"linked": (row,), "allowed": ("unlink", "note")})
    visitor = console.login("complaint_handler")

    form = visitor.get(f"/complaints/{case.complaint_id}/steps/unlink").text
    typed = filled(visitor, case, "unlink", other_id=str(other.complaint_id), reason="两件事")
    visitor.post(f"/complaints/{case.complaint_id}/steps/unlink", typed)

    assert other.number in form
    ((_, _, taken),) = complaining.taken
    assert (taken.step, taken.other_id, taken.reason) == ("unlink", other.complaint_id, "两件事")


def test_the_history_names_the_dealer_beside_the_code(console, complaining):
    case = complaining.one(State.ASSIGNED)

    page = console.login("complaint_handler").get(f"/complaints/{case.complaint_id}").text

    assert f"分派给服务店</span> {case.dealer_code} {case.dealer_name}" in page


def test_a_limit_that_stands_still_says_in_words_what_for(console, complaining):
    case = complaining.one(State.ASSIGNED)
    clocks = tuple(clock.model_copy(update={"paused": True, "pause_reason": "part"}) for clock in case.clocks)
    complaining.cases[case.complaint_id] = case.model_copy(update={"clocks": clocks})
    page = console.login("complaint_handler").get(f"/complaints/{case.complaint_id}").text

    assert "等零件" in page
    assert "· part" not in page


def test_a_photo_that_could_not_be_had_says_why_in_words(console, complaining):
    case = complaining.one(State.RECEIVED)
    lost = case.files[0].model_copy(update={"state": "lost", "reason": "gone"})
    complaining.cases[case.complaint_id] = case.model_copy(update={"files": (lost,)})

    page = console.login("agent").get(f"/complaints/{case.complaint_id}").text

    assert "微信上已过期或被删除" in page


@pytest.mark.parametrize(("account", "queue"), [("monitor", "open"), ("administrator", "open"), ("complaint_handler", "mine")])
def test_who_only_watches_begins_with_all_that_is_open(console, complaining, account, queue):
    page = console.login(account).get("/complaints").text

    assert re.search(r'aria-current="page">(全部未结|待我处理)', page)[1] == {"open": "全部未结", "mine": "待我处理"}[queue]
    assert ("待我处理" in page) is (queue == "mine")


@pytest.mark.parametrize(
    ("account", "may"), [("agent", True), ("complaint_handler", True), ("dealer_staff", True), ("technical", False), ("monitor", False)]
)
def test_taking_in_is_offered_to_whom_it_is_for(console, complaining, account, may):
    page = console.login(account).get("/complaints").text

    assert ("data-key-new" in page) is may


def test_an_escalation_without_a_draft_does_not_ask_for_one(console, complaining):
    case = next(one for one in complaining.cases.values() if not one.escalations and one.state is not State.RECEIVED)

    page = console.login("complaint_handler").get(f"/complaints/{case.complaint_id}/steps/escalate").text

    assert 'name="escalation_id"' not in page
    assert 'name="trigger"' in page


def test_the_history_does_not_say_twice_what_stands_above_it(console, complaining):
    case = complaining.one(State.RECEIVED)
    complaining.move(case.complaint_id, Note(text="只说一次的话"), "li.ming", Role.HANDLER)

    page = console.login("complaint_handler").get(f"/complaints/{case.complaint_id}").text

    assert page.count(case.text) == 1
    assert page.count("只说一次的话") == 1


# whom it is about


def received(visitor, **typed):
    page = visitor.get("/complaints/new")
    form = {"complaint_id": hidden(page, "complaint_id"), "kind": "complaint", "channel": "letter", "text": "漏雨"}
    return visitor.post("/complaints/new", form | typed)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ({"mobile": " +86 138-0000 0005"}, {"mobile": "13800000005"}),
        ({"mobile": "023-6512 3456"}, {"mobile": "02365123456"}),
        ({"mobile": "400 820 8820"}, {"mobile": "4008208820"}),
        ({"vin": "lsgpc52u6 af102554"}, {"vin": "LSGPC52U6AF102554"}),
        ({"plate": "渝a·12345"}, {"plate": "渝A12345"}),
    ],
)
def test_numbers_are_kept_as_they_are_looked_for(console, complaining, typed, kept):
    answer = received(console.login("agent"), **typed)

    case = complaining.cases[UUID(answer.headers["Location"].rpartition("/")[2])]
    assert {name: getattr(case, name) for name in kept} == kept


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"mobile": "1380000"}, "手机号是 1 开头的 11 位数字"),
        ({"mobile": "没有"}, "手机号是 1 开头的 11 位数字"),
        ({"vin": "LSGPC52U6AF10255"}, "VIN 是 17 位字母和数字"),
        ({"vin": "LSGPC52U6AFI02554"}, "VIN 是 17 位字母和数字"),
    ],
)
def test_a_number_that_is_none_is_said_at_its_field_and_nobody_is_taken_in(console, complaining, typed, words):
    before = len(complaining.cases)

    answer = received(console.login("agent"), **typed)

    ((name, value),) = typed.items()
    assert (answer.status_code, len(complaining.cases)) == (422, before)
    assert words in answer.text
    assert f'name="{name}" value="{value}"' in answer.text
