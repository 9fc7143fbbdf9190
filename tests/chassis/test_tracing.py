"""A trace from the edge through the bus to the partner; and that nobody's absence, and no switch that is off, touches the flow."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from uuid import uuid4

import eventlet
import pytest
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from pydantic import BaseModel

from chassis import embedded, tracing
from chassis.errors import Unavailable
from chassis.messages import wrap
from contracts.dms import AppointmentStored
from contracts.ops import OpsReport
from tests.fakes.collector import Collector, Seen, collecting
from tests.fakes.mini_house import MiniHouse, a_request, mini_house, until
from tests.fakes.partner import BUSY, AnsweringPartner, answer, answering, client_of


class StoreAnswer(BaseModel):
    dms_no: str


@pytest.fixture
def collector() -> Iterator[Collector]:
    with collecting() as collector:
        tracing.use(OTLPSpanExporter(endpoint=f"{collector.url}/v1/traces"))
        yield collector
        tracing.stop()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[MiniHouse]:
    with mini_house(tmp_path, broker_url=embedded.URL, database_url=f"sqlite:///{tmp_path}/{{schema}}.db") as house:
        house.start()
        yield house


def asks(house: MiniHouse, partner: AnsweringPartner) -> None:
    client = client_of("dms", partner, attempts_in_place=1)

    def store(wish):
        answered = client.post("/appointments", wish, command=wish, answers=StoreAnswer)
        return AppointmentStored(appointment_id=wish.appointment_id, dms_no=answered.dms_no)

    house.script.on_store = store


def told(collector: Collector, name: str) -> list[Seen]:
    tracing.flush()
    return [span for span in collector.spans if span.name == name]


def test_one_trace_leads_from_the_edge_to_the_partner(house, collector):
    with answering(answer(201, {"dms_no": "D-1"})) as partner:
        asks(house, partner)
        span = tracing.requested("pages", "/m", "POST")
        with tracing.edge(span):
            house.tell(a_request())
        span.end()
        until(lambda: house.script.stored)
        until(lambda: told(collector, "handle appointment.stored"))

    by_name = {span.name: span for span in collector.spans}
    way = ["POST /m", "handle request.appointment", "handle store.appointment", "POST dms"]
    for cause, consequence in pairwise(way):
        assert (by_name[consequence].parent, by_name[consequence].trace) == (by_name[cause].id, by_name[cause].trace), consequence
    assert by_name["publish store.appointment"].parent == by_name["handle request.appointment"].id
    assert by_name["handle appointment.stored"].parent == by_name["handle store.appointment"].id
    assert [by_name[name].service for name in way] == ["pages", "appointments", "dms", "dms"]
    assert partner.asked[0].headers["traceparent"].startswith(f"00-{by_name['POST dms'].trace}-{by_name['POST dms'].id}-")


def test_a_message_that_is_tried_again_stays_in_its_trace(house, collector):
    with answering(BUSY, answer(201, {"dms_no": "D-1"})) as partner:
        asks(house, partner)
        house.tell(a_request())
        until(lambda: house.script.stored)
        tries = until(lambda: len(found := told(collector, "handle store.appointment")) == 2 and found)

    assert tries[0].parent == tries[1].parent
    assert [(span.attributes["cheqiao.attempt"], span.error) for span in tries] == [("0", "Unavailable"), ("1", "")]
    assert [span.error for span in told(collector, "POST dms")] == ["unavailable", ""]


def test_what_nothing_caused_has_a_trace_of_its_own_and_reports_have_none(house, collector):
    house.tell(a_request(), a_request())
    until(lambda: len(house.script.stored) == 2 and house.script.hops)
    origins = until(lambda: len(found := told(collector, "tell request.appointment")) == 2 and found)

    assert len({span.trace for span in origins}) == 2
    assert not [span for span in collector.spans if "ops." in span.name]


def test_no_attribute_holds_anything_personal(house, collector):
    with answering(answer(201, {"dms_no": "D-1"})) as partner:
        asks(house, partner)
        house.tell(a_request())
        until(lambda: house.script.stored)
        until(lambda: told(collector, "handle appointment.stored"))

    assert "canary" not in repr(collector.spans)


@pytest.mark.parametrize("trouble", ["refuses", "is not there"])
def test_a_collector_in_trouble_touches_nothing(house, collector, trouble):
    collector.status = 400
    if trouble == "is not there":
        collector.close()

    house.tell(a_request())

    until(lambda: house.script.stored)
    with eventlet.Timeout(30):
        tracing.stop()
    house.tell(a_request())
    until(lambda: len(house.script.stored) == 2)


def test_off_nothing_is_begun_and_what_others_began_is_carried_on(house):
    tracing.start({})
    carried = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    cause = wrap(a_request(), source="elsewhere", vault=house.vault, cause=None).model_copy(update={"traceparent": carried})

    with house.database().write() as tx:
        tx.cause = cause
        tx.tell(a_request())
    house.tell(a_request())

    until(lambda: len(house.script.stored) == 2)
    assert not tracing.on()
    assert {news.envelope.traceparent for news in house.script.stored} == {None, carried}


def test_reports_begin_no_trace(house, collector):
    report = OpsReport(report_id=uuid4(), hops=())

    assert wrap(report, source="dms", vault=house.vault, cause=None).traceparent is None


def test_a_call_for_a_message_that_nobody_handles_carries_on_what_came(collector):
    assert tracing.called("dms", "POST", uuid4(), "00-carried").traceparent == "00-carried"
    with pytest.raises(Unavailable), tracing.edge(tracing.UNTRACED):
        raise Unavailable("dms")
