"""The desk's queues: most urgent first, by pages, and of each role what waits for it."""

from uuid import UUID

from contracts.complaint_steps.beside import Note, Pause, StartVrt
from contracts.complaint_steps.handling import Accept
from contracts.complaint_steps.intake import Contact, JudgeInvalid, TakeOver
from contracts.complaint_words import Channel, Grade, Kind, Role, VrtKind
from services.complaints.cases.taking import Acting
from tests.services.complaints.cases.case_worlds import AGENT, DEALER, HANDLER, LEADER, MOBILE, REGION, VIN, filing, listed

OTHER_HANDLER = Acting("wu", Role.HANDLER)
MEMBER = Acting("zheng", Role.VRT)


def texts(ids):
    return [str(one) for one in ids]


def test_what_ends_first_comes_first_and_what_has_no_limit_that_runs_last(desk):
    slow = desk.filed()
    no_limit = desk.receive()
    desk.take(no_limit, AGENT, Contact(how="phone"))
    quick = desk.receive()
    desk.take(quick, HANDLER, filing(grade=Grade.MAJOR, close_minutes=30))
    for one in (slow, quick):
        desk.take(one, HANDLER, Contact(how="phone"))

    assert desk.queue("open") == texts([quick, slow, no_limit])


def test_a_queue_is_paged_without_loss_or_repeat(desk):
    ids = {str(one) for one in desk.receive_many(120)}
    for one in sorted(ids)[:30]:
        desk.take(UUID(one), AGENT, Contact(how="phone"))

    open_ones, all_ones = desk.queue("open"), desk.queue("all")

    assert len(open_ones) == len(all_ones) == 120
    assert set(open_ones) == set(all_ones) == ids


def test_a_handler_finds_their_own_and_what_mentions_them(desk):
    mine, theirs, mentioned = desk.filed(), desk.receive(), desk.receive()
    desk.take(theirs, HANDLER, TakeOver(to="wu"))
    desk.take(mentioned, AGENT, Note(text="请看", mentions=("li",)))

    assert set(desk.queue("mine")) == set(texts([mine, mentioned]))
    assert desk.queue("mine", OTHER_HANDLER) == texts([theirs])


def test_a_mention_is_gone_when_its_reader_has_taken_a_step(desk):
    mentioned = desk.receive()
    desk.take(mentioned, AGENT, Note(text="请看", mentions=("li",)))
    desk.take(mentioned, HANDLER, Note(text="看过了"))

    assert desk.queue("mine") == []


def test_agents_find_grievances_and_what_they_are_to_reply_to(desk):
    grievance, complaint, invalid = desk.receive(kind=Kind.GRIEVANCE), desk.receive(), desk.receive()
    desk.take(invalid, HANDLER, JudgeInvalid(reason="no_fault", note="正常"))

    assert set(desk.queue("mine", AGENT)) == set(texts([grievance, invalid]))
    assert desk.queue("unassigned", AGENT) == texts([grievance])
    assert desk.queue("unassigned", HANDLER) == texts([complaint])


def test_a_dealer_finds_what_waits_for_them_and_nothing_of_others(desk):
    desk.house.deliver(listed("D001"))
    mine, passed_on = desk.assigned(dealer="D001"), desk.receive(by=DEALER)
    desk.assigned(dealer="D002")
    desk.take(mine, DEALER, Accept())

    assert desk.queue("mine", DEALER) == texts([mine])
    assert set(desk.queue("all", DEALER)) == set(texts([mine, passed_on]))


def test_members_of_a_group_find_it_while_it_is_at_work(desk):
    case, _other = desk.filed(), desk.filed()
    desk.take(case, HANDLER, StartVrt(kind=VrtKind.OTHER, lead="li", members=("zheng",), minutes=60, question="谁负责？"))

    assert desk.queue("mine", MEMBER) == desk.queue("all", MEMBER) == texts([case])


def test_overdue_is_what_is_open_past_its_limit_and_does_not_stand_still(desk):
    late, paused = desk.filed(), desk.filed()
    for one in (late, paused):
        desk.take(one, HANDLER, Contact(how="phone"))
    close = next(one for one in desk.case(paused).deadlines if one.is_open)
    desk.take(paused, HANDLER, Pause(deadlines=(close.deadline_id,), reason="customer", note="等客户"))
    desk.wait(days=60)

    assert desk.queue("overdue") == texts([late])
    row = desk.search(queue="overdue").json()["rows"][0]
    assert row["overdue"]
    assert row["clock"]["share"] > 1
    assert row["clock"]["left_minutes"] < 0


def test_a_line_says_what_is_to_be_known_and_masks_the_name(desk):
    desk.house.deliver(listed("D001"))
    case = desk.assigned(text="新车  漏雨\n" * 40)

    (row,) = desk.search(REGION, queue="open").json()["rows"]

    assert (row["complaint_id"], row["name"], row["dealer_name"]) == (str(case), "张••", "D001 店")
    assert len(row["beginning"]) == 60
    assert row["clock"]["kind"] == "first_reply"


def test_filters_narrow_a_queue(desk):
    letter, phone = desk.receive(channel=Channel.LETTER), desk.receive(safety=True)

    assert desk.queue("open", channel="letter") == texts([letter])
    assert desk.queue("open", flag="safety") == texts([phone])
    assert desk.queue("open", received_from="2026-11-24") == []
    assert set(desk.queue("open", received_from="2026-11-23", received_until="2026-11-23")) == set(texts([letter, phone]))


def test_a_case_is_found_by_its_number_a_phone_number_a_vin_and_nothing_else(desk):
    case, _other = desk.receive(), desk.receive(mobile="13900139000", vin="LSGPC52U6AF109999")

    for q in (desk.case(case).number.lower(), MOBILE, f"+86 {MOBILE}", VIN, f" {VIN.lower()} "):
        assert desk.queue("all", q=q) == texts([case]), q
    assert desk.queue("all", q="漏雨") == []


def test_counts_are_of_who_asks(desk):
    desk.assigned(dealer="D001")
    desk.assigned(dealer="D002")
    desk.receive()

    assert desk.ask("GET", "/counts").json() == {
        "mine": 2,
        "unassigned": 1,
        "overdue": 0,
        "escalated": 0,
        "call_backs": 0,
        "open": 3,
    }
    assert desk.ask("GET", "/counts", DEALER).json()["open"] == 1
    assert desk.ask("GET", "/counts", LEADER).json()["mine"] == 0


def test_a_place_that_is_none_is_a_problem(desk):
    assert desk.search(after="nowhere").json()["code"] == "after"
