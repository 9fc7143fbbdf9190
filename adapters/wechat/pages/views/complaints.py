"""A follower's complaints: the form, the list, and one with all that is going on with it (A-CMP-35)."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from flask import abort, redirect, render_template, url_for
from werkzeug.wrappers import Response

from adapters.wechat.pages.complaint_copies import ComplaintCopy, Said
from adapters.wechat.pages.complaint_sayings import (
    SCORES,
    TYPES,
    file_name,
    happened_words,
    lost_words,
    refused_words,
    said_words,
    saying_of_complaint,
    type_words,
    why_not_settled,
)
from adapters.wechat.pages.copies import CarCopy
from adapters.wechat.pages.own_paths import address
from adapters.wechat.pages.sayings import Saying
from adapters.wechat.pages.views.shown import car_shown, dealer_name
from adapters.wechat.pages.views.visit import Visit
from adapters.wechat.pages.words import moment, near_moment, t
from contracts.complaint_files import MOST_FILES

FETCHED_WITHIN = timedelta(days=1)
BEGINNING = 40
"""Characters of what was written, to tell one from another in a list."""


@dataclass(frozen=True)
class ComplaintShown:
    id: UUID
    version: int
    state: str
    saying: Saying
    number: str
    when: str
    plate: str
    about: str
    beginning: str
    dealer_name: str
    busy: bool
    """Something was posted that there is no news of yet."""


@dataclass(frozen=True)
class Again:
    """What may be done about what did not work."""

    words: str
    url: str


@dataclass(frozen=True)
class FileShown:
    """`url`: where its bytes are, once it came; `lost`: what is said where it never will."""

    kind: str
    name: str
    url: str
    lost: str


@dataclass(frozen=True)
class Line:
    """Of the history: what happened, and what was said there, each as it was written. `missed`: what came too late, or did not arrive."""

    at: datetime
    title: str
    texts: tuple[str, ...]
    when: str
    own: bool
    files: tuple[FileShown, ...] = ()
    missed: str = ""
    again: Again | None = None


def complaints(visit: Visit) -> str:
    cars = visit.copies.cars(visit.follower_id)
    mine = visit.copies.complaints(visit.follower_id)
    return render_template(
        "complaints.html",
        open=[complaint_shown(visit, one, cars) for one in mine if one.is_open],
        past=[complaint_shown(visit, one, cars) for one in mine if not one.is_open],
    )


def new_complaint(visit: Visit) -> str | Response:
    version = visit.settings.pages.consent_version
    if not visit.copies.has_consent(visit.follower_id, version):
        return redirect(url_for("views.consent", next="/complaints/new"))
    cars = visit.copies.cars(visit.follower_id)
    own = {car.dealer_code for car in cars}
    dealers = visit.copies.dealers()
    return render_template(
        "complaint_form.html",
        text_version=version,
        types=[{"value": type.value, "words": type_words(type)} for type in TYPES],
        cars=[car_shown(car, chosen=len(cars) == 1) for car in cars],
        own_dealers=[dealer for dealer in dealers if dealer.dealer_code in own],
        dealers=[dealer for dealer in dealers if dealer.dealer_code not in own],
        most_files=MOST_FILES,
        js_sdk_url=visit.account.js_sdk_url,
    )


def complaint(visit: Visit, complaint_id: UUID) -> str:
    found = _mine(visit, complaint_id)
    may_reopen = found.may_reopen(visit.now)
    history = sorted(_lines(visit, found), key=lambda line: line.at)[::-1]
    return render_template(
        "complaint.html",
        one=complaint_shown(visit, found, visit.copies.cars(visit.follower_id)),
        mark=found.mark,
        history=history,
        missed=_missed_last(history),
        polling=found.is_open or any(found.awaits(kind) for kind in ("add", "reopen", "withdraw", "survey")) or found.awaits_files,
        disagree=why_not_settled(found.news, visit.now) if found.news and may_reopen else "",
        survey=found.survey_id,
        can_add=found.is_open,
        can_withdraw=found.may_withdraw,
    )


def add_to_complaint(visit: Visit, complaint_id: UUID) -> str | Response:
    found = _mine(visit, complaint_id)
    if not found.is_open:
        return _back(complaint_id)
    return render_template(
        "complaint_more.html",
        complaint_id=complaint_id,
        what="add",
        title=t("补充情况", "Add something"),
        lead=_about(found),
        label=t("还想告诉我们什么？", "What else should we know?"),
        hint="",
        button=t("提交补充", "Send"),
        text=_said_too_late(found, "add"),
        with_files=True,
        most_files=MOST_FILES,
        js_sdk_url=visit.account.js_sdk_url,
    )


def reopen_complaint(visit: Visit, complaint_id: UUID) -> str | Response:
    found = _mine(visit, complaint_id)
    if not found.may_reopen(visit.now):
        return _back(complaint_id)
    return render_template(
        "complaint_more.html",
        complaint_id=complaint_id,
        what="reopen",
        title=t("请重新处理", "Take it up again"),
        lead=_about(found),
        label=t("哪里没有解决？", "What is not settled?"),
        hint=t("写清楚还差什么，我们会重新跟进", "Say what is still to be done, and we take it up again"),
        button=t("提交", "Send"),
        text=_said_too_late(found, "add"),
        with_files=False,
        js_sdk_url="",
    )


def complaint_survey(visit: Visit, complaint_id: UUID) -> str | Response:
    found = _mine(visit, complaint_id)
    if found.news is None or found.survey_id is None:
        return _back(complaint_id)
    scores = [(score, t(*words)) for score, words in SCORES]
    return render_template(
        "complaint_survey.html", complaint_id=complaint_id, survey_id=found.survey_id, number=found.news.number, scores=scores
    )


def complaint_shown(visit: Visit, copy: ComplaintCopy, cars: Iterable[CarCopy]) -> ComplaintShown:
    plates = {car.vehicle_id: car_shown(car).title for car in cars}
    began, news = copy.began, copy.news
    type = (began.word.wanted_type if began else None) or (news.type if news else None)
    dealer = (news.dealer_code if news else "") or (began.word.dealer_code if began else "")
    return ComplaintShown(
        id=copy.complaint_id,
        version=copy.version,
        state=copy.shown.value if copy.shown else "null",
        saying=saying_of_complaint(copy, visit.now),
        number=news.number if news else "",
        when=near_moment(copy.changed_at, visit.today),
        plate=plates.get(copy.vehicle_id, "") if copy.vehicle_id else "",
        about=type_words(type) if type else "",
        beginning=_beginning(began.word.text) if began else "",
        dealer_name=dealer_name(visit, dealer) if dealer else "",
        busy=news is None or copy.awaits("reopen") or (copy.is_open and copy.awaits("withdraw")),
    )


def _lines(visit: Visit, copy: ComplaintCopy) -> Iterator[Line]:
    for said in copy.words:
        files = tuple(_files(visit, copy, said))
        missed = refused_words(said)
        again = _again(visit, copy, said) if missed else _send_again(copy) if any(one.lost for one in files) else None
        yield Line(
            said.at, said_words(said), tuple(_texts(said)), moment(said.at, visit.today), own=True, files=files, missed=missed, again=again
        )
    for step in copy.steps:
        texts = (step.said,) if step.said else ()
        yield Line(step.at, happened_words(step), texts, moment(step.at, visit.today), own=False)


def _texts(said: Said) -> Iterator[str]:
    if said.word.text:
        yield said.word.text
    if said.word.demand:
        yield t("希望：{}", "You would like: {}").format(said.word.demand)


def _files(visit: Visit, copy: ComplaintCopy, said: Said) -> Iterator[FileShown]:
    """Those of a word that came too late were never fetched, and what WeChat has not given out in a day will not come."""
    numbers: Counter[str] = Counter()
    for sent in said.word.files:
        numbers[sent.kind] += 1
        name, fate = file_name(sent.kind, numbers[sent.kind]), copy.fates.get(sent.file_id)
        if fate and fate.kept:
            yield FileShown(sent.kind, name, address(f"/api/complaints/{copy.complaint_id}/files/{sent.file_id}"), "")
        elif said.refused is None:
            late = visit.now - said.at > FETCHED_WITHIN
            yield FileShown(sent.kind, name, "", lost_words(name, fate.reason if fate else "") if fate or late else "")


def _again(visit: Visit, copy: ComplaintCopy, said: Said) -> Again | None:
    """What was said too late may be said in another way; a withdrawal or a judgement need not."""
    if said.kind not in ("add", "reopen") or (said.refused and said.refused.reason == "too_many"):
        return None
    if copy.is_open:
        return _send_again(copy)
    if copy.may_reopen(visit.now):
        return Again(t("请重新处理", "Take it up again"), url_for("views.reopen_complaint", complaint_id=copy.complaint_id))
    return Again(t("重新反映", "Tell us anew"), url_for("views.new_complaint"))


def _send_again(copy: ComplaintCopy) -> Again | None:
    return (
        Again(t("再发一次", "Send it again"), url_for("views.add_to_complaint", complaint_id=copy.complaint_id)) if copy.is_open else None
    )


def _missed_last(history: Sequence[Line]) -> Line | None:
    """The follower's last word, where it came too late and nothing that they said since stands above it."""
    last = next((line for line in history if line.own), None)
    return last if last and last.missed else None


def _said_too_late(copy: ComplaintCopy, kind: str) -> str:
    """So that it need not be written anew."""
    last = copy.words[-1] if copy.words else None
    return last.word.text if last and last.kind == kind and last.refused else ""


def _about(copy: ComplaintCopy) -> str:
    """Which one it is."""
    beginning = _beginning(copy.began.word.text) if copy.began else ""
    return " · ".join(part for part in (copy.news.number if copy.news else "", beginning) if part)


def _beginning(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= BEGINNING else line[: BEGINNING - 1] + "…"


def _back(complaint_id: UUID) -> Response:
    """What the link was for cannot be done any more: the page says how it stands."""
    return redirect(url_for("views.complaint", complaint_id=complaint_id))


def _mine(visit: Visit, complaint_id: UUID) -> ComplaintCopy:
    found = visit.copies.complaint(visit.follower_id, complaint_id)
    if found is None:
        abort(404)
    return found
