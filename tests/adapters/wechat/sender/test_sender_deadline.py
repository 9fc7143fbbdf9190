"""No answer of WeChat's, however slow, outlasts the time that one message may take."""

import pytest

from adapters.wechat.sender.sending import TemplateSending
from chassis.errors import Unavailable
from tests.adapters.wechat.sender.conftest import PUBLIC_URL, SHARES, an_account, calling_of
from tests.adapters.wechat.sender.wishes import a_wish
from tests.fakes.partner import answer, answering, cut, dripping_body, dripping_head, hang_up, nothing, reset

GIVEN = answer(200, {"access_token": "token-1", "expires_in": 7200})
SENT = {"errcode": 0, "msgid": 2918131553548107776}


@pytest.fixture
def kit(database, clock, sleeper, calls):
    return database, clock, sleeper, calls


def sending_to(partner, kit, seconds):
    """`kit`: database, clock, sleeper and call log."""
    database, clock, sleeper, calls = kit
    return TemplateSending(calling_of(an_account(partner.url), database, clock, calls, sleep=sleeper, seconds=seconds), PUBLIC_URL, SHARES)


@pytest.mark.parametrize(
    "act", [dripping_body(200, SENT, every=1.0), dripping_head(200, SENT, every=1.0), nothing], ids=["body", "head", "silence"]
)
def test_a_byte_at_a_time_is_no_answer(act, kit):
    wish = a_wish()
    with answering(GIVEN, act) as partner:
        sending = sending_to(partner, kit, seconds=0.5)

        with pytest.raises(Unavailable):
            sending.send(wish)

    assert [call.outcome for call in kit[3].take(wish.id)] == ["ok", "unavailable"]


@pytest.mark.parametrize("act", [dripping_body(200, {"access_token": "x"}, every=1.0), nothing], ids=["body", "silence"])
def test_a_token_that_does_not_come_is_no_answer_and_holds_up_nobody(act, kit):
    with answering(act) as partner:
        sending = sending_to(partner, kit, seconds=0.5)

        with pytest.raises(Unavailable):
            sending.send(a_wish())

    with answering(GIVEN, answer(200, SENT)) as partner:
        assert sending_to(partner, kit, seconds=20).send(a_wish()) == "2918131553548107776"


@pytest.mark.parametrize("act", [reset, hang_up, cut(200, SENT)], ids=["reset", "hang up", "cut"])
def test_a_broken_line_is_tried_again_under_the_same_client_msg_id(act, kit):
    with answering(GIVEN, act, answer(200, SENT)) as partner:
        sending = sending_to(partner, kit, seconds=20)

        assert sending.send(a_wish()) == "2918131553548107776"

    _, first, second = partner.asked
    assert first.json()["client_msg_id"] == second.json()["client_msg_id"]
