"""CSC's and DMS's news in any order and with repeats end as in order, for the rules alone and for the service on a real database.

Two ways to see it. A history is written down, then replayed shuffled: the end must be the same. And a small world is played: DMS, CSC and
messaging react to what they are told, with news late, twice and in any order; when all is quiet, everyone must agree.
"""

from collections.abc import Callable
from itertools import accumulate, pairwise
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from contracts.appointments import AppointmentConfirmed, AppointmentNews, State
from contracts.csc import AppointmentTaskCreated, CloseCallTask, CscNews, OpenCallTask
from contracts.dms import (
    AppointmentRejected,
    AppointmentSlipRefused,
    AppointmentSlipStored,
    AppointmentStored,
    CancelAppointment,
    StoreAppointment,
    StoreSlip,
)
from contracts.envelope import Contract, PartnerCommand
from contracts.messaging import AppointmentConfirmationSent
from services.appointments.domain import CLOSED, Appointment, call_due, consider
from services.appointments.news import news_of
from services.appointments.service import AppointmentsService
from tests.services.appointments.builders import (
    CAR,
    FOLLOWER,
    NOW,
    a_binding,
    a_call_log,
    a_request,
    a_saved_slip,
    a_slip,
    a_wish,
    a_withdrawal,
    calls,
)
from tests.services.house import House, Times, readings_of

SLOW = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large]
RESULTS = ("reached", "no_answer", "busy", "switched_off", "wrong_number", "refused")

Step = Callable[[Appointment], Appointment]


@st.composite
def histories(draw: st.DrawFn) -> list[tuple[str, Step]]:
    """What happens to an appointment after the wish was taken in, each thing in the order in which its side made it."""
    results = draw(st.lists(st.sampled_from(RESULTS), max_size=7))
    declined_at_last = bool(results) and draw(st.booleans())
    slips = draw(st.integers(0, 3))
    called_off = bool(slips) and draw(st.booleans())
    known: list[tuple[str, Step]] = [("stored", lambda a: a.stored("D-7", call_due(NOW))), ("task made", lambda a: a.task_made("T-1"))]
    for version, so_far in enumerate(accumulate([(one,) for one in results]), start=1):
        last = declined_at_last and version == len(results)
        known.append((f"call {version}", lambda a, v=version, c=so_far, d=last: a.called("T-1", v, calls(*c), declined=d)))
    for version in range(1, slips + 1):
        off = "closed_day" if called_off and version == slips else ""
        known.append((f"slip {version}{off}", lambda a, v=version, o=off: a.slip_saved(a_slip(v), called_off=o)))
        if draw(st.booleans()):
            known.append((f"slip {version} stored", lambda a, v=version: a.slip_stored("S-7", v)))
    if draw(st.integers(0, 3)) == 0:
        known.append(("refused", lambda a: a.refuse("closed_day")))
    if draw(st.integers(0, 3)) == 0:
        known.insert(draw(st.integers(0, len(known))), ("taken back", lambda a: a.take_back(FOLLOWER, "")))
    return known


def replay(steps: list[tuple[str, Step]]) -> tuple[Appointment, list[Contract]]:
    appointment = consider(a_wish(), CAR, NOW)
    told = list(news_of(None, appointment))
    for _, step in steps:
        before, appointment = appointment, step(appointment)
        told += news_of(before, appointment) if appointment != before else ()
    return appointment, told


def known_of(appointment: Appointment) -> dict[str, Any]:
    """All but what counts our own steps: those are fewer where news came twice or an old version never counted."""
    call_asked = appointment.call_due_at is not None and appointment.is_open
    own_counts = {"version": 0, "announced": bool(appointment.announced) and appointment.is_open, "call_due_at": call_asked}
    return vars(appointment) | {"state": appointment.state, "reason": appointment.reason} | own_counts


def effects_of(appointment: Appointment, told: list[Contract]) -> dict[str, Any]:
    """Where the partner commands leave the partners."""
    to_dms = [one for one in told if isinstance(one, StoreAppointment | StoreSlip | CancelAppointment)]
    slips = [(one.slip_version, one.slip_id) for one in to_dms if isinstance(one, StoreSlip)]
    return {
        "dms cancelled": sum(isinstance(one, CancelAppointment) for one in to_dms),
        "dms ends with": max(slips, default=None) if appointment.is_open else isinstance(to_dms[-1], CancelAppointment),
        "csc alive": appointment.is_open and any(isinstance(one, OpenCallTask) for one in told),
        "csc closed": sum(isinstance(one, CloseCallTask) for one in told),
    }


@given(steps=histories(), data=st.data())
@settings(max_examples=600, deadline=None, suppress_health_check=SLOW)
def test_a_history_in_any_order_and_with_repeats_ends_as_in_order(steps: list[tuple[str, Step]], data: st.DataObject):
    repeats = data.draw(st.lists(st.sampled_from(steps), max_size=5))
    shuffled = data.draw(st.permutations(steps + repeats))

    in_order, told_in_order = replay(steps)
    in_disorder, told_in_disorder = replay(shuffled)

    assert known_of(in_disorder) == known_of(in_order)
    assert effects_of(in_disorder, told_in_disorder) == effects_of(in_order, told_in_order)


@given(steps=histories(), data=st.data())
@settings(max_examples=300, deadline=None, suppress_health_check=SLOW)
def test_who_was_asked_hears_once_that_it_is_over(steps: list[tuple[str, Step]], data: st.DataObject):
    end, told = replay(data.draw(st.permutations(steps)))

    effects = effects_of(end, told)
    over_by_another_word_than_the_dms = end.state in CLOSED - {State.REJECTED}
    csc_is_at_it = end.task_id or end.slip or end.call_due_at
    csc_ended_it_alone = end.declined and not (end.slip or end.taken_back or end.refused or end.given_up)
    assert effects["dms cancelled"] == 1 or not over_by_another_word_than_the_dms
    assert effects["csc closed"] == bool(csc_is_at_it and not end.is_open and not csc_ended_it_alone)


@given(steps=histories(), data=st.data())
@settings(max_examples=300, deadline=None, suppress_health_check=SLOW)
def test_closed_stays_closed_and_versions_only_rise(steps: list[tuple[str, Step]], data: st.DataObject):
    shuffled = data.draw(st.permutations(steps))

    states = list(accumulate(shuffled, lambda it, step: step[1](it), initial=consider(a_wish(), CAR, NOW)))

    assert all(after.version >= before.version for before, after in pairwise(states))
    assert all(not after.is_open for before, after in pairwise(states) if not before.is_open)


class Dms:
    """Keeps what it is asked to keep; what is cancelled or rejected stays so."""

    def __init__(self, refuses: bool) -> None:
        self.refuses = refuses
        self.state = "unknown"
        self.slip: tuple[int, str] = (0, "")

    def carry_out(self, wish: PartnerCommand) -> list[Contract]:
        match wish:
            case StoreAppointment() if self.refuses:
                self.state = "rejected"
                return [AppointmentRejected(appointment_id=wish.appointment_id, reason="closed_day")]
            case StoreAppointment():
                self.state = "stored"
                return [AppointmentStored(appointment_id=wish.appointment_id, dms_no="D-7")]
            case CancelAppointment():
                self.state = "rejected" if self.state == "rejected" else "cancelled"
                return []
            case StoreSlip() if self.state == "stored":
                self.slip = max(self.slip, (wish.slip_version, wish.slip_id))
                return [AppointmentSlipStored(appointment_id=wish.appointment_id, slip_id=wish.slip_id, slip_version=wish.slip_version)]
            case StoreSlip():
                refused = {"slip_id": wish.slip_id, "slip_version": wish.slip_version, "reason": self.state}
                return [AppointmentSlipRefused(appointment_id=wish.appointment_id, **refused)]
        raise AssertionError(wish)


class Csc:
    """One call-back task and its slip; every change is pushed in full under a higher version."""

    def __init__(self, appointment_id: UUID) -> None:
        self.id = appointment_id
        self.task = "none"
        self.task_version = 0
        self.results: list[str] = []
        self.slip = "none"
        self.slip_version = 0

    def carry_out(self, wish: PartnerCommand) -> list[Contract]:
        match wish:
            case OpenCallTask():
                self.task, self.task_version = "open", 1
                return [AppointmentTaskCreated(appointment_id=self.id, task_id="T-1")]
            case CloseCallTask():
                pushes: list[Contract] = []
                if self.slip == "active":
                    pushes.append(self.push_slip("cancelled"))
                if self.task == "open":
                    pushes.append(self.push_task("closed"))
                return pushes
        raise AssertionError(wish)

    def push_task(self, state: str) -> CscNews:
        self.task, self.task_version = state, self.task_version + 1
        return a_call_log(self.id, self.task_version, *self.results, state=state)

    def push_slip(self, state: str) -> CscNews:
        self.slip, self.slip_version = state, self.slip_version + 1
        return a_saved_slip(self.id, self.slip_version, state)


class World:
    """Partner commands wait in one line for each partner; news waits in a bag and comes in any order, now and then twice."""

    def __init__(self, deliver: Callable[[Contract], list[Contract]], dms_refuses: bool) -> None:
        self.deliver = deliver
        self.request = a_request()
        self.id = self.request.appointment_id
        self.dms, self.csc = Dms(dms_refuses), Csc(self.id)
        self.lines: dict[str, list[PartnerCommand]] = {"dms": [], "csc": []}
        self.bag: list[Contract] = []
        self.facts: list[AppointmentNews] = []
        self.take_in(self.request)

    def take_in(self, message: Contract) -> None:
        for told in self.deliver(message):
            if isinstance(told, PartnerCommand):
                self.lines[told.owner].append(told)
            else:
                assert isinstance(told, AppointmentNews)
                self.facts.append(told)
            if isinstance(told, AppointmentConfirmed):
                assert self.dms.slip[1] == told.slip_id
                self.bag.append(AppointmentConfirmationSent(appointment_id=self.id, appointment_version=told.version))

    def carry_out_next(self, partner: str) -> None:
        wish = self.lines[partner].pop(0)
        self.bag += (self.dms if partner == "dms" else self.csc).carry_out(wish)

    def settle(self, pick: Callable[[int], int]) -> None:
        """Until everything has been carried out and everyone has heard everything."""
        while self.bag or any(self.lines.values()):
            for partner in self.lines:
                while self.lines[partner]:
                    self.carry_out_next(partner)
            if self.bag:
                self.take_in(self.bag.pop(pick(len(self.bag))))

    def check(self) -> None:
        last = max(self.facts, key=lambda fact: fact.version)
        dms_on_it, csc_at_it = self.dms.state == "stored", self.csc.task == "open" or self.csc.slip == "active"
        if last.state in CLOSED:
            assert not dms_on_it, last.state
            assert not csc_at_it, last.state
            assert self.dms.state == "cancelled" or last.state is State.REJECTED or self.dms.state == "rejected"
            return
        assert dms_on_it
        assert self.csc.slip != "cancelled"
        if self.csc.slip == "active":
            assert last.state is State.NOTIFIED
            assert self.dms.slip == (self.csc.slip_version, "S-7")
            assert last.appointment_at == a_slip(self.csc.slip_version).appointment_at


class AWorld(RuleBasedStateMachine):
    """Anyone may do anything at any time; at the end of each story all is carried out and compared."""

    make_deliver: Callable[[], Callable[[Contract], list[Contract]]]

    @initialize(
        turns=st.sets(st.sampled_from(["dms refuses", "dms says no later", "taken back", "in vain", "declined", "called off"]), max_size=2)
    )
    def begin(self, turns: set[str]) -> None:
        """Only a few things go wrong in one story, or none would come to a confirmation."""
        self.turns = turns
        self.world = World(type(self).make_deliver(), "dms refuses" in turns)

    @rule(data=st.data(), twice=st.booleans())
    def news_arrives(self, data: st.DataObject, twice: bool) -> None:
        bag = self.world.bag
        if bag:
            index = data.draw(st.integers(0, len(bag) - 1))
            self.world.take_in(bag[index] if twice else bag.pop(index))

    @rule(partner=st.sampled_from(["dms", "csc"]))
    def a_partner_does_its_next(self, partner: str) -> None:
        if self.world.lines[partner]:
            self.world.carry_out_next(partner)

    @precondition(lambda self: self.world.csc.task == "open")
    @rule(result=st.sampled_from(["reached", "no_answer", "busy"]))
    def the_dcrc_calls(self, result: str) -> None:
        self.world.csc.results.append(result)
        self.world.bag.append(self.world.csc.push_task("open"))

    @precondition(lambda self: "in vain" in self.turns and self.world.csc.task == "open" and not self.world.csc.results)
    @rule()
    def five_calls_in_vain(self) -> None:
        for _ in range(5):
            self.the_dcrc_calls("no_answer")

    @rule()
    def all_is_quiet_for_a_while(self) -> None:
        self.teardown()

    @precondition(lambda self: "declined" in self.turns and self.world.csc.task == "open" and "reached" in self.world.csc.results)
    @rule()
    def the_follower_declines_on_the_phone(self) -> None:
        self.world.bag.append(self.world.csc.push_task("declined"))

    @precondition(lambda self: self.world.csc.task == "open" and "reached" in self.world.csc.results and self.world.csc.slip != "cancelled")
    @rule()
    def the_dcrc_saves_a_slip(self) -> None:
        self.world.bag.append(self.world.csc.push_slip("active"))

    @precondition(lambda self: "called off" in self.turns and self.world.csc.slip == "active")
    @rule()
    def the_dcrc_cancels_the_slip(self) -> None:
        self.world.bag.append(self.world.csc.push_slip("cancelled"))

    @precondition(lambda self: "dms says no later" in self.turns and self.world.dms.state == "stored")
    @rule()
    def the_dms_says_no_later(self) -> None:
        self.world.dms.state = "rejected"
        self.world.bag.append(AppointmentRejected(appointment_id=self.world.id, reason="no_bay"))

    @precondition(lambda self: "taken back" in self.turns)
    @rule()
    def the_follower_takes_it_back(self) -> None:
        self.world.take_in(a_withdrawal(self.world.id))

    @rule()
    def the_booking_is_posted_again(self) -> None:
        self.world.take_in(self.world.request)

    def teardown(self) -> None:
        """So every story ends; but also in the middle of one, all must agree once nothing is on its way."""
        if hasattr(self, "world"):
            self.world.settle(lambda length: length // 2)
            self.world.check()


class Rules:
    """The rules alone, with what the service does around them: look up, decide, say what is new."""

    def __init__(self) -> None:
        self.appointment: Appointment | None = None
        self.service = AppointmentsService()
        self.service.now = Times(NOW)
        self.service.appointments = self
        self.service.owners = self
        self.told: list[Contract] = []
        self.methods = dict(readings_of(AppointmentsService))

    def __call__(self, message: Contract) -> list[Contract]:
        self.told = []
        getattr(self.service, self.methods[type(message)])(message, self)
        return self.told

    def tell(self, *messages: Contract) -> None:
        self.told += messages

    def find(self, _tx: object, _id: UUID) -> Appointment | None:
        return self.appointment

    get = find

    def add(self, _tx: object, appointment: Appointment) -> None:
        self.appointment = appointment

    save = add

    def early_withdrawal(self, _tx: object, _wish: object) -> None:
        return None

    def car_of(self, *_: object) -> object:
        return CAR


def test_a_world_of_late_and_doubled_news_comes_to_agree_by_the_rules_alone():
    class Played(AWorld):
        make_deliver = staticmethod(Rules)

    _play(Played, max_examples=250, stateful_step_count=40)


def test_a_world_of_late_and_doubled_news_comes_to_agree_on_a_real_database(tmp_path):
    service = AppointmentsService()
    service.now = Times(NOW)
    house = House(service, tmp_path / "appointments.sqlite")
    house.deliver(a_binding())

    class Played(AWorld):
        make_deliver = staticmethod(lambda: house.deliver)

    _play(Played, max_examples=40, stateful_step_count=30)


def _play(world: type[AWorld], **how: int) -> None:
    case = world.TestCase
    case.settings = settings(**how, deadline=None, suppress_health_check=SLOW)
    case("runTest").runTest()
