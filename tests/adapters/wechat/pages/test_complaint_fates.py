"""What became of what a follower sent: words that came too late, photos and voices that came or did not, seen by nobody else (A-CMP-35)."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask, Response, request
from pydantic import SecretStr

from adapters.wechat.pages.complaint_copies import command_of
from adapters.wechat.pages.session import mint_session
from chassis.settings import Operator
from contracts.complaint_files import ComplaintFileFetched, ComplaintFileLost
from contracts.complaint_words import State
from contracts.complaints import ComplaintReopened, ComplaintSurveyRequested, ComplaintWishRefused
from tests.adapters.wechat.pages.conftest import FOLLOWER, KEY, NOW, STRANGER, serving
from tests.adapters.wechat.pages.news import COMPLAINT, SURVEY, arrived, closed_news, complaint_news
from tests.adapters.wechat.pages.showing import Shown, settings_to_show, showing, stand_in_for_weui

PAGE = f"/complaints/{COMPLAINT}"
PHOTO, VOICE = UUID(int=901), UUID(int=902)
JPEG = b"\xff\xd8 a photo"


class Keeper:
    """Complaints, as far as it shows files."""

    def __init__(self) -> None:
        self.kept: dict[tuple[UUID, UUID], tuple[str, bytes]] = {}
        self.away = False
        self.app = Flask(__name__)
        self.app.get("/complaints/v1/followers/<uuid:follower>/files/<uuid:file>")(self.answer)

    def answer(self, follower: UUID, file: UUID) -> Response:
        if self.away or request.headers["Authorization"] != "Bearer operator":
            return Response(status=503)
        media_type, content = self.kept.get((follower, file), ("", b""))
        return Response(content, mimetype=media_type) if content else Response(status=404)


@pytest.fixture
def keeper() -> Keeper:
    return Keeper()


@pytest.fixture
def shown(database: Any, tmp_path: Any, keeper: Keeper) -> Iterator[Shown]:
    assets = stand_in_for_weui(tmp_path / "assets")
    with serving(keeper.app) as url:
        operator = Operator(token=SecretStr("operator"), complaints_url=url)
        settings = settings_to_show(assets).model_copy(update={"operator": operator})
        with showing(database, assets, settings=settings) as pages:
            pages.agree()
            yield pages


def say(shown: Shown, what: str, **body: Any) -> UUID:
    """The id of the word."""
    id = uuid4()
    answer = shown.phone.post(f"/api{PAGE}/{what}", {"id": str(id)} | body)
    assert answer.status_code == 202, answer.text
    return id


def refused(word: UUID, wish: str, reason: str = "not_here", state: State = State.CLOSED) -> Any:
    news = {"complaint_id": COMPLAINT, "follower_id": FOLLOWER, "command_id": command_of(word, wish), "wish": wish}  # type: ignore[arg-type]
    return arrived(ComplaintWishRefused.model_validate(news | {"reason": reason, "state": state, "at": NOW}))


def send(shown: Shown, *files: tuple[UUID, str]) -> None:
    say(shown, "add", files=[{"file_id": str(id), "media_id": f"m-{id.int}", "kind": kind} for id, kind in files])


def came(file: UUID) -> Any:
    return arrived(ComplaintFileFetched(file_id=file, complaint_id=COMPLAINT))


def is_lost(file: UUID, reason: str) -> Any:
    return arrived(ComplaintFileLost(file_id=file, complaint_id=COMPLAINT, reason=reason))


def own_lines(page: Any) -> list[str]:
    return [element.text for element in page.all("li", class_="own")]


def test_an_addition_that_came_too_late_is_said_to_be_and_leads_to_where_it_can_be_said_again(shown):
    shown.hear(complaint_news())
    word = say(shown, "add", text="还有异响")
    shown.hear(refused(word, "add"), closed_news())

    page = shown.see(PAGE)

    assert "这段补充没有转给处理人" in own_lines(page)[0]
    assert "还有异响" in own_lines(page)[0]
    assert page.links()["请重新处理"] == f"{PAGE}/reopen"
    assert shown.see(f"{PAGE}/reopen").one("textarea").text == "还有异响"
    assert any("您补充了：那时处理已经结束" in note.text for note in page.all("p", class_="note"))


def test_once_it_was_said_again_the_page_does_not_begin_with_it(shown):
    shown.hear(complaint_news())
    word = say(shown, "add", text="还有异响")
    shown.hear(refused(word, "add"), complaint_news(ComplaintReopened, "reopen", 6, state="reopened", reopened_count=1))
    before = shown.see(PAGE)
    say(shown, "add", text="还有异响")

    after = shown.see(PAGE)

    assert before.links()["再发一次"] == f"{PAGE}/add"
    assert not any("没有转给" in note.text for note in after.all("p", class_="note"))


def test_a_withdrawal_that_was_not_taken_is_not_waited_for(shown):
    shown.hear(complaint_news())
    word = say(shown, "withdraw")
    assert shown.see(PAGE).heading == "撤回申请已收到"

    shown.hear(refused(word, "withdraw", state=State.INVALID))

    page = shown.see(PAGE)
    assert page.heading == "您反映的问题已登记"
    assert "没有撤回" in own_lines(page)[0]


def test_a_judgement_that_did_not_count_is_asked_for_again_where_the_survey_still_waits(shown):
    shown.hear(closed_news(), complaint_news(ComplaintSurveyRequested, "request_survey", 6, state="closed", survey_id=SURVEY))
    word = say(shown, "survey", survey_id=str(SURVEY), score=2)
    assert "评价处理结果" not in shown.see(PAGE).links()

    shown.hear(refused(word, "survey", "no_such_survey"))

    assert "评价处理结果" in shown.see(PAGE).links()


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("wish", ["add", "withdraw", "reopen", "survey"])
@pytest.mark.parametrize("state", [State.CLOSED, State.INVALID, State.DISPUTED, State.REOPENED])
def test_each_that_came_too_late_has_its_words(shown, wish, state, lang):
    body = {"add": {"text": "x"}, "withdraw": {}, "reopen": {"text": "x"}, "survey": {"survey_id": str(SURVEY), "score": 1}}[wish]
    shown.hear(closed_news(survey_id=SURVEY) if wish in ("reopen", "survey") else complaint_news())
    word = say(shown, wish, **body)
    shown.hear(refused(word, wish, state=state))

    page = shown.see(PAGE, lang=lang)

    (missed,) = page.all("span", class_="missed")
    assert len(missed.text) > 5
    assert any("一" <= letter <= "鿿" for letter in missed.text) is (lang == "zh")


def test_the_page_learns_of_it_by_its_mark_though_no_step_was_taken(shown):
    shown.hear(complaint_news())
    word = say(shown, "add", text="还有异响")
    send(shown, (PHOTO, "photo"), (VOICE, "voice"))
    marks = []

    for news in (complaint_news(), refused(word, "add"), came(PHOTO), is_lost(VOICE, "gone"), came(VOICE)):
        shown.hear(news)
        marks.append(shown.phone.get(f"/api{PAGE}").json()["mark"])

    assert len(set(marks)) == 5
    assert shown.see(PAGE).one("main")["data-mark"] == marks[-1]


def test_photos_are_seen_and_voices_heard_once_they_came(shown):
    shown.hear(complaint_news())
    send(shown, (PHOTO, "photo"), (VOICE, "voice"))
    before = shown.see(PAGE)

    shown.hear(came(PHOTO), came(VOICE))

    after = shown.see(PAGE)
    assert "照片 1：正在接收" in own_lines(before)[0]
    assert [one["src"] for one in before.all("img")] == []
    assert [one["src"] for one in after.all("img")] == [f"/api{PAGE}/files/{PHOTO}"]
    assert [one["src"] for one in after.all("audio")] == [f"/api{PAGE}/files/{VOICE}"]


@pytest.mark.parametrize("reason", ["gone", "not_a_photo", "not_a_voice", "too_large", "something_new"])
def test_what_was_lost_says_why_and_may_be_sent_again(shown, reason):
    shown.hear(complaint_news())
    send(shown, (PHOTO, "photo"))

    shown.hear(is_lost(PHOTO, reason))

    page = shown.see(PAGE)
    assert "照片 1没有收到：" in own_lines(page)[0].replace("照片 1 没", "照片 1没")
    assert page.links()["再发一次"] == f"{PAGE}/add"


def test_what_came_after_all_is_not_lost(shown):
    shown.hear(complaint_news())
    send(shown, (PHOTO, "photo"))

    shown.hear(is_lost(PHOTO, "gone"), came(PHOTO), is_lost(PHOTO, "gone"))

    assert "没有收到" not in shown.see(PAGE).text


def test_what_never_came_is_not_waited_for_for_ever(shown, database, tmp_path):
    shown.hear(complaint_news())
    send(shown, (PHOTO, "photo"))

    with showing(database, stand_in_for_weui(tmp_path / "later"), now=lambda: NOW + timedelta(days=2)) as later:
        page = later.see(PAGE)

    assert "没有收到" in own_lines(page)[0]


def test_the_bytes_are_for_whose_they_are_alone(shown, keeper):
    shown.hear(complaint_news())
    send(shown, (PHOTO, "photo"), (VOICE, "voice"))
    shown.hear(came(PHOTO))
    keeper.kept = {(FOLLOWER, PHOTO): ("image/jpeg", JPEG), (FOLLOWER, VOICE): ("audio/mpeg", b"ID3")}
    path = f"/api{PAGE}/files/{PHOTO}"

    mine, part = shown.phone.get(path), shown.phone.get(path, headers={"Range": "bytes=2-4"})
    others = shown.phone.get(path, session=mint_session(KEY, STRANGER, "main"))
    not_yet, nobodys = (shown.phone.get(f"/api{PAGE}/files/{file}") for file in (VOICE, uuid4()))

    assert (mine.status_code, mine.headers["Content-Type"], mine.content) == (200, "image/jpeg", JPEG)
    assert mine.headers["Cache-Control"].startswith("private")
    assert (part.status_code, part.content) == (206, JPEG[2:5])
    assert [one.status_code for one in (others, not_yet, nobodys, shown.phone.get(path, session=None))] == [404, 404, 404, 401]


@pytest.mark.parametrize(("media_type", "away", "status"), [("text/html", False, 404), ("image/jpeg", True, 503)])
def test_nothing_else_is_passed_on_and_what_is_away_is_come_back_to(shown, keeper, media_type, away, status):
    shown.hear(complaint_news())
    send(shown, (PHOTO, "photo"))
    shown.hear(came(PHOTO))
    keeper.kept, keeper.away = {(FOLLOWER, PHOTO): (media_type, b"<script>")}, away

    assert shown.phone.get(f"/api{PAGE}/files/{PHOTO}").status_code == status


def test_sounds_of_ours_may_be_played(shown):
    assert "media-src 'self'" in shown.phone.get("/complaints").headers["Content-Security-Policy"]
