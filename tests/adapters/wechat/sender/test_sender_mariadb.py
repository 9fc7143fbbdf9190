"""The sender's tables on the real MariaDB, where two transactions really run at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import insert, select, text

from adapters.wechat.sender.menu import Menus
from adapters.wechat.sender.store import Begins, DeliveryStore, QuotaStore, Sending, TokenStore, begun
from adapters.wechat.sender.ticket import SharedTicket
from adapters.wechat.sender.translate import result_of
from chassis.database import in_one_transaction
from chassis.settings import MenuButton
from chassis.tables import outbox
from tests.adapters.wechat.sender.conftest import calling_of, open_database
from tests.adapters.wechat.sender.stand_in import TICKET
from tests.adapters.wechat.sender.wishes import a_renewal
from tests.fakes.mini_house import until

NOW = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
DAY = date(2026, 3, 2)


@pytest.fixture
def database(place):
    place.create_schemas("sender")
    opened = open_database(place.database_url.format(schema="sender"))
    yield opened
    opened.dispose()


def at_once(*works):
    with ThreadPoolExecutor(len(works)) as pool:
        return [done.result() for done in [pool.submit(work) for work in works]]


def deadlocks(database):
    with database.read() as connection:
        return int(connection.execute(text("SHOW GLOBAL STATUS LIKE 'Innodb_deadlocks'")).one()[1])


def test_of_ten_who_claim_at_once_one_fetches(database):
    store = TokenStore(database)
    seen = store.held("wxtest")

    claims = at_once(
        *[lambda: store.claim("wxtest", by=uuid4(), now=NOW, until=NOW + timedelta(seconds=7), seen=seen, failed=None) for _ in range(10)]
    )

    assert sum(claims) == 1


def test_of_ten_who_ask_for_a_ticket_at_once_one_fetches(database, account, clock, calls, wechat):
    tickets = SharedTicket(calling_of(account, database, clock, calls))

    found = at_once(*[lambda: tickets.usable(a_renewal()) for _ in range(10)])

    assert {ticket for ticket, _ in found} == {"ticket-1"}
    assert len(wechat.calls(TICKET)) == 1


def test_of_ten_who_look_at_once_one_orders_the_menu(database, account, clock, calls):
    menu = (MenuButton(name="帮助", key="HELP"),)
    menus = Menus(calling_of(account.model_copy(update={"menu": menu}), database, clock, calls), "https://car.example.com")

    ordered = at_once(*[lambda: in_one_transaction(database, menus.ordered, tries=20) for _ in range(10)])

    assert sum(len(wishes) for wishes in ordered) == 1


def test_a_token_of_any_length_that_wechat_gives_is_kept(database):
    store, me, token = TokenStore(database), uuid4(), "t" * 2048
    store.claim("wxtest", by=me, now=NOW, until=NOW + timedelta(seconds=7), seen=store.held("wxtest"), failed=None)

    store.keep("wxtest", by=me, token=token, asked_at=NOW, expires_at=NOW + timedelta(hours=2))

    assert store.held("wxtest").token == token


def test_a_quota_is_not_overdrawn_by_many_at_once(database):
    quota = QuotaStore(database)

    taken = at_once(*[lambda: quota.take("wxtest", DAY, "template_send", 7) for _ in range(10)])

    assert sum(taken) == 7


def test_of_a_days_first_calls_all_are_let_in_that_there_is_room_for(database):
    quota = QuotaStore(database)
    days = [DAY + timedelta(days=ahead) for ahead in range(40)]

    taken = [at_once(*[lambda day=day: quota.take("wxtest", day, "media_get", 1_000) for _ in range(10)]) for day in days]

    assert all(all(of_a_day) for of_a_day in taken)


def test_many_at_once_who_find_it_used_up_are_not_in_each_others_way(database):
    quota = QuotaStore(database)
    quota.take("wxtest", DAY, "template_send", 1)
    before = deadlocks(database)

    def ask():
        return [quota.begin("wxtest", DAY, "template_send", 1, Begins(uuid4(), 1, NOW)).taken for _ in range(20)]

    assert not any(taken for asked in at_once(*[ask] * 10) for taken in asked)
    assert deadlocks(database) == before


def test_nobody_waits_for_the_days_count_while_another_notes_what_it_begins(database):
    """All sends of the day count in one row: held over a way to the server and back, it would let them through one by one."""
    quota, stalled = QuotaStore(database), uuid4()

    with ThreadPoolExecutor(1) as pool:
        with database.write() as tx:
            tx.execute(insert(begun).values(command_id=stalled, begun_at=0))
            first = pool.submit(quota.begin, "wxtest", DAY, "template_send", 7, Begins(stalled, 7, NOW))
            until(lambda: quota.used(DAY) == {("wxtest", "template_send"): 1})
            second = quota.begin("wxtest", DAY, "template_send", 7, Begins(uuid4(), 7, NOW))
        held_up = first.result()

    assert (second.taken, held_up.taken) == (True, True)
    assert quota.used(DAY) == {("wxtest", "template_send"): 2}


def test_a_send_and_its_result_at_the_same_moment_find_each_other_every_time(database):
    deliveries = DeliveryStore()

    def send(number):
        def work(tx):
            sending = Sending("main", number, uuid4(), uuid4(), 1, "appointment.confirmed", uuid4())
            if found := deliveries.note_sent(tx, sending, NOW):
                tx.tell(result_of(found))

        in_one_transaction(database, work)

    def hear(number):
        def work(tx):
            if found := deliveries.note_result(tx, "main", number, "success", NOW):
                tx.tell(result_of(found))

        in_one_transaction(database, work)

    numbers = [str(2918131553548107776 + count) for count in range(40)]
    for number in numbers:
        at_once(lambda number=number: send(number), lambda number=number: hear(number))

    with database.read() as connection:
        assert connection.execute(select(outbox.c.type)).scalars().all() == ["template.delivered"] * len(numbers)
