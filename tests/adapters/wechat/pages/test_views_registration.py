"""Binding a car, as its owner sees it (A-REM-05, 06)."""

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest

from contracts.customers import RegistrationState
from tests.adapters.wechat.pages.conftest import NOW
from tests.adapters.wechat.pages.news import BINDING, REGISTRATION, binding_news, dealer_news, registration_news
from tests.adapters.wechat.pages.showing import CONSENT, Shown, showing, stand_in_for_weui

PAGE = f"/registrations/{REGISTRATION}"


@pytest.fixture
def shown(database, tmp_path) -> Iterator[Shown]:
    with showing(database, stand_in_for_weui(tmp_path / "assets")) as pages:
        yield pages


def test_who_has_not_agreed_is_asked_first_and_comes_back(shown):
    answer = shown.phone.get("/registrations/new?vin17=1")
    consent = urlsplit(answer.headers["Location"])

    assert (answer.status_code, consent.path, parse_qs(consent.query)["next"]) == (302, "/consent", ["/registrations/new?vin17=1"])


def test_the_box_is_unticked_apart_from_the_text_and_names_the_version(shown):
    page = shown.see("/consent?next=/registrations/new?vin17%3D1")
    box, form = page.one("input", type="checkbox"), page.one("form")

    assert "checked" not in box.attributes
    assert box["name"] == "granted"
    assert page.one("input", name="text_version")["value"] == CONSENT
    assert CONSENT in page.text
    assert (form["data-send"], form["data-then"]) == ("/api/consents", "/registrations/new?vin17=1")


@pytest.mark.parametrize("there", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_consent_leads_to_no_other_site(shown, there):
    answer = shown.phone.get("/consent", params={"next": there})

    assert 'data-then="/registrations/new"' in answer.text


def test_the_form_asks_for_three_things_and_says_where_the_vin_is(shown):
    shown.agree()

    page = shown.see("/registrations/new")

    assert [field["name"] for field in page.all("input") if field["type"] != "hidden"] == ["vin", "id_number", "mobile"]
    assert "后 8 位" in page.text
    assert page.one("svg", role="img")["aria-label"].startswith("行驶证")


def test_the_whole_vin_is_asked_for_where_several_end_alike(shown):
    shown.agree()

    assert "17 位" in shown.see("/registrations/new?vin17=1").text


@pytest.mark.parametrize(
    ("state", "says", "leads"),
    [
        ("checking", "正在核对", ""),
        ("matched", "核对通过", ""),
        ("code_sent", "填写验证码", ""),
        ("vin_wanted", "请填写完整车架号", "/registrations/new?vin17=1"),
        ("rejected", "没有核对上", "/registrations/new"),
        ("expired", "验证已过期", "/registrations/new"),
        ("locked", "验证码错误次数太多", "/registrations/new"),
        ("limited", "今天尝试的次数太多", "/"),
    ],
)
def test_every_state_says_how_it_stands_and_what_to_do(shown, state, says, leads):
    shown.hear(registration_news(state=state))

    page = shown.see(PAGE)

    assert page.heading == says
    assert not leads or leads in page.links().values()


@pytest.mark.parametrize(("code_no", "failed"), [(0, False), (1, True)])
def test_who_could_not_be_sent_a_code_is_told_so(shown, code_no, failed):
    shown.hear(registration_news(state="matched", code_no=code_no))

    assert ("验证码短信没有发出去" in shown.see(PAGE).text) is failed


@pytest.mark.parametrize(("code_no", "of_a_code"), [(0, False), (1, True)])
def test_only_who_was_sent_a_code_is_told_that_it_was_not_entered(shown, code_no, of_a_code):
    shown.hear(registration_news(state="expired", code_no=code_no))

    assert ("太久没有填写验证码" in shown.see(PAGE).text) is of_a_code


def test_every_state_has_a_page_of_its_own(shown):
    headings = set()
    for version, state in enumerate(RegistrationState, start=1):
        shown.hear(registration_news(version=version, state=state))
        headings.add(shown.see(PAGE).heading)

    assert len(headings) == len(RegistrationState)


@pytest.mark.parametrize("state", ["checking", "matched", "code_sent"])
def test_what_can_still_change_is_followed(shown, state):
    shown.hear(registration_news(version=3, state=state))

    main = shown.see(PAGE).one("main")

    assert (main["data-poll"], main["data-version"], main["data-state"]) == (f"/api/registrations/{REGISTRATION}", "3", state)


@pytest.mark.parametrize("state", ["rejected", "active", "locked"])
def test_what_has_ended_is_not_followed(shown, state):
    shown.hear(registration_news(state=state))

    assert "data-poll" not in shown.see(PAGE).one("main").attributes


def test_the_code_is_counted_down_from_seconds_of_ours(shown):
    until, again = NOW + timedelta(seconds=280), NOW + timedelta(seconds=40)
    shown.hear(registration_news(code_expires_at=until, next_code_at=again, tries_left=4))

    page = shown.see(PAGE)

    assert page.one("span", data_countdown="")["data-countdown"] == "280"
    assert page.one("button", data_wait="")["data-wait"] == "40"
    assert "4 次" in page.one("form", data_wrong_once="code")["data-wrong-text"]


def test_a_rejection_tells_nothing_of_which_was_wrong(shown):
    shown.hear(registration_news(state="rejected"))

    page = shown.see(PAGE)

    assert all(word in page.text for word in ("车架号后 8 位", "车主身份证号", "购车时留的手机号", "让服务店更新"))


def test_a_bound_car_is_shown_and_can_be_booked_for(shown):
    shown.hear(registration_news(state="active", binding_id=BINDING), binding_news())

    page = shown.see(PAGE)

    assert "渝A12345" in page.text
    assert page.links()["预约保养"] == f"/appointments/new?vehicle={UUID(int=77)}"
    assert page.one("main")["data-forget"] == "registration"


def test_home_leads_on_to_an_open_registration(shown):
    shown.hear(registration_news(state="code_sent"))

    assert PAGE in shown.see("/").links().values()


def test_home_of_a_newcomer_says_how_to_begin(shown):
    page = shown.see("/")

    assert page.heading == "绑定爱车，预约保养"
    assert page.links()["绑定我的车"] == "/registrations/new"


def test_cars_show_the_plate_and_the_end_of_the_vin_alone(shown):
    shown.hear(binding_news(), dealer_news())

    page = shown.see("/cars")

    assert "渝A12345" in page.text
    assert "000001" in page.text
    assert "LS4AAAAA1AA" not in page.text
    assert shown.see("/appointments/new").text.count("LS4AAAAA1AA") == 0


def test_unbinding_is_asked_about_once_more(shown):
    shown.hear(binding_news(), dealer_news())

    page = shown.see(f"/cars/{BINDING}")

    assert page.one("button", data_ask="unbind")
    assert page.one("form", data_name=f"unbind-{BINDING}")["data-send"] == f"/api/bindings/{BINDING}/end"
    assert page.one("div", role="dialog")["aria-modal"] == "true"
    assert page.links()["致电服务店 023-12345678"] == "tel:023-12345678"
