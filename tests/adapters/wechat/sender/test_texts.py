"""A text in the chat: taken while a window is open, refused when it is closed."""

import pytest

from adapters.wechat.sender.calling import SaidNo
from adapters.wechat.sender.sending import TEXT_SENDS
from chassis.errors import ContractBroken, Unavailable
from contracts.wechat import TextAccepted, TextRefused
from tests.adapters.wechat.sender.stand_in import TEXT, errcode
from tests.adapters.wechat.sender.test_delivery import Service
from tests.adapters.wechat.sender.test_sending import quota_is_used, used_today
from tests.adapters.wechat.sender.wishes import a_text


@pytest.fixture
def service(desk, clock):
    return Service(desk, clock)


def test_a_text_goes_out_as_it_is_written(service, wechat):
    wish = a_text(text="您预约的首次保养已确认")

    news = service.send_text(wish)

    assert (type(news), news.about_id, news.about_version, news.command_id) == (TextAccepted, wish.about_id, 4, wish.id)
    (seen,) = wechat.calls(TEXT)
    assert seen.body == {"touser": "oFollower0001", "msgtype": "text", "text": {"content": "您预约的首次保养已确认"}}
    assert "首次保养".encode() in seen.raw


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (45015, "window_closed"),
        (45047, "window_closed"),
        (43004, "user_state"),
        (48002, "user_state"),
        (44004, "our_data"),
        (99999, "unknown"),
    ],
)
def test_a_clear_no_says_whether_it_was_the_window(service, wechat, code, reason):
    wechat.tell(TEXT, errcode(code))

    news = service.send_text(a_text())

    assert (type(news), news.errcode, news.reason) == (TextRefused, code, reason)
    assert len(wechat.calls(TEXT)) == 1


def test_a_refused_token_is_renewed_once_and_the_text_sent_again(service, wechat):
    service.send_text(a_text())
    wechat.void()

    assert isinstance(service.send_text(a_text()), TextAccepted)


def test_texts_are_counted_apart_from_templates(desk, wechat, database):
    desk.texts.send(a_text())

    assert used_today(database) == {"custom_send": 1}


def test_a_quota_gone_by_our_own_count_asks_nobody(desk, wechat, database):
    quota_is_used(database, TEXT_SENDS)

    with pytest.raises(Unavailable):
        desk.texts.send(a_text())

    assert not wechat.calls(TEXT)


def test_an_account_that_is_not_configured_is_parked_for_the_operator(desk, wechat):
    with pytest.raises(ContractBroken) as broken:
        desk.texts.send(a_text(account="other"))

    assert broken.value.violations == (("account", "not in the configuration"),)
    assert not wechat.seen


def test_every_code_of_a_closed_window_is_a_final_no(desk, wechat):
    wechat.tell(TEXT, errcode(45047))

    with pytest.raises(SaidNo) as no:
        desk.texts.send(a_text())

    assert no.value.reason == "window_closed"
