"""Steps that CSC or a dealer's DMS asks for (A-GEN-03): judged like any other; what cannot be done is answered with its reason."""

from datetime import datetime

from pydantic import ValidationError

from chassis.database import Transaction
from chassis.errors import ContractBroken
from chassis.logs import get_logger
from chassis.privacy import violations_of
from chassis.settings import Complaints
from contracts.complaint_exchange import RefuseComplaintStep, RefuseDealersStep, TakeComplaintStep
from contracts.complaint_steps import FORMS, AnyForm
from contracts.complaint_steps.intake import Receive
from contracts.complaint_words import Role
from services.complaints.cases import store
from services.complaints.cases.case import Case
from services.complaints.cases.intake import complainant_of, receive
from services.complaints.cases.stepping import step
from services.complaints.cases.taking import Acting, Asked, Refused
from services.complaints.cases.visibility import sees
from services.complaints.cases.world import world_of

log = get_logger(__name__)
OF_THE_HOUSE = frozenset({Role.CUSTOMER, Role.SYSTEM})
UNKNOWN_CASE = "unknown_case"


def take_partner_step(tx: Transaction, message: TakeComplaintStep, now: datetime, terms: Complaints) -> None:
    """Raises ContractBroken for a form off contract."""
    form, by = form_of(message), acting_of(message)
    before = store.find(tx, message.complaint_id)
    world = world_of(tx, now, terms)
    try:
        if by.role in OF_THE_HOUSE:
            raise Refused("not_yours", "该角色的步骤不能由外部系统办理", "Steps of this role are not taken from outside.")
        if by.role is Role.LEADER and not by.level:
            raise Refused("level_missing", "请注明领导的授权级别", "Say the level of the leader's authority.")
        if isinstance(form, Receive):
            receive(tx, message.complaint_id, Asked(form, by, message.partner, message.id), complainant_of(form), world)
            return
        if before is None or not sees(by, before):
            raise Refused(UNKNOWN_CASE, "没有这张单，或它不由其负责", "There is no such case, or it is not theirs.")
        step(tx, before, Asked(form, by, message.partner, message.id), world)
    except Refused as no:
        _refuse(tx, message, before, no, now)


def form_of(message: TakeComplaintStep) -> AnyForm:
    """Raises ContractBroken."""
    try:
        form = FORMS.validate_json(message.form)
    except ValidationError as error:
        raise ContractBroken(f"form of {message.step}", violations_of(error)) from None  # its text holds the values
    if form.step != message.step:
        raise ContractBroken(f"form of {message.step}", (("step", "another step's form"),))
    return form


def acting_of(message: TakeComplaintStep) -> Acting:
    level = message.level if message.role is Role.LEADER else 0
    return Acting(message.by, message.role, level, message.dealer_code, message.region_code)


def _refuse(tx: Transaction, message: TakeComplaintStep, before: Case | None, no: Refused, now: datetime) -> None:
    """Of a case that they may not know, not where it stands either."""
    log.info("partners_step_refused", partner=message.partner, complaint=str(message.complaint_id), step=message.step, reason=no.code)
    told = {
        "complaint_id": message.complaint_id,
        "step": message.step,
        "by": message.by,
        "reason": no.code,
        "message": f"{no.message} / {no.message_en}",
        "state": before.state if before and no.code != UNKNOWN_CASE else None,
        "at": now,
    }
    tx.tell(RefuseComplaintStep(**told) if message.partner == "csc" else RefuseDealersStep(**told, dealer_code=message.dealer_code))
