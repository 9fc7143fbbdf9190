"""What `/ops/v1/` answers to questions: the house at a glance, lists by filter, and what is searched for."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from chassis.messages import wrap
from contracts.appointments import State
from contracts.operating import Care, Hits, Overview, ParkedGroups, ParkedPage, PartnersAnswer, QueueStatus, WaitingPage
from contracts.ops import Breaker, Cause, OpsStatus, QuotaUsed
from contracts.wechat import MenuClicked
from services.insight import parked_rows
from tests.chassis.test_lookups import MOBILE, PLATE, VIN, a_binding
from tests.services.house import VAULT
from tests.services.insight.test_insight_service import APPOINTMENT, a_hop, report, requested, watch
from tests.services.insight.test_ops_api import house, ops  # noqa: F401 - fixtures

# ruff: noqa: F811 - a fixture is asked for by its name


def just_now(seconds=0.0, **changes):
    return a_hop(**{"at": datetime.now(UTC) - timedelta(seconds=seconds)} | changes)


def a_status(**changes):
    told = {"copy_id": uuid4(), "service": "dms", "at": datetime.now(UTC), "started_at": datetime.now(UTC), "consuming": True}
    return OpsStatus(**told | changes)


def test_queues_say_what_came_what_is_on_its_way_and_what_waits(ops, house):
    sent = just_now(40, service="appointments", step="published", type="store.appointment")
    waiting = just_now(30, service="dms", step="retried", attempt=1, outcome="unavailable", causes=(Cause(kind="unavailable", rule="dms"),))
    report(house, sent, just_now(20, service="dms"), waiting)
    house.deliver(a_status(outbox=3, paused=True, in_work=2, failing={"dms: broker": "away"}))

    queues = {queue["service"]: QueueStatus.model_validate(queue) for queue in ops("GET", "/queues").json()["queues"]}

    dms = queues["dms"]
    assert (dms.retries, dms.outbox, dms.paused, dms.depth, dms.consumers) == (1, 3, True, None, 1)
    assert dms.oldest_seconds >= 40
    assert dms.received_per_second > 0
    assert (dms.copies[0].in_work, dms.copies[0].failing) == (2, {"dms: broker": "away"})
    assert (len(dms.minutes), sum(minute.received for minute in dms.minutes), sum(minute.failed for minute in dms.minutes)) == (60, 1, 1)
    assert sum(minute.sent for minute in queues["appointments"].minutes) == 1
    assert [minute.retries for minute in dms.minutes if minute.retries is not None] == [0]


def test_what_was_handled_is_not_on_its_way_any_more_in_whatever_order_that_is_heard(ops, house):
    first, second = uuid4(), uuid4()
    sent = [just_now(50, service="appointments", step="published", type="store.appointment", message_id=id) for id in (first, second)]
    done = [just_now(10, service="dms", message_id=id) for id in (first, second)]
    report(house, sent[0])
    report(house, done[1])
    report(house, sent[1], done[0])

    queues = {queue["service"]: queue for queue in ops("GET", "/queues").json()["queues"]}

    assert queues["dms"]["oldest_seconds"] == 0


def test_a_copy_that_is_silent_for_long_is_left_out(ops, house):
    house.deliver(a_status(at=datetime.now(UTC) - timedelta(hours=1), spooled=7))
    house.deliver(a_status(service="gateway", consuming=None, spooled=2))

    queues = {queue["service"]: queue for queue in ops("GET", "/queues").json()["queues"]}

    assert queues["dms"]["copies"] == []
    assert (queues["gateway"]["spooled"], queues["gateway"]["depth"]) == (2, None)


def test_the_newest_word_of_a_copy_counts(ops, house):
    new = a_status(outbox=5)
    house.deliver(new)
    house.deliver(new.model_copy(update={"outbox": 9, "at": new.at - timedelta(seconds=5)}))

    queues = {queue["service"]: queue for queue in ops("GET", "/queues").json()["queues"]}

    assert queues["dms"]["outbox"] == 5


def test_the_overview_sums_the_house_up(ops, house):
    parked = just_now(5, service="csc", step="parked", outcome="parked", causes=(Cause(kind="mistake", field="x.py:1", rule="KeyError"),))
    report(house, parked, just_now(5), just_now(5, service="dms"), just_now(5, service="pages", step="published", type="nobody.reads"))
    house.deliver(a_status(spooled=1, quotas=(QuotaUsed(account="main", name="template", used=5, most=100),)))

    seen = Overview.model_validate(ops("GET", "/overview").json())

    assert (seen.parked, seen.retries, seen.spooled, seen.quotas[0].used) == (1, 0, 1, 5)
    assert seen.received_per_second == pytest.approx(2 * seen.sent_per_second, rel=0.05)
    assert {queue.service for queue in seen.queues} >= {"appointments", "csc", "insight"}


def test_partners_are_shown_with_times_outcomes_breaker_and_answers_off_contract(ops, house):
    def call(ms, outcome="ok"):
        return just_now(5, service="dms", step="called", partner="dms", operation="POST /appointments", milliseconds=ms, outcome=outcome)

    broken = call(900, "contract")
    causes = (Cause(kind="contract", field="dms_no", rule="missing"),)
    parked = just_now(4, service="dms", step="parked", outcome="parked", message_id=broken.message_id, causes=causes)
    report(house, *(call(ms) for ms in (12, 15, 18)), call(30, "refused"), broken, parked)
    breakers = [Breaker(partner="dms", state=state, since=datetime.now(UTC)) for state in ("closed", "open")]
    for breaker in breakers:
        house.deliver(a_status(breakers=(breaker,)))

    answer = PartnersAnswer.model_validate(ops("GET", "/partners").json())

    (dms,) = answer.partners
    assert (dms.partner, dms.service, dms.calls, dms.failed, dms.breaker.state) == ("dms", "dms", 5, 1, "open")
    assert dms.outcomes == {"ok": 3, "refused": 1, "contract": 1}
    assert (10 < dms.p50 < 35, 750 < dms.p99 <= 1000) == (True, True)
    assert next(minute for minute in dms.minutes if minute.calls).p50 == dms.p50
    (bad,) = answer.bad_answers
    assert (bad.operation, bad.message_id, bad.causes) == ("POST /appointments", broken.message_id, causes)


def waiting_hop(seconds, kind="unavailable", attempt=1, **changes):
    return just_now(seconds, step="retried", attempt=attempt, outcome=kind, causes=(Cause(kind=kind),), **changes)


def test_what_waits_again_is_listed_with_its_latest_failure_until_its_end_is_known(ops, house):
    twice, ended, turn = uuid4(), uuid4(), uuid4()
    report(house, waiting_hop(30, attempt=2, message_id=twice, service="dms"), waiting_hop(40, message_id=twice, service="dms"))
    report(house, just_now(10, message_id=ended), waiting_hop(20, message_id=ended))
    report(house, waiting_hop(5, "order", message_id=turn, service="csc"))

    def listed(query=""):
        page = WaitingPage.model_validate(ops("GET", f"/retries{query}").json())
        return [(one.message_id, one.attempt) for one in page.waiting]

    assert listed() == [(turn, 1), (twice, 2)]
    assert listed("?service=dms") == [(twice, 2)]
    assert listed("?kind=order") == [(turn, 1)]
    assert ops("GET", "/retries?after=x").status_code == 400


def test_waiting_messages_are_read_page_by_page(ops, house):
    report(house, *(waiting_hop(number) for number in range(60)))

    first = ops("GET", "/retries").json()
    second = ops("GET", f"/retries?after={first['next']}").json()

    ids = [one["message_id"] for one in first["waiting"] + second["waiting"]]
    assert (len(first["waiting"]), len(set(ids)), second["next"]) == (50, 60, None)


def a_parked(seconds=0, *, field="dms_no", kind="contract", service="dms", **changes):
    causes = (Cause(kind=kind, field=field, rule="missing"), Cause(kind=kind, field="other"))
    return just_now(seconds, step="parked", outcome="parked", service=service, type="store.appointment", causes=causes, **changes)


def test_parked_messages_are_grouped_by_their_first_cause_most_first(ops, house):
    oldest, newest = a_parked(500), a_parked(5)
    report(house, oldest, a_parked(100), newest, a_parked(50, field="vin"), a_parked(40, field="", kind="mistake", service="csc"))

    answer = ParkedGroups.model_validate(ops("GET", "/parked/groups").json())
    of_csc = ParkedGroups.model_validate(ops("GET", "/parked/groups?service=csc").json())
    recent = ParkedGroups.model_validate(
        ops("GET", "/parked/groups", params={"since": (newest.at - timedelta(seconds=60)).isoformat()}).json()
    )

    assert [(group.field, group.number) for group in answer.groups] == [("dms_no", 3), ("", 1), ("vin", 1)]
    assert (answer.total, of_csc.total, recent.total) == (5, 1, 3)
    assert abs(answer.groups[0].first_at - oldest.at) < timedelta(milliseconds=2)
    assert abs(answer.groups[0].last_at - newest.at) < timedelta(milliseconds=2)


def test_a_filter_finds_lists_and_counts_the_same(ops, house):
    looked_at = a_parked(30, field="vin")
    report(house, a_parked(100), a_parked(50), looked_at, a_parked(10, field="", kind="mistake", service="csc"))
    with house.write() as tx:
        parked_rows.keep_care(tx, looked_at.message_id, "dms", Care(owner="wang", status="looking", note="在问"))
    since = (datetime.now(UTC) - timedelta(seconds=60)).isoformat()

    def found(**wanted):
        page = ParkedPage.model_validate(ops("GET", "/parked", params=wanted).json())
        number = ops("GET", "/parked/count", params=wanted).json()["number"]
        groups = ops("GET", "/parked/groups", params=wanted).json()["total"]
        assert len(page.parked) == number == groups
        return number

    assert (found(), found(state="all"), found(state="dropped")) == (4, 4, 0)
    assert (found(service="dms"), found(kind="mistake"), found(field="vin"), found(field=""), found(type="x")) == (3, 1, 1, 1, 0)
    assert (found(owner="wang"), found(owner=""), found(status="looking"), found(status="new", service="dms")) == (1, 3, 1, 2)
    assert (found(since=since), found(since=since, kind="contract"), found(until=since), found(owner="wang", until=since)) == (3, 2, 1, 0)


def test_what_is_no_filter_is_400(ops):
    assert ops("GET", "/parked?colour=red").status_code == 400
    assert ops("GET", "/parked/count?since=yesterday").status_code == 400


def search(ops, by, value):
    answer = ops("POST", "/search", json={"by": by, "value": value})
    assert answer.status_code == 200
    return Hits.model_validate(answer.json()).hits


def test_a_customer_is_found_by_phone_vin_and_plate_and_leads_to_the_appointment(ops, house):
    binding = a_binding()
    binding = binding.model_copy(update={"vehicle_id": VAULT.vehicle_id(VIN)})
    watch(house, binding)
    watch(house, requested(vehicle_id=binding.vehicle_id))
    watch(house, requested(appointment_id=uuid4()))

    for by, value in (("mobile", f"+86 {MOBILE}"), ("vin", VIN.lower()), ("plate", f"{PLATE[:2]} {PLATE[2:]}")):
        found = search(ops, by, value)

        assert {(hit.subject, hit.what) for hit in found} == {(binding.binding_id, "customer"), (APPOINTMENT, "appointment")}
    assert search(ops, "mobile", "13900000000") == ()


def test_an_appointment_is_found_by_its_numbers_and_by_the_ids_it_names(ops, house):
    named = requested(state=State.CONFIRMED, dms_no="D-7", task_id="T-8", slip_id="s-9")
    watch(house, named)

    for by, value in (("number", "d-7"), ("number", " T-8 "), ("number", "S-9"), ("id", str(named.vehicle_id)), ("id", str(APPOINTMENT))):
        (hit,) = search(ops, by, value)

        assert (hit.subject, hit.last_type, hit.messages) == (APPOINTMENT, "appointment.requested", 1)


def test_a_request_that_no_event_tells_of_yet_is_found_by_its_hops(ops, house):
    hop = just_now(5)
    report(house, hop)

    (hit,) = search(ops, "id", str(hop.message_id))

    assert (hit.subject, hit.what, hit.last_type) == (APPOINTMENT, "appointment", "request.appointment")


@pytest.mark.parametrize("body", [{"by": "id", "value": "D-7"}, {"by": "name", "value": "王"}, {"by": "vin"}, {"by": "vin", "value": ""}])
def test_what_cannot_be_searched_for_is_400_and_never_said_again(ops, body):
    answer = ops("POST", "/search", json=body)

    assert answer.status_code == 400
    assert not body.get("value") or body["value"] not in answer.text


def test_a_push_counts_as_sent_by_the_gateway_and_is_on_its_way_until_it_is_handled(ops, house):
    click = MenuClicked(account="main", follower_id=uuid4(), openid="o", created_at=datetime.now(UTC), event_key="BOOK")
    envelope = wrap(click, source="gateway", vault=VAULT, cause=None)
    for _ in range(2):
        with house.write() as tx:
            house.service.on_any(envelope, tx)

    queues = {queue["service"]: QueueStatus.model_validate(queue) for queue in ops("GET", "/queues").json()["queues"]}

    assert sum(minute.sent for minute in queues["gateway"].minutes) == 1
    assert queues["messaging"].oldest_seconds > 0
