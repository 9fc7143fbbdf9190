"""What Prometheus is told of the message flow."""

from chassis import process
from chassis.errors import ContractBroken, Unavailable
from chassis.tables import parked, retry
from tests.fakes.mini_house import MiniHouse, a_request, until


def counted(name: str, **labels: str) -> float:
    return process.current().health.registry.get_sample_value(name, labels) or 0


def test_steps_are_counted_when_they_are_reported(house: MiniHouse):
    house.tell(a_request(), a_request())

    until(lambda: counted("cheqiao_steps_total", service="dms", step="handled", type="store.appointment", outcome="ok") == 2)
    assert counted("cheqiao_step_seconds_count", service="dms", step="handled") == 2


def test_what_waits_and_what_is_parked_can_be_seen(house: MiniHouse):
    troubles = [ContractBroken("dms", (("dms_no", "missing"),)), Unavailable("dms", retry_after=3600)]

    def store(wish):
        raise troubles.pop()

    house.script.on_store = store
    house.tell(a_request(), a_request())
    until(lambda: house.rows("dms", parked) and house.rows("dms", retry))

    with house.database("dms").read() as connection:
        process.current().telemetry.sample("dms", connection)

    assert counted("cheqiao_parked", service="dms") == 1
    assert counted("cheqiao_retries_waiting", service="dms") == 1
    assert counted("cheqiao_outbox_waiting", service="dms") == 0
