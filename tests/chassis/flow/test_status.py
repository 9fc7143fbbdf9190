"""How a service stands, as insight and Prometheus are told."""

from contextlib import contextmanager
from types import SimpleNamespace
from uuid import uuid4

import pytest
from prometheus_client import CollectorRegistry

from chassis import process
from chassis.breaker import Ways
from chassis.errors import ContractBroken, Unavailable
from chassis.health import Health
from chassis.runtime import ServiceRuntime
from chassis.status import Status
from chassis.tables import parked, retry
from chassis.telemetry import Flow, Telemetry
from contracts.ops import HoldPartner, OpsStatus, QuotaUsed
from tests.chassis.flow.conftest import NewHouse
from tests.fakes.mini_house import MiniHouse, a_request, until


def runtime_of(house: MiniHouse, service: str) -> ServiceRuntime:
    (container,) = (container for runner in house._runners for container in runner.containers if container.service_name == service)
    return next(extension for extension in container.extensions if isinstance(extension, ServiceRuntime))


def counted(name: str, **labels: str) -> float | None:
    return process.current().health.registry.get_sample_value(name, labels)


@pytest.mark.parametrize("new_house", ["embedded"], indirect=True)
def test_every_copy_tells_how_it_stands_and_goes_on_telling(new_house: NewHouse):
    house = new_house()
    house.start(copies=2)

    copies = until(lambda: len(found := {told.copy_id: told for told in house.script.told if told.service == "dms"}) == 2 and found)
    until(lambda: {told.service for told in house.script.told} == {"appointments", "dms", "insight"})
    until(lambda: [told.copy_id for told in house.script.told].count(next(iter(copies))) > 1)
    newest = until(lambda: [told for told in house.script.told if told.consuming and not told.failing])[-1]
    assert (newest.paused, newest.outbox) == (False, 0)
    assert newest.at >= newest.started_at


@pytest.mark.parametrize("new_house", ["embedded"], indirect=True)
def test_it_says_what_waits_what_is_parked_and_who_is_not_asked(new_house: NewHouse):
    house = new_house()
    house.start()
    runtime = runtime_of(house, "dms")
    way = runtime.ways.to("dms")
    troubles = [ContractBroken("dms", (("dms_no", "missing"),)), Unavailable("dms", retry_after=3600)]

    def store(wish):
        with way.asking():
            raise troubles.pop()

    house.script.on_store = store
    house.tell(a_request(), a_request())
    until(lambda: house.rows("dms", parked) and house.rows("dms", retry))
    house.tell(HoldPartner(service="dms", hold_id=uuid4(), ordered_by="ops", partner="dms"))
    until(lambda: counted("cheqiao_partner_breaker_state", service="dms", partner="dms", state="held") == 1)

    told = until(
        lambda: [told for told in house.script.told if told.service == "dms" and told.parked and told.breakers[0].state == "held"]
    )[-1]

    assert (told.retries, told.parked) == (1, 1)
    assert [breaker.partner for breaker in told.breakers] == ["dms"]
    assert counted("cheqiao_consumer_reading", service="dms") == 1
    assert counted("cheqiao_retries_oldest_seconds", service="dms") >= 0


class Away:
    """A service whose database and broker are away."""

    name = "sender"
    keeps = True
    flow = Flow(consuming=False)

    def __init__(self) -> None:
        health = Health()
        health.register("sender: broker", lambda: "no broker")
        health.register("dms: broker", lambda: "no broker")
        self.process = SimpleNamespace(health=health, telemetry=Telemetry(CollectorRegistry()))
        self.ways = Ways()
        self.publisher = self.database = self

    def publish(self, message: OpsStatus) -> None:
        raise Unavailable("broker")

    @contextmanager
    def read(self):
        raise Unavailable("database")
        yield


def test_whatever_is_away_telling_neither_raises_nor_waits():
    status = Status(Away())

    def no_quotas() -> tuple[QuotaUsed, ...]:
        raise Unavailable("database")

    status.quotas = no_quotas

    status.tell()

    assert status.now().failing == {"sender: broker": "no broker"}
    assert status.now().quotas == ()


def test_a_change_is_told_at_once_and_the_same_again_only_after_a_while():
    sender, told = Away(), []
    sender.publish = told.append
    status = Status(sender)
    status.tell_if_due()
    status.tell_if_due()
    assert len(told) == 1

    sender.ways.to("wechat").hold(True)
    status.tell_if_due()
    status.tell_if_due()

    assert [message.breakers[0].state for message in told[1:]] == ["held"]


def test_a_service_without_schema_and_queue_tells_what_it_has_on_disk():
    gateway = Away()
    gateway.keeps, gateway.flow = False, Flow()
    status = Status(gateway)
    status.spooled = lambda: 7

    told = status.now()

    assert (told.spooled, told.consuming, told.outbox) == (7, None, 0)
