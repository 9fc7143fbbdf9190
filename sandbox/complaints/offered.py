"""Which steps a desk offers, by whom and where: a hint for its people. Whether a step can be taken, Cheqiao judges."""

from dataclasses import dataclass

from contracts.complaint_exchange import OpenPart
from contracts.complaint_words import ENDED, Kind, Role, State
from contracts.partners.complaints import StaffRole
from sandbox.complaints.forms import Field, fields_of
from sandbox.complaints.words import STEPS
from sandbox.desks.words import say

OPEN = frozenset(State) - ENDED
FILED = OPEN - {State.RECEIVED, State.INVALID}
CLOSED = frozenset({State.CLOSED, State.SURVEYED})
ANYWHERE = frozenset(State)


@dataclass(frozen=True)
class Offer:
    """`role` None: the agent of a grievance, the handler of a complaint. `main`: it leads on; the others stand beside the way."""

    step: str
    role: StaffRole | None
    states: frozenset[State]
    main: bool = True
    kind: Kind | None = None


@dataclass(frozen=True)
class Button:
    step: str
    words: str
    role: StaffRole
    main: bool
    fields: list[Field]


def _at(*states: State) -> frozenset[State]:
    return frozenset(states)


A: StaffRole = Role.AGENT
H: StaffRole = Role.HANDLER
D: StaffRole = Role.DEALER
AT_CSC = (
    Offer("solve_directly", A, _at(State.RECEIVED), kind=Kind.GRIEVANCE),
    Offer("raise_to_complaint", A, _at(State.RECEIVED), kind=Kind.GRIEVANCE),
    Offer("file", H, _at(State.RECEIVED), kind=Kind.COMPLAINT),
    Offer("judge_invalid", None, _at(State.RECEIVED)),
    Offer("reply_invalid", A, _at(State.INVALID)),
    Offer("assign", H, _at(State.FILED, State.RETURNED, State.REOPENED, State.ASSIGNED)),
    Offer("authorise_plan", H, _at(State.PLAN_SUBMITTED)),
    Offer("send_back_plan", H, _at(State.PLAN_SUBMITTED)),
    Offer("approve_closure", H, _at(State.CLOSURE_PROPOSED)),
    Offer("refuse_closure", H, _at(State.CLOSURE_PROPOSED)),
    Offer("settle_dispute", H, _at(State.DISPUTED)),
    Offer("answer_survey", A, CLOSED),
    Offer("followed_up", H, CLOSED),
    Offer("reopen", H, ENDED),
    Offer("contact", None, OPEN, main=False),
    Offer("add", None, OPEN, main=False),
    Offer("note", None, ANYWHERE, main=False),
    Offer("take_over", None, OPEN, main=False),
    Offer("withdraw", A, OPEN - {State.INVALID, State.DISPUTED}, main=False),
    Offer("reclassify", H, FILED, main=False),
    Offer("set_deadline", H, OPEN, main=False),
    Offer("pause", H, OPEN, main=False),
    Offer("resume", H, OPEN, main=False),
    Offer("meet_deadline", H, OPEN, main=False),
    Offer("drop_deadline", H, OPEN, main=False),
    Offer("start_vrt", H, FILED, main=False),
    Offer("set_vrt_members", H, FILED, main=False),
    Offer("conclude_vrt", H, FILED, main=False),
    Offer("escalate", H, OPEN, main=False),
    Offer("drop_escalation", H, OPEN, main=False),
    Offer("decide_escalation", Role.LEADER, OPEN, main=False),
    Offer("dispute", H, OPEN - {State.DISPUTED}, main=False),
    Offer("declare_crisis", H, OPEN, main=False),
    Offer("end_crisis", H, ANYWHERE, main=False),
)
AT_A_DEALER = (
    Offer("accept", D, _at(State.ASSIGNED)),
    Offer("return", D, _at(State.ASSIGNED)),
    Offer("start_planning", D, _at(State.ACCEPTED)),
    Offer("submit_plan", D, _at(State.PLANNING)),
    Offer("carry_out", D, _at(State.EXECUTING)),
    Offer("propose_closure", D, _at(State.EXECUTING)),
    Offer("reply_invalid", D, _at(State.INVALID)),
    Offer("followed_up", D, CLOSED, main=False),
    Offer("contact", D, OPEN, main=False),
    Offer("add", D, OPEN, main=False),
)


def buttons(offers: tuple[Offer, ...], state: State, kind: Kind, parts: tuple[OpenPart, ...]) -> list[Button]:
    """What this desk may try with a case that stands so."""
    found = []
    for offer in offers:
        if state not in offer.states or offer.kind not in (None, kind):
            continue
        fields = fields_of(offer.step, _fitting(offer.step, parts))
        if fields is not None:
            found.append(Button(offer.step, say(STEPS[offer.step]), role_of(offer, kind), offer.main, fields))
    return found


def role_of(offer: Offer, kind: Kind) -> StaffRole:
    return offer.role or (A if kind is Kind.GRIEVANCE else H)


def _fitting(step: str, parts: tuple[OpenPart, ...]) -> list[OpenPart]:
    """What stands still is resumed, what runs is paused; a leader decides what waits for one, a handler raises a draft."""
    waits = {"resume": True, "pause": False, "decide_escalation": True, "escalate": False}.get(step)
    return [one for one in parts if waits is None or one.waits is waits]
