"""What an operator orders about a parked message: again, with other data, shown; past a backlog, and never twice."""

import json
from collections.abc import Iterator
from uuid import uuid4

import eventlet
import pytest

from chassis import embedded, parked
from chassis.errors import ContractBroken
from chassis.inlet import AT_ONCE
from chassis.messages import decode, unwrap
from chassis.tables import inbox, outbox
from chassis.tables import parked as parked_table
from contracts.dms import AppointmentStored, CancelAppointment
from contracts.ops import DropParked, MendParked, ParkedShown, RedriveParked, ShowParked
from tests.chassis.flow.conftest import NewHouse
from tests.fakes.mini_house import MiniHouse, a_request, mini_house, until

ANYONE = "王芳"


@pytest.fixture(scope="module")
def small_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MiniHouse]:
    """In one process, on SQLite; each test has a message of its own."""
    root = tmp_path_factory.mktemp("house")
    with mini_house(root, broker_url=embedded.URL, database_url=f"sqlite:///{root}/{{schema}}.db") as house:
        house.start()
        yield house


def off_contract(wish):
    raise ContractBroken("dms", (("dms_no", "missing"),))


def by_its_name(wish):
    return AppointmentStored(appointment_id=wish.appointment_id, dms_no=wish.name[:8])


def a_parked_wish(house: MiniHouse):
    """A wish that the DMS's answer broke; from now on the DMS answers as it should, with the name it was given."""
    broken = a_request()
    house.script.on_store = lambda wish: off_contract(wish) if wish.appointment_id == broken.appointment_id else by_its_name(wish)
    house.tell(broken)
    (row,) = until(lambda: [one for one in house.rows("dms", parked_table) if one.subject == broken.appointment_id])
    until(lambda: all(one.published_at for one in house.rows("appointments", outbox)))  # it comes no second time
    house.script.on_store = by_its_name
    return row


def news_of(house: MiniHouse, row):
    """The DMS's answers about it."""
    return [news for news in house.script.stored if news.appointment_id == row.subject]


def order(house: MiniHouse, kind, row, **more):
    """Once it is carried out: the change it made."""
    ordered = kind(service="dms", message_id=row.message_id, ordered_by=ANYONE, **more)
    house.tell(ordered)
    (done,) = until(lambda: [one for one in house.rows("dms", inbox) if one.message_id == ordered.id])
    return done.attempt


def shown(house: MiniHouse, row):
    """What is in it, as it is told to insight."""
    before = {one.message_id for one in house.rows("dms", outbox)}
    order(house, ShowParked, row)
    (told,) = [one for one in house.rows("dms", outbox) if one.type == ParkedShown.type_name() and one.message_id not in before]
    assert "canary" not in told.body
    return unwrap(ParkedShown, decode(told.body), house.vault).body


def data_of(house: MiniHouse, row):
    return json.loads(shown(house, row))["data"]


def now_of(house: MiniHouse, row):
    (found,) = [one for one in house.rows("dms", parked_table) if one.message_id == row.message_id]
    return found


def test_a_mended_copy_goes_on_under_the_same_id_and_the_original_stays(new_house: NewHouse):
    house = new_house()
    house.start()
    row = a_parked_wish(house)
    data = data_of(house, row)

    change = order(house, MendParked, row, body=json.dumps(data | {"name": "赵敏"}))

    (news,) = until(lambda: news_of(house, row))
    assert (news.dms_no, news.envelope.causationid) == ("赵敏", row.message_id)
    after = now_of(house, row)
    assert (after.state, after.changes, after.ordered_by, after.reason) == ("redriven", change, ANYONE, "mended")
    assert parked._original(after) == parked._original(row)
    assert data_of(house, row)["name"] == "赵敏"
    assert data["name"] == "canary-name"


@pytest.mark.parametrize(
    ("changed", "field", "rule"),
    [
        ({"requested_date": "soon"}, "requested_date", "date_from_datetime_parsing"),
        ({"name": 7}, "name", "string_type"),
        ({"appointment_id": str(uuid4())}, "appointment_id", "must stay what it was"),
    ],
)
def test_a_copy_off_contract_is_parked_anew_with_what_is_wrong_and_can_be_mended_on(small_house: MiniHouse, changed, field, rule):
    row = a_parked_wish(small_house)
    data = data_of(small_house, row)

    order(small_house, MendParked, row, body=json.dumps(data | {"mobile": "canary-new"} | changed))

    after = now_of(small_house, row)
    assert (after.state, after.changes) == ("parked", row.changes + 2)
    assert json.loads(after.causes)[0] == {"kind": "contract", "field": field, "rule": rule}
    assert data_of(small_house, row) == data | {"mobile": "canary-new"} | changed
    assert "canary" not in str(after)
    order(small_house, MendParked, row, body=json.dumps(data))
    assert until(lambda: news_of(small_house, row))


@pytest.mark.parametrize("body", ["{{", "nothing", "[]", '{"name": "\\ud800"}'])
def test_a_copy_that_is_no_json_of_ours_is_parked_anew_and_kept(small_house: MiniHouse, body):
    row = a_parked_wish(small_house)

    order(small_house, MendParked, row, body=body)

    assert now_of(small_house, row).state == "parked"
    assert shown(small_house, row)
    assert not news_of(small_house, row)


def test_a_redrive_after_mending_tries_the_mended_copy(small_house: MiniHouse):
    row = a_parked_wish(small_house)
    small_house.script.on_store = off_contract
    order(small_house, MendParked, row, body=json.dumps(data_of(small_house, row) | {"name": "赵敏"}))
    until(lambda: now_of(small_house, row).changes == row.changes + 2)
    small_house.script.on_store = by_its_name

    order(small_house, RedriveParked, row)

    (news,) = until(lambda: news_of(small_house, row))
    assert news.dms_no == "赵敏"


@pytest.mark.parametrize("kind", [RedriveParked, DropParked, MendParked])
def test_what_is_not_parked_any_more_is_not_changed_again(small_house: MiniHouse, kind):
    row = a_parked_wish(small_house)
    assert order(small_house, RedriveParked, row) == row.changes + 1
    until(lambda: news_of(small_house, row))
    before = now_of(small_house, row)

    more = {DropParked: {"reason": "x"}, MendParked: {"body": "{}"}}.get(kind, {})
    change = order(small_house, kind, row, **more)

    assert change == 0
    after = now_of(small_house, row)
    assert (after.state, after.changes, after.ordered_by, after.mended_data) == (before.state, before.changes, ANYONE, None)
    assert len(news_of(small_house, row)) == 1


def test_bytes_that_are_no_message_are_shown_as_text_and_can_only_be_dropped(small_house: MiniHouse):
    message_id = uuid4()
    with small_house.database("dms").write() as tx:
        parked.park(tx, message_id, parked.UNREADABLE, b"\xff canary {", kind="undecodable", causes=())
    (row,) = [one for one in small_house.rows("dms", parked_table) if one.message_id == message_id]

    assert shown(small_house, row) == "\\xff canary {"
    assert order(small_house, MendParked, row, body="{}") == 0
    assert order(small_house, RedriveParked, row) == 0
    assert order(small_house, DropParked, row, reason="noise") == 1


def test_what_is_kept_no_more_is_shown_as_nothing(small_house: MiniHouse):
    row = a_parked_wish(small_house)
    with small_house.database("dms").write() as tx:
        tx.execute(parked_table.delete().where(parked_table.c.message_id == row.message_id))

    assert shown(small_house, row) == ""


def test_an_order_does_not_wait_behind_a_backlog(small_house: MiniHouse):
    row = a_parked_wish(small_house)
    go_on, at_work = eventlet.Event(), []
    small_house.script.on_cancel = lambda wish: at_work.append(wish) or go_on.wait()
    cancels = [CancelAppointment(appointment_id=uuid4(), reason="withdrawn") for _ in range(40)]
    small_house.tell(*cancels)
    until(lambda: len(at_work) >= AT_ONCE)

    assert order(small_house, RedriveParked, row) == row.changes + 1

    go_on.send()
    until(lambda: {cancel.appointment_id for cancel in cancels} <= {about for about, _ in small_house.script.carried})
