"""A send and its delivery result find each other, whichever is noted first."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from adapters.wechat.sender.service import SenderService
from adapters.wechat.sender.store import STRANGERS_KEPT, delivery
from adapters.wechat.sender.translate import in_the_chain_of, sending_of
from chassis.messages import decode, wrap
from chassis.privacy import vault
from chassis.tables import outbox
from contracts.wechat import TemplateJobFinished
from tests.adapters.wechat.sender.stand_in import SEND, errcode
from tests.adapters.wechat.sender.wishes import a_wish


class Service(SenderService):
    """As nameko makes it, with what its providers would hand in."""

    def __init__(self, desk, clock):
        self.wechat = desk
        self.now = clock


@pytest.fixture
def service(desk, clock):
    return Service(desk, clock)


def a_result(number, status="success", account="main"):
    return TemplateJobFinished(
        account=account,
        follower_id=uuid4(),
        openid="oFollower0001",
        created_at="2026-03-02T03:00:12Z",
        message_number=number,
        status=status,
    )


def received(message, source):
    return message.received_in(wrap(message, source=source, vault=vault(), cause=None))


def hear(service, database, result):
    with database.write() as tx:
        tx.cause = result.envelope
        service.on_job_finished(result, tx)


def told(database):
    with database.read() as connection:
        return [decode(body) for body in connection.execute(select(outbox.c.body).order_by(outbox.c.number)).scalars()]


def test_the_result_after_the_send_tells_that_it_arrived(service, database):
    wish = a_wish()
    accepted = service.send_template(wish)

    hear(service, database, a_result(accepted.message_number))

    (news,) = told(database)
    assert news.type == "template.delivered"
    assert news.data["command_id"] == str(wish.id)
    assert (news.subject, news.data["purpose"], news.data["about_version"]) == (wish.about_id, "appointment.confirmed", 4)


def test_the_result_before_the_send_is_noted_tells_it_too(service, wechat, database):
    wish = a_wish()
    wechat.tell(SEND, errcode(0, msgid=777))
    hear(service, database, a_result("777", "failed:user block"))
    assert not told(database)

    service.send_template(wish)

    (news,) = told(database)
    assert news.type == "template.undelivered"
    assert (news.data["status"], news.data["command_id"]) == ("failed:user block", str(wish.id))


def test_the_news_belongs_to_the_chain_of_the_send(service, database):
    wish = received(a_wish(), "messaging")
    result = received(a_result(service.send_template(wish).message_number), "gateway")

    hear(service, database, result)

    (news,) = told(database)
    assert (news.correlationid, news.causationid) == (wish.envelope.correlationid, result.id)


def test_an_early_result_is_told_in_the_chain_of_the_send_too(service, wechat, database):
    wish = received(a_wish(), "messaging")
    wechat.tell(SEND, errcode(0, msgid=777))
    hear(service, database, a_result("777"))

    service.send_template(wish)

    assert told(database)[0].correlationid == wish.envelope.correlationid


def test_a_result_told_again_changes_nothing(service, database):
    number = service.send_template(a_wish()).message_number

    for status in ("success", "success", "failed: system failed"):
        hear(service, database, a_result(number, status))

    assert [news.type for news in told(database)] == ["template.delivered"]


def test_a_number_of_another_account_is_another_message(service, database):
    number = service.send_template(a_wish()).message_number

    hear(service, database, a_result(number, account="other"))

    assert not told(database)


def test_noting_a_send_twice_tells_its_result_once(service, sending, wechat, database, clock):
    wish = a_wish()
    wechat.tell(SEND, errcode(0, msgid=777))
    hear(service, database, a_result("777"))

    service.send_template(wish)
    service.send_template(wish)

    assert len(told(database)) == 1


def test_a_number_that_wechat_gives_twice_stays_with_the_first(service, wechat, database):
    first, second = a_wish(), a_wish()
    wechat.tell(SEND, errcode(0, msgid=777), errcode(0, msgid=777))

    service.send_template(first)
    service.send_template(second)
    hear(service, database, a_result("777"))

    (news,) = told(database)
    assert news.data["command_id"] == str(first.id)


def test_results_that_were_never_ours_are_forgotten_after_two_days(service, database, clock):
    hear(service, database, a_result("1"))
    clock.at += STRANGERS_KEPT + timedelta(minutes=1)

    hear(service, database, a_result("2"))

    with database.read() as connection:
        assert connection.execute(select(delivery.c.message_number)).scalars().all() == ["2"]


def test_our_own_sends_outlive_the_strangers(service, database, clock):
    number = service.send_template(a_wish()).message_number
    clock.at += STRANGERS_KEPT + timedelta(minutes=1)

    hear(service, database, a_result("2"))
    hear(service, database, a_result(number))

    assert [news.type for news in told(database)] == ["template.delivered"]


def test_a_refusal_names_the_code_and_whose_matter_it_is(service, wechat, database):
    wechat.tell(SEND, errcode(43004))
    wish = a_wish()

    news = service.send_template(wish)

    assert (news.type_name(), news.errcode, news.reason, news.command_id) == ("template.refused", 43004, "user_state", wish.id)
    with database.read() as connection:
        assert connection.execute(select(func.count()).select_from(delivery)).scalar() == 0


def test_without_a_chain_the_push_keeps_its_own():
    assert in_the_chain_of(sending_of(a_wish(), "7"), None) is None
