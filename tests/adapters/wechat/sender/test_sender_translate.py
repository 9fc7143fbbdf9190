"""What is put into a template, and what breaks its keywords' rules."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.wechat.sender.store import Sending
from adapters.wechat.sender.translate import (
    accepted,
    cut_to_bytes,
    fitted,
    in_the_chain_of,
    message_of,
    refused,
    result_of,
    sending_of,
    text_of,
)
from chassis.errors import ContractBroken
from chassis.settings import Template
from contracts.wechat import TemplateDelivered, TemplateUndelivered
from tests.adapters.wechat.sender.wishes import WORDS, a_text, a_wish

HOME = "https://car.example.com/"
TEMPLATE = Template(id="tpl-7", fields={"thing1": "items", "time2": "time", "thing3": "dealer", "phrase4": "state"})


def one_field(keyword: str, text: str) -> dict[str, object]:
    return message_of(a_wish(fields={"word": text}), Template(id="tpl", fields={keyword: "word"}), HOME)


def test_our_words_go_into_the_keywords_that_the_configuration_names():
    wish = a_wish(url="https://car.example.com/m/")

    message = message_of(wish, TEMPLATE, HOME)

    assert message == {
        "touser": "oFollower0001",
        "template_id": "tpl-7",
        "url": "https://car.example.com/m/",
        "client_msg_id": wish.id.hex,
        "data": {
            "thing1": {"value": "首次保养"},
            "time2": {"value": "2026年3月9日 09:30"},
            "thing3": {"value": "上海示例店"},
            "phrase4": {"value": "已确认"},
        },
    }


def test_a_path_leads_to_our_public_address():
    assert message_of(a_wish(url="/m/appointments/7"), TEMPLATE, HOME)["url"] == "https://car.example.com/m/appointments/7"


def test_a_message_that_leads_nowhere_has_no_url():
    assert "url" not in message_of(a_wish(), TEMPLATE, HOME)


def test_the_client_msg_id_is_no_longer_than_wechat_takes():
    assert len(str(message_of(a_wish(), TEMPLATE, HOME)["client_msg_id"])) == 32


def test_a_thing_too_long_is_cut_with_an_ellipsis():
    text = "机油和机滤更换、空调滤清器更换、前后刹车片检查、四轮换位"

    assert fitted("thing12", text) == "机油和机滤更换、空调滤清器更换、前后刹…"
    assert len(fitted("thing12", text)) == 20


def test_a_thing_that_just_fits_is_left_alone():
    assert fitted("thing1", "一" * 20) == "一" * 20


def test_a_message_stays_on_one_line():
    assert fitted("thing1", "首保\n\n 和  检查\t") == "首保 和 检查"


@given(st.text(min_size=1))
def test_whatever_is_said_a_thing_is_fit_to_send_or_named(text):
    if not text.split():
        with pytest.raises(ContractBroken):
            one_field("thing1", text)
        return

    assert 1 <= len(one_field("thing1", text)["data"]["thing1"]["value"]) <= 20


@pytest.mark.parametrize(
    ("keyword", "text"),
    [
        ("phrase4", "已确认"),
        ("character_string2", "AP-2026-0007/沪"[:12]),
        ("time2", "2026-03-09 09:30"),
        ("time2", "2026年3月9日 09:30~2026年3月9日 11:00"),
        ("time2", "09:30"),
        ("date2", "2026年3月9日"),
        ("number1", "12.5"),
        ("amount1", "￥399.00"),
        ("phone_number1", "+86-021-5555"),
        ("car_number1", "沪A12345"),
        ("name1", "张伟"),
        ("letter1", "ABC"),
        ("symbol1", "!!"),
        ("const5", "维修"),
    ],
)
def test_what_keeps_the_rule_of_its_kind_is_sent_as_it_is(keyword, text):
    assert one_field(keyword, text)["data"] == {keyword: {"value": text}}


@pytest.mark.parametrize(
    ("keyword", "text"),
    [
        ("phrase4", "已经确认好了"),
        ("phrase4", "OK"),
        ("character_string2", "预约单7"),
        ("character_string2", "x" * 33),
        ("time2", "next Monday"),
        ("time2", "2026年3月9日"),
        ("number1", "twelve"),
        ("number1", "1" * 33),
        ("amount1", "12345678901"),
        ("name1", "王" * 11),
        ("thing1", "   "),
        ("const5", "一" * 21),
    ],
)
def test_what_breaks_the_rule_of_its_kind_is_parked_not_sent(keyword, text):
    with pytest.raises(ContractBroken) as broken:
        one_field(keyword, text)

    ((field, rule),) = broken.value.violations
    assert field == "fields.word"
    assert keyword in rule
    assert text.strip() == "" or text not in str(broken.value)


def test_every_missing_word_is_named():
    with pytest.raises(ContractBroken) as broken:
        message_of(a_wish(fields={"items": "首保", "time": WORDS["time"]}), TEMPLATE, HOME)

    assert [field for field, _ in broken.value.violations] == ["fields.dealer", "fields.state"]


def test_a_text_too_long_is_cut_between_two_characters():
    content = text_of(a_text(text="您好" * 1000))["text"]["content"]

    assert content == "您好" * 340 + "您…"
    assert len(content.encode()) == 2046


@given(st.text(min_size=1), st.integers(4, 64))
def test_whatever_is_cut_fits_and_is_whole_characters(text, most):
    assert len(cut_to_bytes(text, most).encode(errors="replace")) <= most


def test_a_text_that_says_nothing_is_not_sent():
    with pytest.raises(ContractBroken):
        text_of(a_text(text=" \n"))


def test_a_template_that_is_refused_for_want_of_a_window_is_about_the_follower():
    assert refused(a_wish(), errcode=45015, reason="window_closed").reason == "user_state"


def test_a_repeat_tells_the_same_news_under_the_same_id():
    wish = a_wish()

    assert accepted(wish, "7").id == accepted(wish, "7").id
    assert accepted(wish, "7").id != refused(wish, errcode=43004, reason="user_state").id


def test_success_is_delivered_and_anything_else_is_not():
    wish = a_wish()
    sent = sending_of(wish, "200163836")

    arrived = result_of(with_status(sent, "success"))
    failed = result_of(with_status(sent, "failed:user block"))

    assert isinstance(arrived, TemplateDelivered)
    assert isinstance(failed, TemplateUndelivered)
    assert failed.status == "failed:user block"
    assert (failed.command_id, failed.about_id, failed.message_number) == (wish.id, wish.about_id, "200163836")


def with_status(sent: Sending, status: str) -> Sending:
    return Sending(**vars(sent) | {"status": status})


def test_without_an_envelope_there_is_no_chain():
    assert in_the_chain_of(sending_of(a_wish(), "7"), None) is None
