"""Taking a step: whether it may be taken here and by whom, what it makes of the case, and that it led where the table says. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from chassis.settings import Complaints
from contracts.complaint_steps.form import Form
from contracts.complaint_words import Role
from services.complaints.cases.case import Case
from services.complaints.cases.steps import STEPS, leads
from services.complaints.clocks.calendars import Calendars
from services.complaints.support.authority import Authority


@dataclass(frozen=True)
class Acting:
    """Who takes a step. `level` of a leader's authority; a dealer's and a region's code say whose cases are theirs."""

    name: str
    role: Role
    level: int = 0
    dealer_code: str = ""
    region_code: str = ""


BY_ITSELF = Acting("system", Role.SYSTEM)


Via = Literal["desk", "pages", "csc", "dms", "system"]


@dataclass(frozen=True)
class Asked:
    """A step as it is asked for: by whom, and by which way. Who asks twice with one `step_id` is done once."""

    form: Form
    by: Acting
    via: Via
    step_id: UUID


@dataclass(frozen=True)
class World:
    """What a step is judged by, beside the case."""

    now: datetime
    terms: Complaints
    calendars: Calendars
    authority: Authority


class Refused(Exception):
    """It cannot be done: `code` for programs, the rest for people."""

    def __init__(self, code: str, message: str, message_en: str) -> None:
        super().__init__(code)
        self.code, self.message, self.message_en = code, message, message_en


def step_of(form: Form) -> str:
    """The name of the step that it is the form of."""
    name: str = form.step  # type: ignore[attr-defined] # each form of contracts/complaint_steps has it
    return name


Doing = Callable[[Case, Any, Acting, World], Case]
"""What a step makes of a case. Raises Refused. Version and table are looked after by `take`."""


OF_A_PASSER_ON = frozenset({"reply_invalid", "add", "contact", "note", "attach"})
"""What a dealer may do to a case that came through them and is not theirs to handle."""


def is_theirs(name: str, case: Case, by: Acting) -> bool:
    """A dealer takes steps in a case that is assigned to them now; what came through them they may answer and add to."""
    if by.role is not Role.DEALER:
        return True
    in_charge = bool(by.dealer_code) and case.dealer_code == by.dealer_code and case.assigned_at is not None
    return in_charge or (name in OF_A_PASSER_ON and bool(by.dealer_code) and case.source_dealer == by.dealer_code)


def take(case: Case, form: Form, by: Acting, world: World, doings: Mapping[str, Doing]) -> Case:
    """The case after it, one version on. Raises Refused."""
    name = step_of(form)
    step = STEPS[name]
    if by.role not in step.roles(case.kind):
        raise Refused("not_yours", "您的角色不能做这一步", "This step is not for your role to take.")
    if not is_theirs(name, case, by):
        raise Refused("not_yours", "该单据不由您处理", "The case is not yours to handle.")
    allowed = leads(step, case.state)
    if not allowed:
        raise Refused("not_here", "单据当前状态不能做这一步", "This step cannot be taken where the case stands.")
    after = doings[name](case, form, by, world)
    if after.state not in allowed:
        raise AssertionError(f"{name} led from {case.state} to {after.state}")
    return after.learnt(version=case.version + 1)
