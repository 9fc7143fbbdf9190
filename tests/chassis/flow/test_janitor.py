"""What has done its service goes, in its time; what has not been told to insight stays."""

from uuid import uuid4

from sqlalchemy import update

from chassis import janitor
from chassis.clock import milliseconds_now
from chassis.inbound import inbound
from chassis.janitor import Keeping
from chassis.tables import inbox, outbox
from tests.fakes.mini_house import MiniHouse, a_request, until

DAY = 24 * janitor.HOUR_MS


def test_reported_rows_go_after_an_hour_and_unreported_ones_stay(house: MiniHouse):
    reported, unreported = a_request(), a_request()
    house.tell(reported, unreported)
    until(lambda: len(house.script.stored) == 2)
    until(lambda: all(row.published_at and row.reported for row in house.rows("appointments", outbox)))
    with house.database().write() as tx:
        tx.execute(update(outbox).values(published_at=milliseconds_now() - 2 * janitor.HOUR_MS))
        tx.execute(update(outbox).where(outbox.c.message_id == unreported.id).values(reported=False))

    janitor.sweep(house.database(), reports=True)

    assert reported.id not in {row.message_id for row in house.rows("appointments", outbox)}
    assert {reported.id, unreported.id} <= {row.message_id for row in house.rows("appointments", inbox)}


def test_a_table_that_is_kept_for_days_loses_older_rows_in_as_many_rounds_as_it_takes(house: MiniHouse):
    database = house.database()
    inbound.create(database.engine)
    ages = [91, 92, 1]
    with database.write() as tx:
        rows = [{"event_id": uuid4(), "webhook_id": str(days), "received_at": milliseconds_now() - days * DAY} for days in ages]
        tx.execute(inbound.insert(), [row | {"digest": "", "status": 200, "answer": "{}"} for row in rows])

    deleted = janitor.sweep(database, reports=True, more=(Keeping(inbound, inbound.c.event_id, inbound.c.received_at, days=90),))

    assert deleted == 2
    assert [row.webhook_id for row in house.rows("appointments", inbound)] == ["1"]
