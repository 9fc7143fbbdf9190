"""When nobody is asked: a partner that has not answered too often in a row, and one that an operator holds."""

from uuid import uuid4

import pytest
from pydantic import BaseModel, SecretStr

from chassis.breaker import Way, Ways
from chassis.called import BreakerTerms, Partner
from chassis.calls import CallLog
from chassis.errors import ContractBroken, Held, NotAsked, Refused, Unavailable
from chassis.partner import PartnerClient
from contracts.dms import CancelAppointment
from tests.fakes.partner import BUSY, answer, answering

TERMS = BreakerTerms(failures=3, open_seconds=15)


class Hours:
    """A clock set by hand, in seconds."""

    def __init__(self) -> None:
        self.at = 100.0

    def __call__(self) -> float:
        return self.at


class AWay(Way):
    def __init__(self) -> None:
        self.hours = Hours()
        super().__init__("library", TERMS, self.hours)

    def ask(self, error: Exception | None = None) -> None:
        with self.asking():
            if error:
                raise error

    def fail(self, times: int = 1) -> None:
        for _ in range(times):
            with pytest.raises(Unavailable):
                self.ask(Unavailable("library"))


@pytest.fixture
def way() -> AWay:
    return AWay()


def test_it_stays_closed_while_answers_come_in_between(way):
    for _ in range(3):
        way.fail(2)
        way.ask()

    assert way.state == "closed"


@pytest.mark.parametrize("no", [Refused("full"), ContractBroken("library", (("number", "missing"),))])
def test_a_no_and_a_bad_answer_are_answers(way, no):
    way.fail(2)

    with pytest.raises(type(no)):
        way.ask(no)

    assert way.shown.failures == 0


def test_it_opens_after_so_many_failures_and_says_how_long_to_wait(way):
    way.fail(3)
    way.hours.at += 4

    with pytest.raises(NotAsked) as refused:
        way.ask()

    assert refused.value.retry_after == 11
    assert (way.shown.state, way.shown.failures) == ("open", 3)


def test_one_probe_at_a_time_asks_whether_the_partner_is_back(way):
    way.fail(3)
    way.hours.at += 15

    with way.asking():
        assert way.state == "half_open"
        with pytest.raises(NotAsked) as refused:
            way.ask()

    assert refused.value.retry_after == 1
    assert way.state == "closed"


def test_a_probe_in_vain_opens_it_again(way):
    way.fail(3)
    since = way.shown.since
    way.hours.at += 15

    way.fail()

    assert way.state == "open"
    assert way.shown.since == since
    way.hours.at += 15
    way.ask()
    assert way.state == "closed"


def test_a_probe_that_is_cut_off_lets_another_try(way):
    way.fail(3)
    way.hours.at += 15

    with pytest.raises(KeyboardInterrupt), way.asking():
        raise KeyboardInterrupt

    way.ask()
    assert way.state == "closed"


def test_released_it_is_asked_at_once_though_a_probe_from_before_is_still_out(way):
    def probe() -> None:
        with way.asking():
            way.hold(True)
            way.hold(False)
            way.ask()
            raise Unavailable("library")

    way.fail(3)
    way.hours.at += 15

    with pytest.raises(Unavailable) as failed:
        probe()

    assert not isinstance(failed.value, NotAsked)
    assert way.state == "closed"


def test_one_that_was_on_its_way_and_fails_late_does_not_prolong_it(way):
    def fail_late() -> None:
        with way.asking():
            way.fail(3)
            way.hours.at += 10
            raise Unavailable("library")

    with pytest.raises(Unavailable):
        fail_late()

    way.hours.at += 5
    assert way.state == "half_open"


def test_held_is_held_until_released_and_then_asked_at_once(way):
    way.fail(3)
    way.hold(True)

    with pytest.raises(Held):
        way.ask()
    assert way.state == "held"

    way.hold(False)
    way.ask()
    assert way.state == "closed"


def test_a_partner_that_was_held_before_anybody_asked_for_it_is_held():
    ways = Ways()
    ways.hold(frozenset({"dms"}))

    assert ways.to("dms").state == "held"
    assert ways.to("csc").state == "closed"


def test_whoever_answers_again_is_named_once():
    ways = Ways()
    library = ways.to("library", BreakerTerms(failures=1, open_seconds=0.001))
    with pytest.raises(Unavailable), library.asking():
        raise Unavailable("library")

    while library.state == "open":
        pass
    with library.asking():
        pass

    assert ways.mended == {"library"}


class Done(BaseModel):
    result: str


def test_a_partner_that_is_down_is_left_alone_and_nothing_is_tried_in_place():
    command = CancelAppointment(appointment_id=uuid4(), reason="withdrawn")
    with answering(BUSY, BUSY, BUSY, answer(200, {"result": "done"})) as partner:
        terms = {"deadline_seconds": 60, "attempts_in_place": 4, "api_key": SecretStr("k"), "webhook_secret": SecretStr("w")}
        waits: list[float] = []
        calls = CallLog()
        client = PartnerClient("library", Partner(base_url=partner.url, breaker=TERMS, **terms), calls, waits.append)

        with pytest.raises(NotAsked):
            client.get("/", command=command, answers=Done)

    assert len(partner.asked) == 3
    assert len(waits) == 3
    assert [call.outcome for call in calls.take(command.id)] == ["unavailable"] * 3
