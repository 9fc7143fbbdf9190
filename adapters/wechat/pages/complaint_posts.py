"""What followers post of their complaints: kept to be shown at once, and passed on (A-CMP-27, 31, 35). As Posting: once, or not at all."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, select

from adapters.wechat.pages import problems
from adapters.wechat.pages.checks import Reached, empty, readable
from adapters.wechat.pages.complaint_copies import ComplaintCopy, Kind, Said, SentFile, Word, command_of, complaints_of
from adapters.wechat.pages.posting import Posting
from adapters.wechat.pages.session import Session
from adapters.wechat.pages.store import ConsentStore, CopyStore
from adapters.wechat.pages.tables import car, complaint, complaint_word
from chassis.database import Transaction, millis
from contracts.complaint_files import PhoneFile
from contracts.complaints import AddToComplaint, AnswerSurvey, FollowersComplaint, ReopenComplaint, SubmitComplaint, WithdrawComplaint
from contracts.partners.pages import (
    ComplaintAdditionForm,
    ComplaintForm,
    ComplaintReopeningForm,
    ComplaintSurveyForm,
    ComplaintWithdrawalForm,
    FileOnPhone,
)

KINDS: dict[type, Kind] = {
    ComplaintAdditionForm: "add",
    ComplaintWithdrawalForm: "withdraw",
    ComplaintReopeningForm: "reopen",
    ComplaintSurveyForm: "survey",
}
Posted = ComplaintAdditionForm | ComplaintWithdrawalForm | ComplaintReopeningForm | ComplaintSurveyForm


class ComplaintPosts(Posting):
    _consents = ConsentStore()
    _copies = CopyStore()

    def complain(self, form: ComplaintForm, reached: Reached, session: Session) -> bool:
        """`reached`: name and mobile as put right. Raises Problem without a consent, or a way to reach who has bound no car."""

        def make(tx: Transaction) -> SubmitComplaint:
            if not self._consents.has(tx, session.follower_id, form.text_version):
                raise problems.consent_missing()
            if form.vehicle_id and self._copies.is_anothers(tx, session.follower_id, form.vehicle_id):
                raise problems.unknown_car()
            if wrong := reached.wrong if _has_car(tx, session.follower_id) else reached.problems:
                raise problems.of_fields(wrong)
            if _is_a_case(tx, form.id):
                raise problems.unknown_post()
            self._keep(tx, form.id, Said("submit", 0, word_of(form), self._now()), form.id, session)
            return submission_of(form, reached, session, self._now())

        return self._once(form.id, session.follower_id, "complaint", form, make)

    def add_to_complaint(self, form: ComplaintAdditionForm, complaint_id: UUID, session: Session) -> bool:
        if not readable(form.text) and not form.files:
            raise problems.nothing_said()

        def make(mine: ComplaintCopy) -> AddToComplaint:
            if not mine.is_open:
                raise problems.complaint_is_closed()
            return AddToComplaint(
                complaint_id=complaint_id,
                follower_id=session.follower_id,
                addition_id=form.id,
                account=session.account,
                text=readable(form.text),
                files=files_of(form.files),
                submitted_at=self._now(),
            )

        return self._say(form, complaint_id, session, word_of(form), make)

    def withdraw_complaint(self, form: ComplaintWithdrawalForm, complaint_id: UUID, session: Session) -> bool:
        def make(mine: ComplaintCopy) -> WithdrawComplaint:
            if not mine.may_withdraw:
                raise problems.complaint_stands_otherwise()
            return WithdrawComplaint(
                complaint_id=complaint_id, follower_id=session.follower_id, reason=readable(form.reason), submitted_at=self._now()
            )

        return self._say(form, complaint_id, session, Word(text=readable(form.reason)), make)

    def reopen_complaint(self, form: ComplaintReopeningForm, complaint_id: UUID, session: Session) -> bool:
        if not readable(form.text):
            raise problems.of_fields((empty("text"),))

        def make(mine: ComplaintCopy) -> ReopenComplaint:
            if mine.news is None or not mine.may_reopen(self._now()):
                raise problems.complaint_stands_otherwise()
            return ReopenComplaint(
                complaint_id=complaint_id,
                follower_id=session.follower_id,
                reopening_no=mine.news.reopened_count + 1,
                text=readable(form.text),
                submitted_at=self._now(),
            )

        return self._say(form, complaint_id, session, Word(text=readable(form.text)), make)

    def answer_survey(self, form: ComplaintSurveyForm, complaint_id: UUID, session: Session) -> bool:
        def make(mine: ComplaintCopy) -> AnswerSurvey:
            if mine.survey_id != form.survey_id:
                raise problems.complaint_stands_otherwise()
            return AnswerSurvey(
                complaint_id=complaint_id,
                follower_id=session.follower_id,
                survey_id=form.survey_id,
                score=form.score,
                comment=readable(form.comment),
                submitted_at=self._now(),
            )

        word = Word(text=readable(form.comment), score=form.score, survey_id=form.survey_id)
        return self._say(form, complaint_id, session, word, make)

    def _say(
        self,
        form: Posted,
        complaint_id: UUID,
        session: Session,
        word: Word,
        make: Callable[[ComplaintCopy], FollowersComplaint],
    ) -> bool:
        """Of one's own case alone; its row is held, so that of two wishes at once the second sees the first."""

        kind = KINDS[type(form)]

        def keep(tx: Transaction) -> FollowersComplaint:
            mine = _mine(tx, session.follower_id, complaint_id)
            command = make(mine)
            self._keep(tx, form.id, Said(kind, mine.version, word, self._now()), complaint_id, session)
            return command.identified(command_of(form.id, kind))

        return self._once(form.id, session.follower_id, f"{kind}/{complaint_id}", form, keep)

    def _keep(self, tx: Transaction, id: UUID, said: Said, complaint_id: UUID, session: Session) -> None:
        row = {"word_id": id, "complaint_id": complaint_id, "follower_id": session.follower_id, "kind": said.kind, "version": said.version}
        tx.execute(insert(complaint_word).values(row | {"word": said.word.model_dump_json(exclude_defaults=True), "at": millis(said.at)}))


def word_of(form: ComplaintForm | ComplaintAdditionForm) -> Word:
    """What is shown of it again; not how to reach the follower."""
    sent = {"files": tuple(SentFile(file_id=one.file_id, kind=one.kind) for one in form.files)}
    if isinstance(form, ComplaintAdditionForm):
        return Word.model_validate({"text": readable(form.text)} | sent)
    about = {"wanted_type": form.wanted_type, "vehicle_id": form.vehicle_id, "dealer_code": form.dealer_code}
    return Word.model_validate({"text": readable(form.text), "demand": readable(form.demand)} | about | sent)


def submission_of(form: ComplaintForm, reached: Reached, session: Session, at: datetime) -> SubmitComplaint:
    return SubmitComplaint(
        complaint_id=form.id,
        follower_id=session.follower_id,
        account=session.account,
        vehicle_id=form.vehicle_id,
        dealer_code=form.dealer_code,
        wanted_type=form.wanted_type,
        text=readable(form.text),
        demand=readable(form.demand),
        name=reached.name or None,
        mobile=reached.mobile or None,
        files=files_of(form.files),
        submitted_at=at,
    ).identified(command_of(form.id, "submit"))


def files_of(files: tuple[FileOnPhone, ...]) -> tuple[PhoneFile, ...]:
    return tuple(PhoneFile(file_id=one.file_id, media_id=one.media_id, kind=one.kind) for one in files)


def _mine(tx: Transaction, follower_id: UUID, complaint_id: UUID) -> ComplaintCopy:
    tx.execute(select(complaint.c.version).where(complaint.c.complaint_id == complaint_id).with_for_update())
    tx.execute(select(complaint_word.c.word_id).where(complaint_word.c.word_id == complaint_id).with_for_update())
    found = complaints_of(tx.connection, follower_id, complaint_id)
    if not found:
        raise problems.unknown_complaint()
    return found[0]


def _is_a_case(tx: Transaction, complaint_id: UUID) -> bool:
    """Known already, from wherever it came."""
    return tx.execute(select(complaint.c.version).where(complaint.c.complaint_id == complaint_id)).first() is not None


def _has_car(tx: Transaction, follower_id: UUID) -> bool:
    return tx.execute(select(car.c.binding_id).where(car.c.follower_id == follower_id, car.c.active).limit(1)).first() is not None
