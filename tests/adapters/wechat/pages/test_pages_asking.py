"""What the pages ask by the clock, what they answer a page's script, and how long they keep what they know."""

import hashlib
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from adapters.wechat.pages import learning
from adapters.wechat.pages.asking import what_to_ask
from adapters.wechat.pages.jssdk import is_ours, signature_of
from adapters.wechat.pages.tables import KEEPINGS, place, visitor
from chassis.clock import milliseconds_now
from chassis.janitor import sweep
from contracts.dms import FetchDealers
from contracts.wechat import RenewJsTicket
from tests.adapters.wechat.pages.conftest import FOLLOWER, NOW
from tests.adapters.wechat.pages.news import dealer_news, places_news, ticket_news

OURS = "https://car.example.com"


@pytest.fixture
def asked(database):
    """What is asked at a moment, by its kind."""

    def ask(at, accounts=("main",)):
        with database.write() as tx:
            wishes = what_to_ask(tx, accounts, at)
            tx.tell(*wishes)
        return [type(wish) for wish in wishes]

    return ask


def test_at_first_everything_is_asked_for(asked):
    assert asked(NOW, ("main", "second")) == [FetchDealers, RenewJsTicket, RenewJsTicket]


def test_what_was_asked_for_is_waited_for(asked):
    asked(NOW)

    assert asked(NOW + timedelta(minutes=4)) == []
    assert asked(NOW + timedelta(minutes=6)) == [RenewJsTicket]
    assert asked(NOW + timedelta(hours=2)) == [FetchDealers, RenewJsTicket]


def test_known_dealers_are_asked_for_once_a_day(asked, database):
    asked(NOW)
    with database.write() as tx:
        learning.learn_of_dealer(tx, dealer_news())

    assert FetchDealers not in asked(NOW + timedelta(hours=23))
    assert FetchDealers in asked(NOW + timedelta(hours=24))


def test_a_ticket_is_renewed_before_it_ends(asked, database):
    with database.write() as tx:
        learning.learn_of_ticket(tx, ticket_news(expires_at=NOW + timedelta(hours=2)))

    assert RenewJsTicket not in asked(NOW + timedelta(minutes=99))
    assert RenewJsTicket in asked(NOW + timedelta(minutes=101))


def test_a_page_is_signed_as_wechats_manual_has_it(phone, database):
    with database.write() as tx:
        learning.learn_of_ticket(tx, ticket_news("ticket-1"))

    answer = phone.get("/api/jssdk", params={"url": f"{OURS}/m/appointments/new?from=menu#step2"}).json()

    text = f"jsapi_ticket=ticket-1&noncestr={answer['nonce']}&timestamp={answer['timestamp']}&url={OURS}/m/appointments/new?from=menu"
    assert answer["signature"] == hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()
    assert (answer["appid"], answer["timestamp"]) == ("wxtest", int(NOW.timestamp()))


def test_the_manuals_own_example_is_signed_alike():
    """https://developers.weixin.qq.com, JS-SDK, appendix 1"""
    ticket = "sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg"

    made = signature_of(ticket, "Wm3WZYTPz0wzccnW", 1414587457, "http://mp.weixin.qq.com?params=value#top")

    assert made == "0f9de62fce790f9a083d5c99e95740ceb90c27ed"


def test_without_a_good_ticket_the_page_chooses_by_name(phone, database):
    with database.write() as tx:
        learning.learn_of_ticket(tx, ticket_news(expires_at=NOW))

    answer = phone.get("/api/jssdk", params={"url": f"{OURS}/m/"})

    assert (answer.status_code, answer.json()["code"]) == (503, "no_ticket")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "https://evil.example/m/",
        "http://car.example.com/m/",
        "https://car.example.com:8443/m/",
        "https://car.example.com@evil.example/",
        "https://car.example.com.evil.example/",
        "https://car.example.com",
        "//car.example.com/m/",
        "https://car.example.com/m/\n",
        "https://[",
        "https://car.example.com/" + "x" * 1100,
    ],
)
def test_only_our_own_pages_are_signed(phone, url):
    assert phone.get("/api/jssdk", params={"url": url}).status_code == 400
    assert not is_ours(url, OURS)


def test_places_are_told_by_day_and_slot(phone, database):
    with database.write() as tx:
        learning.learn_of_places(tx, places_news(date(2026, 3, 9), "09:00-10:00", left=0))

    answer = phone.get("/api/places", params={"dealer": "D001", "from": "2026-03-01", "days": "30"})

    assert answer.json() == {"places": [{"day": "2026-03-09", "slot": "09:00-10:00", "left": 0, "closed": False}]}
    assert phone.get("/api/places", params={"dealer": "D002"}).json() == {"places": []}


@pytest.mark.parametrize(
    "days", [{"from": "tomorrow"}, {"days": "0"}, {"days": "x"}, {"days": "500"}, {"from": "9999-12-31"}, {"days": "-1"}]
)
def test_days_that_are_none_are_refused(phone, days):
    assert phone.get("/api/places", params={"dealer": "D001"} | days).status_code == 400


def test_what_is_long_past_is_swept(phone, database):
    """The clock of the test stands in spring; the sweep's goes on."""
    phone.book({})
    with database.write() as tx:
        tx.execute(visitor.insert().values(follower_id=FOLLOWER, account="main", openid="o", seen_at=milliseconds_now() - 3 * 86_400_000))
        learning.learn_of_places(tx, places_news(date(2020, 1, 1)))
        learning.learn_of_places(tx, places_news(date(2020, 1, 1), "09:00-10:00"))
        learning.learn_of_places(tx, places_news(date(2999, 1, 1)))

    sweep(database, reports=True, more=KEEPINGS)

    with database.read() as connection:
        assert connection.execute(select(func.count()).select_from(visitor)).scalar() == 0
        assert connection.execute(select(place.c.day)).scalars().all() == [date(2999, 1, 1)]
