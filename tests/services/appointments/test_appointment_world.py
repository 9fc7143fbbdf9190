"""Whatever the follower, the DMS, CSC and the workshop do, and however late, twice and mixed up it is heard, in the end all agree.

A small world is played on the whole service: once with its stores in memory, once on a real database.
"""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from contracts.dms import AppointmentRejected
from contracts.envelope import Contract
from services.appointments.capacity import Room
from services.appointments.domain import Appointment
from services.appointments.figures.recount import recount
from services.appointments.service import AppointmentsService
from services.appointments.visits import Visit
from services.appointments.wishes import Car, Wish
from tests.services.appointments.builders import CAR, FRIDAY, NOW, RULES, a_rescheduling, a_withdrawal
from tests.services.appointments.partners_played import Csc, World
from tests.services.house import House, Times, readings_of

SLOW = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large]
TURNS = [
    "dms refuses",
    "dms says no later",
    "taken back",
    "in vain",
    "declined",
    "called off",
    "transferred",
    "another day",
    "day refused",
    "visit",
]


class AWorld(RuleBasedStateMachine):
    """Anyone may do anything at any time; at the end of each story all is carried out and compared."""

    make_deliver: Callable[[], Callable[[Contract], list[Contract]]]

    @initialize(turns=st.sets(st.sampled_from(TURNS), max_size=3))
    def begin(self, turns: set[str]) -> None:
        """Only a few things go wrong in one story, or none would come to a confirmation."""
        self.turns = turns
        self.request_no = 1
        self.world = World(type(self).make_deliver(), dms_refuses="dms refuses" in turns)

    @property
    def csc(self) -> Csc:
        """Of the appointment that is called about: the last."""
        return list(self.world.cases.values())[-1].csc

    @property
    def can_be_agreed(self) -> bool:
        return self.csc.task == "open" and "reached" in self.csc.results and self.csc.slip != "cancelled"

    @rule(data=st.data(), twice=st.booleans())
    def news_arrives(self, data: st.DataObject, twice: bool) -> None:
        bag = self.world.bag
        if bag:
            index = data.draw(st.integers(0, len(bag) - 1))
            self.world.take_in(bag[index] if twice else bag.pop(index))

    @rule(partner=st.sampled_from(["dms", "csc"]))
    def a_partner_does_its_next(self, partner: str) -> None:
        self.world.carry_out_next(partner)

    @precondition(lambda self: self.csc.task == "open")
    @rule(result=st.sampled_from(["reached", "no_answer", "busy"]))
    def the_dcrc_calls(self, result: str) -> None:
        self.csc.results.append(result)
        self.world.bag.append(self.csc.push_task("open"))

    @precondition(lambda self: "in vain" in self.turns and self.csc.task == "open" and not self.csc.results)
    @rule()
    def five_calls_in_vain(self) -> None:
        for _ in range(5):
            self.the_dcrc_calls("no_answer")

    @rule()
    def all_is_quiet_for_a_while(self) -> None:
        self.teardown()

    @precondition(lambda self: "declined" in self.turns and self.can_be_agreed)
    @rule()
    def the_follower_declines_on_the_phone(self) -> None:
        self.world.bag.append(self.csc.push_task("declined"))

    @precondition(lambda self: "transferred" in self.turns and self.can_be_agreed and self.csc.id == self.world.id)
    @rule()
    def another_dealer_is_agreed_on(self) -> None:
        self.world.bag.append(self.csc.push_task("transferred"))

    @precondition(lambda self: self.can_be_agreed)
    @rule()
    def the_dcrc_saves_a_slip(self) -> None:
        self.world.bag.append(self.csc.push_slip("active"))

    @precondition(lambda self: "called off" in self.turns and self.csc.slip == "active")
    @rule()
    def the_dcrc_cancels_the_slip(self) -> None:
        self.world.bag.append(self.csc.push_slip("cancelled"))

    @precondition(lambda self: "dms says no later" in self.turns and self.world.cases[self.world.id].dms.state == "stored")
    @rule()
    def the_dms_says_no_later(self) -> None:
        self.world.cases[self.world.id].dms.state = "rejected"
        self.world.bag.append(AppointmentRejected(appointment_id=self.world.id, reason="no_bay"))

    @precondition(lambda self: "taken back" in self.turns)
    @rule()
    def the_follower_takes_it_back(self) -> None:
        self.world.take_in(a_withdrawal(self.world.id))

    @precondition(lambda self: self.turns & {"another day", "day refused"})
    @rule(ahead=st.integers(0, 1))
    def the_follower_asks_for_another_day(self, ahead: int) -> None:
        """Now and then a later request overtakes an earlier one."""
        self.request_no += 1
        self.world.take_in(self.rescheduling(self.request_no + ahead))

    @precondition(lambda self: "day refused" in self.turns)
    @rule(busy=st.booleans())
    def the_dealers_diary_fills_or_frees(self, busy: bool) -> None:
        self.world.cases[self.world.id].dms.refuses_another_day = busy

    def rescheduling(self, request_no: int) -> Contract:
        return a_rescheduling(self.world.id, request_no, FRIDAY + timedelta(days=request_no))

    @precondition(lambda self: "visit" in self.turns)
    @rule(closed=st.booleans(), named=st.booleans())
    def the_car_comes_in(self, closed: bool, named: bool) -> None:
        known_to_be_done = self.world.visit is not None and hasattr(self.world.visit, "closed_at")
        self.world.the_car_comes_in(self.world.id if named else None, closed=closed or known_to_be_done)

    @rule()
    def the_booking_is_posted_again(self) -> None:
        self.world.take_in(self.world.request)

    def teardown(self) -> None:
        """So every story ends; but also in the middle of one, all must agree once nothing is on its way."""
        if hasattr(self, "world"):
            self.world.settle(lambda length: length // 2)
            self.world.check()


class Kept:
    """Stands for the appointments."""

    def __init__(self) -> None:
        self.kept: dict[UUID, Appointment] = {}

    def find(self, _tx: object, id: UUID) -> Appointment | None:
        return self.kept.get(id)

    def get(self, _tx: object, id: UUID) -> Appointment:
        return self.kept[id]

    def add(self, _tx: object, it: Appointment) -> None:
        assert it.id not in self.kept
        self.kept[it.id] = it

    def save(self, _tx: object, it: Appointment) -> None:
        self.kept[it.id] = it

    def is_booked(self, _tx: object, wish: Wish) -> bool:
        return any(it.id != wish.appointment_id and it.open_key == wish.open_key for it in self.kept.values())

    def open_on(self, *_: object) -> list[Appointment]:
        return []

    def of_visit(self, _tx: object, id: UUID) -> Appointment | None:
        return next((it for it in self.kept.values() if it.visit_id == id and it.is_open), None)

    def of_car(self, _tx: object, _id: UUID) -> list[Appointment]:
        return list(self.kept.values())

    def early_withdrawal(self, *_: object) -> None:
        return None


class Strays:
    """Stands for the visits that match nothing."""

    def __init__(self) -> None:
        self.kept: dict[UUID, Visit] = {}

    def keep(self, _tx: object, visit: Visit) -> Visit:
        before = self.kept.get(visit.id, visit)
        both = Visit(visit.id, visit.vehicle_id, visit.arrived_at, before.closed_at or visit.closed_at, before.named_id or visit.named_id)
        self.kept[visit.id] = both
        return both

    def of_car(self, _tx: object, _id: UUID) -> list[Visit]:
        return list(self.kept.values())

    def drop(self, _tx: object, id: UUID) -> None:
        self.kept.pop(id, None)


class Uncounted:
    """Stands for the places: nobody told how many there are."""

    def room(self, *_: object) -> Room:
        return Room([])

    def save(self, *_: object) -> None:
        pass


class Unread:
    """Stands for the statistics."""

    def moved(self, *_: object) -> None:
        pass


class Bound:
    """Stands for the bindings: everybody is bound to their car."""

    def car_of(self, *_: object) -> Car:
        return CAR

    def learn(self, *_: object) -> None:
        pass


class InMemory:
    """The rules alone, with what the service does around them: look up, decide, say what is new."""

    def __init__(self) -> None:
        self.service = AppointmentsService()
        self.service.now, self.service.rules = Times(NOW), RULES
        self.service.appointments, self.service.visits = Kept(), Strays()
        self.service.places, self.service.owners = Uncounted(), Bound()
        self.service.figures = Unread()
        self.told: list[Contract] = []
        self.methods = dict(readings_of(AppointmentsService))

    def __call__(self, message: Contract) -> list[Contract]:
        self.told = []
        getattr(self.service, self.methods[type(message)])(message, self)
        return self.told

    def tell(self, *messages: Contract) -> None:
        self.told += messages


def test_a_world_of_late_and_doubled_news_comes_to_agree_by_the_rules_alone():
    class Played(AWorld):
        make_deliver = staticmethod(InMemory)

    _play(Played, max_examples=250, stateful_step_count=40)


def test_a_world_of_late_and_doubled_news_comes_to_agree_on_a_real_database(tmp_path):
    service = AppointmentsService()
    service.now, service.rules = Times(NOW), RULES
    house = House(service, tmp_path / "appointments.sqlite")

    class Played(AWorld):
        make_deliver = staticmethod(lambda: house.deliver)

        def teardown(self) -> None:
            """Whatever happened, the statistics are what a count of the appointments gives."""
            super().teardown()
            with house.database.read() as connection:
                assert [off for period in ("2026-03", "2026-04") for off in recount(connection, period)] == []

    _play(Played, max_examples=40, stateful_step_count=30)


def _play(world: type[AWorld], **how: int) -> None:
    case = world.TestCase
    case.settings = settings(**how, deadline=None, suppress_health_check=SLOW)
    case("runTest").runTest()
