"""A DMS, a CSC and a world around the service: each does what it is told, and tells what it did."""

from collections.abc import Callable
from datetime import date
from uuid import UUID, uuid4

from contracts.appointments import AppointmentConfirmed, AppointmentNews, RequestAppointment, State
from contracts.csc import AppointmentTaskCreated, CloseCallTask, CscNews, OpenCallTask, RecordOutcome, ReopenCallTask
from contracts.dms import (
    AppointmentMoveRefused,
    AppointmentRejected,
    AppointmentSlipRefused,
    AppointmentSlipStored,
    AppointmentStored,
    CancelAppointment,
    MoveAppointment,
    StoreAppointment,
    StoreOutcome,
    StoreSlip,
    VisitNews,
)
from contracts.envelope import Contract, PartnerCommand
from contracts.messaging import AppointmentConfirmationSent
from services.appointments.standing import CLOSED
from tests.services.appointments.builders import a_binding, a_call_log, a_request, a_saved_slip, a_slip, a_visit

ELSEWHERE = "D002"


class Dms:
    """Keeps what it is asked to keep; what is cancelled or rejected stays so."""

    def __init__(self, refuses: bool) -> None:
        self.refuses = refuses
        self.refuses_another_day = False
        self.state = "unknown"
        self.dealer_code = ""
        self.day: date | None = None
        self.request_no = 1
        self.slip: tuple[int, str] = (0, "")
        self.outcomes: list[str] = []

    def carry_out(self, wish: PartnerCommand) -> list[Contract]:
        match wish:
            case StoreAppointment() if self.refuses:
                self.state = "rejected"
                return [AppointmentRejected(appointment_id=wish.appointment_id, reason="closed_day")]
            case StoreAppointment():
                self.state, self.day, self.dealer_code = "stored", wish.requested_date, wish.dealer_code
                return [AppointmentStored(appointment_id=wish.appointment_id, dms_no="D-7")]
            case MoveAppointment() if self.refuses_another_day and self.state == "stored":
                return [AppointmentMoveRefused(appointment_id=wish.appointment_id, request_no=wish.request_no, reason="no_bay")]
            case MoveAppointment():
                self.day, self.request_no = wish.requested_date, wish.request_no
                return []
            case StoreOutcome():
                self.outcomes.append(wish.outcome)
                return []
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
        self.day: date | None = None
        self.request_no = 0
        self.results: list[str] = []
        self.slip = "none"
        self.slip_version = 0
        self.slip_request_no = 0
        self.outcomes: list[str] = []

    @property
    def is_at_it(self) -> bool:
        return self.task == "open" or self.slip == "active"

    def carry_out(self, wish: PartnerCommand) -> list[Contract]:
        match wish:
            case OpenCallTask():
                self.task, self.task_version, self.day, self.request_no = "open", 1, wish.requested_date, wish.request_no
                return [AppointmentTaskCreated(appointment_id=self.id, task_id="T-1")]
            case ReopenCallTask():
                self.day, self.request_no = wish.requested_date, wish.request_no
                return []
            case RecordOutcome():
                self.outcomes.append(wish.outcome)
                return []
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
        to = ELSEWHERE if state == "transferred" else ""
        return a_call_log(self.id, self.task_version, *self.results, state="closed" if to else state, to=to)

    def push_slip(self, state: str) -> CscNews:
        self.slip, self.slip_version, self.slip_request_no = state, self.slip_version + 1, self.request_no
        return a_saved_slip(self.id, self.slip_version, state, request_no=self.request_no)


class Case:
    """One appointment at both partners. Partner commands wait in one line for each of them."""

    def __init__(self, appointment_id: UUID, *, dms_refuses: bool) -> None:
        self.id = appointment_id
        self.dms, self.csc = Dms(dms_refuses), Csc(appointment_id)
        self.lines: dict[str, list[PartnerCommand]] = {"dms": [], "csc": []}
        self.facts: list[AppointmentNews] = []

    @property
    def last(self) -> AppointmentNews:
        return max(self.facts, key=lambda fact: fact.version)

    def carry_out_next(self, partner: str) -> list[Contract]:
        wish = self.lines[partner].pop(0)
        return (self.dms if partner == "dms" else self.csc).carry_out(wish)


class World:
    """News waits in a bag and comes in any order, now and then twice."""

    def __init__(self, deliver: Callable[[Contract], list[Contract]], *, dms_refuses: bool) -> None:
        self.deliver = deliver
        self.request: RequestAppointment = a_request(vehicle_id=uuid4())
        self.id = self.request.appointment_id
        self.cases = {self.id: Case(self.id, dms_refuses=dms_refuses)}
        self.bag: list[Contract] = []
        self.visit: VisitNews | None = None
        self.deliver(a_binding(binding_id=uuid4(), vehicle_id=self.request.vehicle_id))
        self.take_in(self.request)

    def take_in(self, message: Contract) -> None:
        for told in self.deliver(message):
            case = self.cases.setdefault(told.subject, Case(told.subject, dms_refuses=False))
            if isinstance(told, PartnerCommand):
                case.lines[told.owner].append(told)
            else:
                assert isinstance(told, AppointmentNews)
                case.facts.append(told)
            if isinstance(told, AppointmentConfirmed):
                assert case.dms.slip[1] == told.slip_id
                self.bag.append(AppointmentConfirmationSent(appointment_id=case.id, appointment_version=told.version))

    def carry_out_next(self, partner: str) -> bool:
        for case in self.cases.values():
            if case.lines[partner]:
                self.bag += case.carry_out_next(partner)
                return True
        return False

    def the_car_comes_in(self, named_id: UUID | None, *, closed: bool) -> None:
        visit_id = self.visit.visit_id if self.visit else uuid4()
        self.visit = a_visit(closed, visit_id=visit_id, vehicle_id=self.request.vehicle_id, appointment_id=named_id)
        self.bag.append(self.visit)

    def settle(self, pick: Callable[[int], int]) -> None:
        """Until everything has been carried out and everyone has heard everything."""
        while self.carry_out_next("dms") or self.carry_out_next("csc") or self.bag:
            if self.bag:
                self.take_in(self.bag.pop(pick(len(self.bag))))

    def check(self) -> None:
        assert len(self.cases) <= 2, "more than one successor"
        first = self.cases[self.id].last
        assert (len(self.cases) == 2) == (first.state is State.TRANSFERRED)
        assert set(self.cases) - {self.id} == ({first.successor_id} - {None})
        assert sum(case.last.state not in CLOSED for case in self.cases.values()) <= 1
        for case in self.cases.values():
            self._check_closed(case) if case.last.state in CLOSED else self._check_open(case)

    @staticmethod
    def _check_closed(case: Case) -> None:
        assert case.dms.state != "stored", case.last.state
        assert not case.csc.is_at_it, case.last.state
        assert case.dms.state in ("cancelled", "rejected") or case.last.state is State.REJECTED

    def _check_open(self, case: Case) -> None:
        last, dms, csc = case.last, case.dms, case.csc
        assert (dms.state, dms.dealer_code) == ("stored", ELSEWHERE if last.predecessor_id else "D001")
        if csc.slip_request_no <= dms.request_no:  # else a slip was agreed on for a day that the DMS refused, and the slip is what counts
            assert dms.day == last.requested_date
            assert csc.day in (None, last.requested_date)
        assert csc.slip != "cancelled"
        if csc.slip == "active":
            assert dms.slip == (csc.slip_version, "S-7")
        if self.visit and (csc.slip == "active" or last.state in (State.ARRIVED, State.COMPLETED)):
            self._check_visited(case, self.visit)
        elif csc.slip == "active":
            assert last.appointment_at == a_slip(csc.slip_version).appointment_at  # whoever is here already need not be told of a new one
            assert last.state is (State.RESCHEDULED if csc.slip_request_no < dms.request_no else State.NOTIFIED)
        else:
            assert last.state in (State.REQUESTED, State.TO_CALL)

    @staticmethod
    def _check_visited(case: Case, visit: VisitNews) -> None:
        done = hasattr(visit, "closed_at")
        assert case.last.state is (State.COMPLETED if done else State.ARRIVED)
        assert case.dms.outcomes == (["arrived", "completed"] if done else ["arrived"])
        assert case.csc.outcomes == case.dms.outcomes
