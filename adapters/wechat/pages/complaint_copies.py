"""What a follower complains of and how it stands, read from the pages' own copy (decision 0010): another follower's ids find nothing.

What was posted is there at once, as `submitting`, until there is news of it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal
from uuid import UUID, uuid5

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Connection, Row, select

from adapters.wechat.pages.reading import Reading
from adapters.wechat.pages.tables import complaint, complaint_file, complaint_refusal, complaint_step, complaint_word
from chassis.database import from_millis
from contracts.complaint_words import ENDED, CaseType, FollowerState, State
from contracts.complaints import ComplaintNews

MOST_COMPLAINTS = 60
"""Of one follower, the newest first."""

Kind = Literal["submit", "add", "withdraw", "reopen", "survey"]

STEPS_SHOWN = frozenset({"receive", "raise_to_complaint", "file", "assign", "accept", "approve_closure", "reopen", "request_survey"})
"""Those that the follower is shown in any case; any other where it said something to them."""
WHERE_ENDED = frozenset({"withdraw", "settle_dispute"})
"""Those that are shown where they end the case."""


class SentFile(BaseModel):
    """A photo or a voice that went with a word."""

    model_config = ConfigDict(frozen=True)

    file_id: UUID
    kind: Literal["photo", "voice"]


class Word(BaseModel):
    """What the follower said of a case from here."""

    model_config = ConfigDict(frozen=True)

    text: str = ""
    demand: str = ""
    wanted_type: CaseType | None = None
    vehicle_id: UUID | None = None
    dealer_code: str = ""
    files: tuple[SentFile, ...] = ()
    survey_id: UUID | None = None
    score: int | None = None


@dataclass(frozen=True)
class Refusal:
    """It came too late: why, and where the case stood."""

    reason: str
    state: State
    at: datetime


@dataclass(frozen=True)
class Fate:
    """What became of a file. `reason`: why it was lost."""

    kept: bool
    reason: str = ""


@dataclass(frozen=True)
class Said:
    """One of the follower's words, with the version of the case that they had before their eyes."""

    kind: Kind
    version: int
    word: Word
    at: datetime
    refused: Refusal | None = None


@dataclass(frozen=True)
class Happened:
    """A version of a case that the follower is shown."""

    version: int
    step: str
    said: str
    at: datetime


@dataclass(frozen=True)
class ComplaintCopy:
    """The last news of it, and what the follower said; without news version 0."""

    complaint_id: UUID
    news: ComplaintNews | None
    words: tuple[Said, ...] = ()
    steps: tuple[Happened, ...] = ()
    fates: Mapping[UUID, Fate] = field(default_factory=dict)
    """Of files that came, or did not."""

    @property
    def version(self) -> int:
        return self.news.version if self.news else 0

    @property
    def shown(self) -> FollowerState | None:
        """None: it is not recorded yet."""
        return self.news.shown if self.news else None

    @property
    def began(self) -> Said | None:
        """None where it was not submitted from here, but e.g. told on the phone."""
        return next((one for one in self.words if one.kind == "submit"), None)

    @property
    def changed_at(self) -> datetime:
        times = [one.at for one in self.words] + ([self.news.at] if self.news else [])
        return max(times)

    @property
    def mark(self) -> str:
        """Changes with what is shown beside the news: words that were refused, files that came or are lost."""
        kept = sum(fate.kept for fate in self.fates.values())
        return f"{sum(one.refused is not None for one in self.words)}.{kept}.{len(self.fates) - kept}"

    @property
    def awaits_files(self) -> bool:
        """Some that were sent with what was taken have neither come nor are lost."""
        return any(file.file_id not in self.fates for one in self.words if one.refused is None for file in one.word.files)

    def is_theirs(self, file_id: UUID) -> bool:
        """Whether the follower sent this file, and it came."""
        return (
            file_id in self.fates
            and self.fates[file_id].kept
            and any(file_id == sent.file_id for one in self.words for sent in one.word.files)
        )

    @property
    def is_open(self) -> bool:
        return self.news is None or self.news.state not in ENDED

    @property
    def vehicle_id(self) -> UUID | None:
        return (self.news.vehicle_id if self.news else None) or (self.began.word.vehicle_id if self.began else None)

    def awaits(self, kind: Kind) -> bool:
        """Whether the follower asked for it since the last news, and was not told that it came too late."""
        return any(one.kind == kind and one.version >= self.version and one.refused is None for one in self.words)

    @property
    def may_withdraw(self) -> bool:
        """Not twice: once it is with the handler, who has to agree, it is for them to say."""
        if not self.is_open or self.awaits("withdraw"):
            return False
        state = self.news.state if self.news else State.RECEIVED
        waits = state is State.CLOSURE_PROPOSED and any(one.kind == "withdraw" and one.refused is None for one in self.words)
        return state not in (State.INVALID, State.DISPUTED) and not waits

    def may_reopen(self, now: datetime) -> bool:
        """One that has ended, for some days, which the follower has not yet asked for."""
        if self.news is None or self.news.state not in ENDED or self.awaits("reopen"):
            return False
        return self.news.reopen_until is not None and now < self.news.reopen_until

    @property
    def survey_id(self) -> UUID | None:
        """Of the survey that waits for an answer."""
        asked = self.news.survey_id if self.news else None
        return None if any(one.word.survey_id == asked for one in self.words if one.kind == "survey" and one.refused is None) else asked


class ComplainedOf(Reading):
    """Of one follower."""

    def complaints(self, follower_id: UUID) -> tuple[ComplaintCopy, ...]:
        """What moved last comes first; without their histories."""
        with self._reading() as connection:
            found = complaints_of(connection, follower_id)
        return tuple(sorted(found, key=lambda one: one.changed_at, reverse=True))

    def complaint(self, follower_id: UUID, complaint_id: UUID) -> ComplaintCopy | None:
        with self._reading() as connection:
            found = complaints_of(connection, follower_id, complaint_id)
            if not found:
                return None
            steps = connection.execute(_STEPS.where(complaint_step.c.complaint_id == complaint_id)).all()
            files = connection.execute(select(complaint_file).where(complaint_file.c.complaint_id == complaint_id)).all()
        fates = {row.file_id: Fate(row.kept, row.reason) for row in files}
        return replace(found[0], steps=tuple(map(_happened, steps)), fates=fates)


def complaints_of(connection: Connection, follower_id: UUID, complaint_id: UUID | None = None) -> list[ComplaintCopy]:
    """All of them or the one; complained of here, told of, or both."""
    told = select(complaint).where(complaint.c.follower_id == follower_id).order_by(complaint.c.changed_at.desc()).limit(MOST_COMPLAINTS)
    words = (
        select(complaint_word).where(complaint_word.c.follower_id == follower_id).order_by(complaint_word.c.at, complaint_word.c.version)
    )
    refusals = select(complaint_refusal).where(complaint_refusal.c.follower_id == follower_id)
    if complaint_id:
        refusals = refusals.where(complaint_refusal.c.complaint_id == complaint_id)
        told, words = told.where(complaint.c.complaint_id == complaint_id), words.where(complaint_word.c.complaint_id == complaint_id)
    news = _news(connection.execute(told).all())
    refused = {row.command_id: Refusal(row.reason, State(row.state), from_millis(row.at)) for row in connection.execute(refusals)}
    said: dict[UUID, list[Said]] = {}
    for row in connection.execute(words):
        said.setdefault(row.complaint_id, []).append(_said(row, refused))
    if missing := [id for id in said if id not in news]:
        rest = select(complaint).where(complaint.c.follower_id == follower_id, complaint.c.complaint_id.in_(missing))
        news |= _news(connection.execute(rest).all())
    return [ComplaintCopy(id, news.get(id), tuple(said.get(id, ()))) for id in _known(news, said)]


def is_shown(news: ComplaintNews) -> bool:
    """Whether the step is a line of what the follower reads."""
    return bool(news.said) or news.step in STEPS_SHOWN or (news.step in WHERE_ENDED and news.state in ENDED)


def _known(news: Collection[UUID], said: dict[UUID, list[Said]]) -> Sequence[UUID]:
    """What is left of a case whose news is gone is not shown without its beginning."""
    return [*news, *(id for id, words in said.items() if id not in news and words[0].kind == "submit")]


def _news(rows: Sequence[Row[Any]]) -> dict[UUID, ComplaintNews]:
    return {row.complaint_id: ComplaintNews.model_validate_json(row.news) for row in rows}


def _said(row: Row[Any], refused: Mapping[UUID, Refusal]) -> Said:
    word = Word.model_validate_json(row.word)
    return Said(row.kind, row.version, word, from_millis(row.at), refused.get(command_of(row.word_id, row.kind)))


def command_of(word_id: UUID, kind: Kind) -> UUID:
    """The id of the command that carries a word."""
    return uuid5(word_id, kind)


def _happened(row: Row[Any]) -> Happened:
    return Happened(row.version, row.step, row.said or "", from_millis(row.at))


_STEPS = select(complaint_step).order_by(complaint_step.c.version)
