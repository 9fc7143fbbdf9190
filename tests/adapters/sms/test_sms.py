"""Text messages: both providers over real sockets, each way that a provider may answer, and what is never said."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from adapters.sms.client import provider_of
from adapters.sms.service import SmsAdapter
from chassis.breaker import Ways
from chassis.called import Sms
from chassis.calls import CallLog
from chassis.errors import ContractBroken, Unavailable
from contracts.sms import SendSms, SmsAccepted, SmsRefused
from tests.fakes.partner import AnsweringPartner, answer, nothing, reset

CODE = SendSms(
    about_id=UUID("11111111-2222-4333-8444-555555555555"),
    about_version=1,
    purpose="registration.code",
    mobile="13800138000",
    text="【车桥】验证码 314159",
    code="314159",
)
AT = datetime(2026, 3, 2, 1, 5, tzinfo=UTC)
A_VENDOR = {
    "headers": {"Authorization": "Bearer vendor-key"},
    "body": {"to": "{mobile}", "template": "{template}", "params": '{"code":"{code}"}', "ref": "{reference}"},
    "templates": {"registration.code": "SMS_1"},
    "answer_field": "result.Code",
    "accepted": ["OK"],
    "refused": ["NO_SUCH_NUMBER"],
    "deadline_seconds": 1,
}


def said(code):
    return answer(200, {"result": {"Code": code}})


@pytest.fixture
def adapter_with():
    opened = []

    def make(provider, *acts, **changes):
        partner = AnsweringPartner(*acts)
        opened.append(partner)
        sections = {
            "reference": {"base_url": partner.url, "api_key": "key", "deadline_seconds": 1, "attempts_in_place": 1},
            "http": A_VENDOR | {"url": partner.url + "/send"} | changes,
        }
        adapter = SmsAdapter()
        adapter.calls = CallLog()
        adapter.sms = provider_of(Sms.model_validate({"provider": provider, provider: sections[provider]}), adapter.calls, Ways())
        adapter.asked = partner.asked
        return adapter

    yield make
    for partner in opened:
        partner.close()


@pytest.mark.parametrize("provider", ["reference", "http"])
def test_a_code_that_has_expired_is_not_sent(adapter_with, provider):
    sms = adapter_with(provider)
    sms.now = lambda: AT

    late = sms.send_sms(CODE.model_copy(update={"good_until": AT}))

    assert (type(late), late.reason, sms.asked) == (SmsRefused, "too_late", [])


def test_the_reference_provider_gets_text_template_and_code_under_the_commands_id(adapter_with):
    sms = adapter_with("reference", answer(201, {"message_id": "SMS-1"}))

    news = sms.send_sms(CODE)

    assert isinstance(news, SmsAccepted)
    assert (news.about_id, news.about_version, news.purpose, news.command_id) == (CODE.about_id, 1, "registration.code", CODE.id)
    (asked,) = sms.asked
    assert asked.headers["idempotency-key"] == str(CODE.id)
    assert asked.json() == {"to": "13800138000", "text": CODE.text, "template": "registration.code", "code": "314159"}


def test_a_vendor_gets_its_own_words_filled_in(adapter_with):
    sms = adapter_with("http", said("OK"))

    news = sms.send_sms(CODE)

    assert isinstance(news, SmsAccepted)
    (asked,) = sms.asked
    assert asked.headers["authorization"] == "Bearer vendor-key"
    assert asked.json() == {"to": "13800138000", "template": "SMS_1", "params": '{"code":"314159"}', "ref": str(CODE.id)}


def test_a_vendor_that_wants_a_form_gets_a_form(adapter_with):
    sms = adapter_with("http", said("OK"), encoding="form")

    sms.send_sms(CODE)

    assert b"to=13800138000" in sms.asked[0].body


@pytest.mark.parametrize(
    ("provider", "no", "reason"),
    [("reference", answer(422, {"code": "no_such_number"}), "no_such_number"), ("http", said("NO_SUCH_NUMBER"), "NO_SUCH_NUMBER")],
)
def test_a_final_no_is_told_with_its_reason(adapter_with, provider, no, reason):
    sms = adapter_with(provider, no)

    news = sms.send_sms(CODE)

    assert isinstance(news, SmsRefused)
    assert news.reason == reason


@pytest.mark.parametrize("provider", ["reference", "http"])
@pytest.mark.parametrize("act", [reset, nothing, answer(500, {}), answer(429, {}), answer(200, text=b"<html>busy</html>")])
def test_whatever_may_pass_is_tried_again_later(adapter_with, provider, act):
    sms = adapter_with(provider, act)

    with pytest.raises(Unavailable):
        sms.send_sms(CODE)


@pytest.mark.parametrize("body", [{"result": {"Code": "isv.BUSINESS_LIMIT_CONTROL"}}, {"result": "OK"}, [], {"other": 1}])
def test_what_a_vendor_says_that_is_neither_yes_nor_no_is_tried_again_later(adapter_with, body):
    sms = adapter_with("http", answer(200, body))

    with pytest.raises(Unavailable):
        sms.send_sms(CODE)


def test_a_vendor_that_says_not_now_to_some_is_still_asked_for_others(adapter_with):
    sms = adapter_with("http", *[said("isv.BUSINESS_LIMIT_CONTROL")] * 5, said("OK"))
    for _ in range(5):
        with pytest.raises(Unavailable):
            sms.send_sms(CODE)

    news = sms.send_sms(CODE)

    assert isinstance(news, SmsAccepted)


def test_a_purpose_without_a_template_is_parked_before_anybody_is_asked(adapter_with):
    sms = adapter_with("http", said("OK"), templates={"appointment.confirmed": "SMS_2"})

    with pytest.raises(ContractBroken):
        sms.send_sms(CODE)

    assert sms.asked == []


@pytest.mark.parametrize("act", [reset, answer(500, {}), said("isv.OUT_OF_SERVICE"), answer(200, text=b"13800138000 314159")])
def test_no_error_holds_what_was_to_be_sent(adapter_with, act):
    sms = adapter_with("http", act)

    with pytest.raises(Unavailable) as raised:
        sms.send_sms(CODE)

    chain = (raised.value, raised.value.__cause__)
    assert not any(secret in repr(error) for error in chain for secret in ("13800138000", "314159", "vendor-key"))


def test_each_call_of_a_vendor_is_written_down_with_its_end(adapter_with):
    sms = adapter_with("http", said("NO_SUCH_NUMBER"))

    sms.send_sms(CODE)

    (call,) = sms.calls.take(CODE.id)
    assert (call.partner, call.status, call.outcome) == ("sms", 200, "refused")


def test_a_provider_without_its_section_is_refused_at_the_start():
    with pytest.raises(ValueError, match=r"sms\.http"):
        Sms.model_validate({"provider": "http", "reference": {"base_url": "http://127.0.0.1:1", "api_key": "key"}})
