"""Files over HTTP: staff bring and see them, the sender brings what a follower sent, and nobody sees another's."""

import base64
from contextlib import ExitStack
from urllib.parse import quote
from uuid import UUID, uuid4

import eventlet
import pytest
import requests
from sqlalchemy import func, select

from contracts.complaint_files import ComplaintFileFetched, ComplaintFileLost, FetchComplaintFile, PhoneFile
from contracts.complaint_steps.beside import Attach
from contracts.complaint_steps.closing import ProposeClosure
from contracts.complaint_steps.handling import Accept, Assign, AuthorisePlan, StartPlanning, SubmitPlan
from contracts.complaint_words import CloseReason
from services.complaints.files import cleaning
from services.complaints.files.handling import HandlesFiles
from services.complaints.files.loose import clear_away
from services.complaints.files.store import PART_BYTES
from services.complaints.tables import file_parts, files
from tests.services.complaints.api.desk_asked import TOKEN
from tests.services.complaints.cases.case_worlds import AGENT, DEALER, HANDLER, OTHER_DEALER, REGION, filing
from tests.services.complaints.files.made_files import PDF, SCRIPT, bomb, opened, paper, photo, stream, voice

PAGES = paper(stream(b"what nobody may read " * 50))


class Filing(HandlesFiles):
    """This part of the service alone."""

    def __init__(self, now):
        self.now = now


def bring(desk, complaint_id, content, by=HANDLER, *, name="前挡.jpg", file_id=None):
    return desk.ask("PUT", f"/cases/{complaint_id}/files/{file_id or uuid4()}", by, headers={"X-File-Name": quote(name)}, data=content)


def sender_brings(desk, file_id, content, token=TOKEN):
    url = f"http://127.0.0.1:{desk.port}/files/{file_id}"
    return requests.put(url, data=content, headers={"Authorization": f"Bearer {token}"}, timeout=30)


def see(desk, complaint_id, file_id, by=HANDLER):
    return desk.ask("GET", f"/cases/{complaint_id}/files/{file_id}", by)


def awaited(desk, kind="photo"):
    """(case, file) of what a follower sent."""
    one = PhoneFile(file_id=uuid4(), media_id="media-1", kind=kind)
    return desk.submit(files=(one,)), one.file_id


def shown(desk, complaint_id, by=HANDLER):
    return desk.ask("GET", f"/cases/{complaint_id}", by).json()["files"]


def hear(desk, message):
    with desk.house.write() as tx:
        handling = Filing(desk.service.now)
        (handling.on_file_lost if isinstance(message, ComplaintFileLost) else handling.on_file_fetched)(message, tx)


def test_staff_bring_a_photo_see_it_and_attach_it(desk):
    complaint_id = desk.receive()

    brought = bring(desk, complaint_id, photo(), AGENT, name="C:\\pictures\\前挡.jpg")
    told = brought.json()
    seen = see(desk, complaint_id, told["file_id"], AGENT)
    desk.take(complaint_id, AGENT, Attach(file_id=told["file_id"], name="漏水处", shown=True))

    assert (brought.status_code, told["state"], told["name"], told["by"], told["role"]) == (201, "kept", "前挡.jpg", "wang", "agent")
    assert (seen.headers["Content-Type"], seen.headers["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    assert len(seen.content) == told["bytes"]
    assert not opened(seen.content).getexif()
    assert [(one["name"], one["shown"]) for one in shown(desk, complaint_id)] == [("漏水处", True)]


def test_a_paper_of_many_parts_comes_back_as_it_was_and_is_offered_to_be_saved(desk):
    complaint_id = desk.receive()
    whole = paper(stream(bytes(range(256)) * 4_000))

    told = bring(desk, complaint_id, whole, name="报告.pdf").json()
    seen = see(desk, complaint_id, told["file_id"])

    assert told["kind"] == "paper"
    assert seen.content == whole
    assert seen.headers["Content-Disposition"] == "attachment"
    with desk.house.database.read() as connection:
        assert connection.execute(select(func.count()).select_from(file_parts)).scalar_one() == -(-len(whole) // PART_BYTES)


def test_at_rest_nothing_of_it_can_be_read(desk):
    told = bring(desk, desk.receive(), PAGES).json()

    with desk.house.database.read() as connection:
        (at_rest,) = connection.exec_driver_sql("select content from file_parts").scalars()

    assert told["state"] == "kept"
    assert base64.b64encode(PAGES).decode()[:40] not in at_rest
    assert len(at_rest) < 65_535


def test_a_full_part_fits_into_its_column(desk):
    bring(desk, desk.receive(), paper(stream(bytes(PART_BYTES))))

    with desk.house.database.read() as connection:
        lengths = connection.exec_driver_sql("select length(content) from file_parts order by part_no").scalars().all()

    assert len(lengths) == 2
    assert lengths[0] < 65_535


def test_a_repeat_changes_nothing(desk):
    complaint_id, file_id = desk.receive(), uuid4()

    first = bring(desk, complaint_id, photo(), file_id=file_id)
    again = bring(desk, complaint_id, PDF, name="other.pdf", file_id=file_id)

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"no picture", "not_a_photo"), (bomb(), "too_large"), (b"%PDF-1.7 cut", "not_a_paper"), (paper(SCRIPT), "active_paper")],
)
def test_what_is_not_kept_leaves_nothing_behind(desk, content, reason):
    complaint_id = desk.receive()

    said = bring(desk, complaint_id, content)

    assert (said.status_code, said.json()["code"]) == (422, reason)
    assert not shown(desk, complaint_id)


def test_more_bytes_than_may_be_are_not_read(desk):
    said = bring(desk, desk.receive(), bytes(10 * 1024 * 1024 + 1))

    assert (said.status_code, said.json()["code"]) == (413, "too_large")


def test_nobody_brings_or_sees_a_file_of_a_case_that_is_not_theirs(desk):
    complaint_id = desk.assigned("D001")
    told = bring(desk, complaint_id, photo(), DEALER).json()
    desk.take(complaint_id, DEALER, Attach(file_id=told["file_id"], name="前挡"))
    other = desk.receive()

    assert see(desk, complaint_id, told["file_id"], DEALER).status_code == 200
    assert see(desk, complaint_id, told["file_id"], REGION).status_code == 200
    for refused in (
        see(desk, complaint_id, told["file_id"], OTHER_DEALER),
        bring(desk, complaint_id, photo(), OTHER_DEALER),
        see(desk, complaint_id, uuid4()),
        see(desk, uuid4(), told["file_id"]),
        see(desk, other, told["file_id"]),
    ):
        assert (refused.status_code, refused.json()["code"]) == (404, "unknown")
    assert bring(desk, other, photo(), file_id=told["file_id"]).status_code == 409


def test_a_dealer_who_passed_a_case_on_sees_what_the_customer_sees_and_what_they_brought_themselves(desk):
    complaint_id = desk.receive(by=OTHER_DEALER)
    own = bring(desk, complaint_id, photo(), OTHER_DEALER).json()["file_id"]
    inside, for_them = (bring(desk, complaint_id, photo()).json()["file_id"] for _ in range(2))
    desk.take(complaint_id, OTHER_DEALER, Attach(file_id=own, name="前挡"))
    desk.take(complaint_id, HANDLER, filing())
    desk.take(complaint_id, HANDLER, Assign(region_code="EAST", dealer_code="D001"))
    desk.take(complaint_id, HANDLER, Attach(file_id=inside, name="内部报告"))
    desk.take(complaint_id, HANDLER, Attach(file_id=for_them, name="答复", shown=True))

    def what_they_see(by):
        listed = {one["file_id"] for one in shown(desk, complaint_id, by)}
        assert listed == {one for one in (own, inside, for_them) if see(desk, complaint_id, one, by).status_code == 200}
        return listed

    assert what_they_see(OTHER_DEALER) == {own, for_them}
    assert what_they_see(DEALER) == {own, inside, for_them}


def test_what_a_follower_sent_is_asked_for_brought_once_and_shown(desk):
    complaint_id, file_id = awaited(desk)
    (wish,) = [message for message in desk.house.told() if isinstance(message, FetchComplaintFile)]

    before = shown(desk, complaint_id)
    brought = [sender_brings(desk, wish.file_id, photo()).status_code for _ in range(2)]
    desk.wait(minutes=1)
    hear(desk, ComplaintFileFetched(file_id=file_id, complaint_id=complaint_id))

    assert [one["state"] for one in before] == ["awaited"]
    assert see(desk, complaint_id, uuid4()).status_code == 404
    assert brought == [204, 204]
    assert [(one["state"], one["role"], one["shown"]) for one in shown(desk, complaint_id)] == [("kept", "customer", True)]
    assert opened(see(desk, complaint_id, file_id).content).format == "JPEG"


def test_a_voice_is_heard_at_the_desk(desk):
    complaint_id, file_id = awaited(desk, "voice")

    sender_brings(desk, file_id, voice(0.5))

    assert see(desk, complaint_id, file_id).headers["Content-Type"] == "audio/mpeg"


def test_the_sender_hears_why_a_file_is_not_kept(desk):
    _, file_id = awaited(desk)

    said = sender_brings(desk, file_id, b"no photo")

    assert (said.status_code, said.json()["code"]) == (422, "not_a_photo")
    assert sender_brings(desk, uuid4(), photo()).status_code == 404
    assert sender_brings(desk, file_id, photo(), token="guessed").status_code == 401


def test_what_is_lost_says_why_and_what_comes_after_all_stays(desk):
    complaint_id, file_id = awaited(desk)
    lost = ComplaintFileLost(file_id=file_id, complaint_id=complaint_id, reason="gone")

    hear(desk, lost)
    was = shown(desk, complaint_id)
    sender_brings(desk, file_id, photo())
    hear(desk, lost)

    assert [(one["state"], one["reason"]) for one in was] == [("lost", "gone")]
    assert see(desk, complaint_id, file_id).status_code == 200
    assert [(one["state"], one["reason"]) for one in shown(desk, complaint_id)] == [("kept", "")]


def test_a_file_that_came_is_shown_at_desks_that_have_the_case_open(desk):
    complaint_id, file_id = awaited(desk)
    desk.wait(minutes=1)
    since = desk.ask("GET", "/changes").json()["until"]
    desk.wait(minutes=1)

    hear(desk, ComplaintFileFetched(file_id=file_id, complaint_id=complaint_id))

    assert [one["complaint_id"] for one in desk.ask("GET", "/changes", params={"since": since}).json()["cases"]] == [str(complaint_id)]


def test_what_is_not_attached_is_seen_by_who_brought_it_alone(desk):
    complaint_id = desk.receive()
    file_id = bring(desk, complaint_id, photo(), AGENT).json()["file_id"]

    before = [(len(shown(desk, complaint_id, by)), see(desk, complaint_id, file_id, by).status_code) for by in (AGENT, HANDLER)]
    desk.take(complaint_id, AGENT, Attach(file_id=file_id, name="前挡"))

    assert before == [(1, 200), (0, 404)]
    assert (len(shown(desk, complaint_id)), see(desk, complaint_id, file_id).status_code) == (1, 200)


def test_what_nobody_attached_is_taken_away_after_a_week_and_all_else_stays(desk):
    complaint_id, theirs = awaited(desk)
    sender_brings(desk, theirs, photo())
    loose, attached, evidence = (bring(desk, complaint_id, PDF).json()["file_id"] for _ in range(3))
    desk.take(complaint_id, HANDLER, Attach(file_id=attached, name="报告"))
    in_execution(desk, complaint_id)
    desk.take(complaint_id, DEALER, ProposeClosure(reason=CloseReason.NOT_SUPPORTED, evidence="解释", files=(evidence,)))

    desk.wait(days=7, milliseconds=-1)
    clear_away(desk.house.database, desk.now)
    in_time = len(shown(desk, complaint_id))
    desk.wait(milliseconds=1)
    clear_away(desk.house.database, desk.now)

    assert in_time == 4
    assert {one["file_id"] for one in shown(desk, complaint_id)} == {str(theirs), attached, evidence}
    with desk.house.database.read() as connection:
        assert connection.execute(select(func.count(file_parts.c.file_id.distinct()))).scalar_one() == 3
    assert bring(desk, complaint_id, PDF, file_id=loose).status_code == 201


def in_execution(desk, complaint_id):
    desk.take(complaint_id, HANDLER, filing())
    desk.take(complaint_id, HANDLER, Assign(region_code="EAST", dealer_code="D001"))
    for form in (Accept(), StartPlanning(), SubmitPlan(content="解释政策")):
        desk.take(complaint_id, DEALER, form)
    desk.take(complaint_id, HANDLER, AuthorisePlan())


def test_a_case_has_only_so_many_files(desk):
    complaint_id = desk.receive()
    first = bring(desk, complaint_id, PDF).json()
    with desk.house.write() as tx:
        row = dict(tx.execute(select(files)).one()._mapping)
        tx.execute(files.insert(), [{**row, "file_id": uuid4()} for _ in range(199)])

    assert bring(desk, complaint_id, PDF).json()["code"] == "too_many"
    assert see(desk, complaint_id, first["file_id"]).status_code == 200


def test_who_complained_sees_what_they_sent_and_what_is_shown_to_them_and_nobody_else_does(desk):
    complaint_id, theirs = awaited(desk)
    sender_brings(desk, theirs, photo())
    inside, for_them = (bring(desk, complaint_id, photo()).json()["file_id"] for _ in range(2))
    desk.take(complaint_id, HANDLER, Attach(file_id=for_them, name="维修单", shown=True))

    def status(file_id, follower=None, token=TOKEN):
        url = f"http://127.0.0.1:{desk.port}/followers/{follower or UUID(int=7)}/files/{file_id}"
        return requests.get(url, headers={"Authorization": f"Bearer {token}"}, timeout=30).status_code

    assert [status(one) for one in (theirs, for_them, inside, uuid4())] == [200, 200, 404, 404]
    assert [status(theirs, follower=uuid4()), status(theirs, token="wrong")] == [404, 401]
    assert status(awaited(desk)[1]) == 404


def test_what_the_sender_was_told_is_refused_is_refused_again_without_being_opened(desk):
    complaint_id, file_id = awaited(desk)

    first = sender_brings(desk, file_id, b"no photo")
    known = shown(desk, complaint_id)
    again = sender_brings(desk, file_id, photo())

    assert [(answer.status_code, answer.json()["code"]) for answer in (first, again)] == [(422, "not_a_photo")] * 2
    assert [(one["state"], one["reason"]) for one in known] == [("lost", "not_a_photo")]


def test_a_file_that_is_being_opened_is_not_opened_a_second_time(desk):
    _, file_id = awaited(desk)
    heard = eventlet.Queue()

    with ExitStack() as others:
        for _ in range(cleaning.AT_ONCE):  # whose files are opened just now, so that ours waits
            others.enter_context(cleaning.PLACES)
        for _ in range(2):
            eventlet.spawn(lambda: heard.put(sender_brings(desk, file_id, photo()).status_code))
        at_once = heard.get(timeout=20)

    assert (at_once, heard.get(timeout=20)) == (503, 204)
    assert sender_brings(desk, file_id, photo()).status_code == 204
