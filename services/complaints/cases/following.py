"""What a follower says of their own case: each wish is judged as a step; of one that cannot be done any more they are told.

A case is theirs if it was submitted by them; a wish about another one is dropped without a word.
"""

from datetime import datetime
from uuid import uuid5

from chassis.database import Transaction
from chassis.errors import Unavailable
from chassis.logs import get_logger
from chassis.settings import Complaints
from contracts.complaint_steps.closing import AnswerSurveyStep, Reopen
from contracts.complaint_steps.form import Form
from contracts.complaint_steps.intake import Add, Withdraw
from contracts.complaint_words import Role
from contracts.complaints import (
    AddToComplaint,
    AnswerSurvey,
    ComplaintWishRefused,
    FollowersComplaint,
    ReopenComplaint,
    SubmitComplaint,
    Wish,
    WithdrawComplaint,
)
from services.complaints.cases import media, owners, store
from services.complaints.cases.case import Case
from services.complaints.cases.intake import follower_of, form_of, receive
from services.complaints.cases.stepping import step
from services.complaints.cases.taking import Acting, Asked, Refused, World
from services.complaints.cases.world import world_of

log = get_logger(__name__)
TRIES_FOR_BINDING = 2
"""A wish may overtake the news that the follower has bound the car that it names: it waits so often for it."""


def submit(tx: Transaction, message: SubmitComplaint, now: datetime, terms: Complaints) -> None:
    """A-CMP-35. A repeat of a known id changes nothing. Raises Unavailable while the news of the car may still be on its way."""
    if store.find(tx, message.complaint_id):
        return
    cars = owners.cars_of(tx, message.follower_id)
    who = follower_of(message, cars)
    if message.vehicle_id and who.vehicle_id is None and tx.attempt < TRIES_FOR_BINDING:
        raise Unavailable("binding not known yet")
    asked = Asked(form_of(message), acting_of(message), "pages", message.id)
    receive(tx, message.complaint_id, asked, who, world_of(tx, now, terms))
    media.fetch(tx, message.complaint_id, message.account, message.files, now)


def add(tx: Transaction, message: AddToComplaint, now: datetime, terms: Complaints) -> None:
    """One that is known already, or is empty, is none."""
    case = _theirs(tx, message)
    if case is None or message.addition_id in case.additions or not (message.text or message.files):
        return
    if _take(tx, case, Add(addition_id=message.addition_id, text=message.text), message, world_of(tx, now, terms)):
        media.fetch(tx, message.complaint_id, message.account, message.files, now)


def withdraw(tx: Transaction, message: WithdrawComplaint, now: datetime, terms: Complaints) -> None:
    if case := _theirs(tx, message):
        _take(tx, case, Withdraw(reason=message.reason), message, world_of(tx, now, terms))


def reopen(tx: Transaction, message: ReopenComplaint, now: datetime, terms: Complaints) -> None:
    """Where somebody else opened it meanwhile, what the follower has to say is added to it."""
    case = _theirs(tx, message)
    if case is None:
        return
    meanwhile = case.is_open and message.reopening_no <= case.reopened_count
    form = Add(addition_id=message.id, text=message.text) if meanwhile else Reopen(reason="customer", note=message.text)
    _take(tx, case, form, message, world_of(tx, now, terms))


def answer_survey(tx: Transaction, message: AnswerSurvey, now: datetime, terms: Complaints) -> None:
    if case := _theirs(tx, message):
        form = AnswerSurveyStep(survey_id=message.survey_id, by="customer", score=message.score, comment=message.comment)
        _take(tx, case, form, message, world_of(tx, now, terms))


def acting_of(message: FollowersComplaint) -> Acting:
    return Acting(str(message.follower_id), Role.CUSTOMER)


def _theirs(tx: Transaction, message: FollowersComplaint) -> Case | None:
    """Raises Unavailable while the case is not known: the wish may have overtaken the submission."""
    case = store.find(tx, message.complaint_id)
    if case is None:
        raise Unavailable("complaint not known yet")
    if case.complainant.follower_id != message.follower_id:
        log.warning("complaint_of_another_follower", complaint=str(message.complaint_id))
        return None
    return case


def _take(tx: Transaction, case: Case, form: Form, message: FollowersComplaint, world: World) -> bool:
    """Whether it was done; else the follower is told."""
    try:
        step(tx, case, Asked(form, acting_of(message), "pages", message.id), world)
    except Refused as no:
        log.info("followers_wish_came_too_late", complaint=str(case.complaint_id), reason=no.code)
        tx.tell(_refusal(case, no, message, world.now))
        return False
    return True


def _refusal(case: Case, no: Refused, message: FollowersComplaint, now: datetime) -> ComplaintWishRefused:
    return ComplaintWishRefused(
        complaint_id=case.complaint_id,
        follower_id=message.follower_id,
        command_id=message.id,
        wish=WISHES[type(message)],
        reason=no.code,
        state=case.state,
        at=now,
    ).identified(uuid5(message.id, "refused"))


WISHES: dict[type[FollowersComplaint], Wish] = {
    AddToComplaint: "add",
    WithdrawComplaint: "withdraw",
    ReopenComplaint: "reopen",
    AnswerSurvey: "survey",
}
