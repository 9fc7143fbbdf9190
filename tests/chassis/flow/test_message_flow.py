"""A message's way through inbox, state and outbox, and back again through retry and parked (design section 3)."""

from uuid import uuid4

from chassis.database import Transaction, in_one_transaction
from chassis.errors import ContractBroken, Unavailable
from chassis.tables import inbox, outbox, parked, retry
from contracts.dms import AppointmentStored, CancelAppointment
from contracts.ops import DropParked, RedriveParked
from tests.chassis.flow.conftest import NewHouse
from tests.fakes.mini_house import Carrying, MiniHouse, Watching, Wishing, a_request, a_wish, until


def test_a_wish_is_carried_out_and_its_answer_comes_back(house: MiniHouse):
    wish = a_request()

    house.tell(wish)

    (news,) = until(lambda: house.script.stored)
    assert news.appointment_id == wish.appointment_id
    assert news.envelope is not None
    assert news.envelope.correlationid == wish.id
    assert news.envelope.source == "dms"
    assert (news.envelope.actorkind, news.envelope.actorid) == ("customer", str(wish.follower_id))


def test_the_same_message_ten_times_is_one_effect(house: MiniHouse):
    wish = a_request()

    def tell_anew(tx: Transaction) -> None:
        tx.execute(outbox.delete().where(outbox.c.message_id == wish.id))
        tx.tell(wish)

    for _ in range(10):
        in_one_transaction(house.database(), tell_anew)  # the relay marks the row meanwhile
    until(lambda: house.script.stored)
    until(lambda: all(row.published_at for row in house.rows("appointments", outbox)))

    house.tell(a_request())
    until(lambda: len(house.script.stored) == 2)
    assert [appointment for appointment, _ in house.script.carried].count(wish.appointment_id) == 1


def test_a_transaction_that_fails_tells_nothing(house: MiniHouse):
    def break_off(wish, tx):
        tx.tell(a_wish(wish.appointment_id))
        raise KeyError("canary-text")

    house.script.on_request = break_off

    house.tell(a_request())

    (row,) = until(lambda: house.rows("appointments", parked))
    assert row.kind == "mistake"
    assert "canary" not in row.causes
    assert "canary" not in row.sealed_body
    assert len(house.rows("appointments", outbox)) == 1
    assert not house.rows("appointments", inbox)


def test_an_outage_is_waited_out_and_counted(house: MiniHouse):
    outages = [Unavailable("dms"), Unavailable("dms"), Unavailable("dms")]

    def store(wish):
        if outages:
            raise outages.pop()
        return AppointmentStored(appointment_id=wish.appointment_id, dms_no="D-9")

    house.script.on_store = store

    house.tell(a_request())

    until(lambda: house.script.stored)
    (row,) = house.rows("dms", retry)
    assert row.attempt == 3
    assert row.ended_at
    assert not house.rows("dms", parked)


def test_a_partner_that_asks_for_time_gets_it(house: MiniHouse):
    tried = []

    def store(wish):
        tried.append(wish)
        raise Unavailable("dms", retry_after=3600)

    house.script.on_store = store

    house.tell(a_request())

    (row,) = until(lambda: house.rows("dms", retry))
    assert row.due_at - row.changed_at >= 3_500_000
    assert len(tried) == 1


def test_an_outage_without_end_is_parked_as_exhausted(new_house: NewHouse):
    house = new_house(give_up_after_hours=0.0001)
    house.start()

    def store(wish):
        raise Unavailable("dms")

    house.script.on_store = store

    house.tell(a_request())

    (row,) = until(lambda: house.rows("dms", parked))
    assert row.kind == "exhausted"


def test_off_contract_is_parked_with_field_and_rule_and_can_be_redriven(house: MiniHouse):
    def store(wish):
        raise ContractBroken("dms", (("dms_no", "missing"),))

    house.script.on_store = store
    house.tell(a_request())
    (row,) = until(lambda: house.rows("dms", parked))
    assert '"field": "dms_no", "rule": "missing"' in row.causes

    house.script.on_store = lambda wish: AppointmentStored(appointment_id=wish.appointment_id, dms_no="D-2")
    house.tell(RedriveParked(service="dms", message_id=row.message_id, ordered_by="ops"))

    (news,) = until(lambda: house.script.stored)
    assert news.dms_no == "D-2"
    (row,) = house.rows("dms", parked)
    assert row.state == "redriven"


def test_a_parked_command_holds_its_line_until_it_is_dropped(house: MiniHouse):
    def store(wish):
        raise ContractBroken("dms", (("dms_no", "missing"),))

    house.script.on_store = store
    appointment = uuid4()
    house.tell(a_wish(appointment), CancelAppointment(appointment_id=appointment, reason="withdrawn"))
    (row,) = until(lambda: house.rows("dms", parked))
    until(lambda: [waiting for waiting in house.rows("dms", retry) if waiting.sequence == 2])
    assert not house.script.carried

    house.tell(DropParked(service="dms", message_id=row.message_id, ordered_by="ops", reason="told the dealer by phone"))

    until(lambda: house.script.carried)
    assert house.script.carried == [(appointment, "withdrawn")]
    (waited,) = [waiting for waiting in house.rows("dms", retry) if waiting.sequence == 2]
    assert waited.attempt == 0


def test_commands_about_one_subject_keep_their_order_with_two_copies_and_outages(new_house: NewHouse):
    house = new_house()
    failed = set()

    def flaky(wish):
        if wish.id not in failed and int(wish.reason) % 3 == 0:
            failed.add(wish.id)
            raise Unavailable("dms")

    house.script.on_cancel = flaky
    subjects = [uuid4() for _ in range(4)]
    house.start(copies=2)

    for number in range(12):
        house.tell(*(CancelAppointment(appointment_id=subject, reason=str(number)) for subject in subjects))

    until(lambda: len(house.script.carried) >= 48)
    for subject in subjects:
        assert [reason for about, reason in house.script.carried if about == subject] == [str(number) for number in range(12)]


def test_what_a_crash_left_unconfirmed_goes_out_at_the_next_start(new_house: NewHouse):
    house = new_house()
    house.start(Wishing)
    for _ in range(5):
        house.tell(a_request())
    until(lambda: house.rows("appointments", inbox))
    house.kill()

    house.start(Wishing, Carrying, Watching)

    until(lambda: len({news.appointment_id for news in house.script.stored}) == 5)
    assert len(house.script.carried) == 5


def test_watchers_get_sealed_copies_and_every_hop_is_reported_once(house: MiniHouse):
    house.tell(a_request())

    (envelope,) = until(lambda: house.script.watched)
    assert envelope.type == "appointment.stored"
    until(lambda: {"handled", "published"} <= {hop.step for hop in house.script.hops if hop.service == "dms"})
    keys = [(hop.service, hop.message_id, hop.step, hop.attempt) for hop in house.script.hops]
    assert len(keys) == len(set(keys))
    until(lambda: all(row.reported for service in ("appointments", "dms") for row in house.rows(service, outbox)))


def test_nothing_personal_is_written_in_clear(house: MiniHouse, tmp_path):
    house.script.on_store = lambda wish: (_ for _ in ()).throw(Unavailable("dms"))

    house.tell(a_request())

    until(lambda: house.rows("dms", retry))
    for service in ("appointments", "dms", "insight"):
        for table in (outbox, retry, parked):
            assert "canary" not in str(house.rows(service, table))
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and b"canary" in path.read_bytes()]
