"""One JS ticket for all processes: who fetches, who waits, and when it is renewed."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest

from adapters.wechat.sender.calling import SaidNo
from adapters.wechat.sender.store import TokenStore, js_ticket
from adapters.wechat.sender.ticket import LEASE, SharedTicket
from chassis.errors import ContractBroken, Unavailable
from contracts.wechat import JsTicketIssued
from tests.adapters.wechat.sender.conftest import calling_of
from tests.adapters.wechat.sender.stand_in import TICKET, Told, errcode
from tests.adapters.wechat.sender.test_delivery import Service
from tests.adapters.wechat.sender.wishes import a_renewal


@pytest.fixture
def service(desk, clock):
    return Service(desk, clock)


def test_a_ticket_is_fetched_once_and_told_to_everyone_who_asks(service, wechat, clock):
    wishes = [a_renewal() for _ in range(3)]

    told = [service.renew_js_ticket(wish) for wish in wishes]

    assert {(type(news), news.ticket, news.expires_at) for news in told} == {(JsTicketIssued, "ticket-1", clock() + timedelta(hours=2))}
    assert {(news.account, news.ticket_id) for news in told} == {("main", wishes[0].ticket_id)}
    assert [seen.query["type"] for seen in wechat.calls(TICKET)] == [["jsapi"]]


def test_it_is_renewed_in_its_last_twenty_minutes(service, wechat, clock):
    service.renew_js_ticket(a_renewal())
    wechat.ticket = 2

    clock.pass_by(minutes=99)
    assert service.renew_js_ticket(a_renewal()).ticket == "ticket-1"
    clock.pass_by(minutes=2)
    assert service.renew_js_ticket(a_renewal()).ticket == "ticket-2"


def test_given_the_old_one_again_we_do_not_ask_at_once_again(service, wechat, clock):
    wechat.tell(TICKET, Told({"errcode": 0, "ticket": "ticket-1", "expires_in": 900}))
    service.renew_js_ticket(a_renewal())

    clock.pass_by(minutes=4)
    service.renew_js_ticket(a_renewal())
    assert len(wechat.calls(TICKET)) == 1

    clock.pass_by(minutes=2)
    service.renew_js_ticket(a_renewal())
    assert len(wechat.calls(TICKET)) == 2


def test_twenty_at_a_cold_start_fetch_one_ticket(account, database, clock, calls, wechat):
    wechat.tell(TICKET, Told({"errcode": 0, "ticket": "ticket-1", "expires_in": 7200}, after_seconds=0.3))
    tickets = SharedTicket(calling_of(account, database, clock, calls))

    with ThreadPoolExecutor(20) as pool:
        found = list(pool.map(lambda _: tickets.usable(a_renewal()), range(20)))

    assert {ticket for ticket, _ in found} == {"ticket-1"}
    assert len(wechat.calls(TICKET)) == 1


@pytest.mark.parametrize("answer", [Told({}, status=500), errcode(48001)])
def test_silence_or_a_no_while_the_old_one_lasts_goes_unnoticed(service, wechat, clock, answer):
    service.renew_js_ticket(a_renewal())
    clock.pass_by(minutes=105)
    wechat.tell(TICKET, *[answer] * 3)

    assert service.renew_js_ticket(a_renewal()).ticket == "ticket-1"


def test_silence_without_a_ticket_is_no_answer_and_holds_up_nobody(desk, wechat):
    wechat.tell(TICKET, *[Told({}, status=500)] * 3)

    with pytest.raises(Unavailable):
        desk.tickets.usable(a_renewal())

    assert desk.tickets.usable(a_renewal())[0] == "ticket-1"


def test_a_clear_no_tells_nothing_and_the_pages_do_without(service, desk, wechat):
    wechat.tell(TICKET, errcode(48001), errcode(48001))

    assert service.renew_js_ticket(a_renewal()) is None
    with pytest.raises(SaidNo):
        desk.tickets.usable(a_renewal())


def test_one_who_died_fetching_holds_up_nobody_for_long(account, database, clock, calls, wechat):
    store, tickets = TokenStore(database, js_ticket), SharedTicket(calling_of(account, database, clock, calls, seconds=0.3))
    store.claim("wxtest", by=uuid4(), now=clock(), until=clock() + LEASE, seen=store.held("wxtest"), failed=None)

    with pytest.raises(Unavailable):
        tickets.usable(a_renewal())

    clock.pass_by(seconds=LEASE.total_seconds())
    assert tickets.usable(a_renewal())[0] == "ticket-1"


def test_an_account_that_is_not_configured_is_parked_for_the_operator(desk, wechat):
    with pytest.raises(ContractBroken):
        desk.tickets.usable(a_renewal(account="other"))

    assert not wechat.seen


def test_the_ticket_is_not_in_the_database_in_clear(desk, database, tmp_path):
    desk.tickets.usable(a_renewal())
    database.dispose()

    kept = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert b"wxtest" in kept
    assert b"ticket-1" not in kept
