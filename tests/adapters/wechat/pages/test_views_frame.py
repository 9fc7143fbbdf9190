"""What holds for every page: who sees it, in which language, and what it allows the browser."""

import re
from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
from sqlalchemy import event

from adapters.wechat.pages.copies import Copies
from chassis.database import Database, open_engine
from chassis.outbox import OutboxWriter
from contracts.appointments import AppointmentConfirmed
from tests.adapters.wechat.pages.conftest import STRANGER, VAULT
from tests.adapters.wechat.pages.news import (
    APPOINTMENT,
    BINDING,
    REGISTRATION,
    appointment_news,
    binding_news,
    dealer_news,
    registration_news,
)
from tests.adapters.wechat.pages.showing import Shown, showing, stand_in_for_weui

PAGES = (
    "/",
    "/consent",
    "/registrations/new",
    "/registrations/new?vin17=1",
    f"/registrations/{REGISTRATION}",
    "/cars",
    f"/cars/{BINDING}",
    "/appointments",
    f"/appointments/{APPOINTMENT}",
    f"/appointments/{APPOINTMENT}/reschedule",
    "/appointments/new",
)
OWN = (f"/registrations/{REGISTRATION}", f"/cars/{BINDING}", f"/appointments/{APPOINTMENT}", f"/appointments/{APPOINTMENT}/reschedule")


@pytest.fixture
def shown(database, tmp_path) -> Iterator[Shown]:
    with showing(database, stand_in_for_weui(tmp_path / "assets")) as pages:
        pages.agree()
        pages.hear(binding_news(), dealer_news(), appointment_news(AppointmentConfirmed, state="confirmed"), registration_news())
        yield pages


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(("lang", "says"), [("zh", "zh-CN"), ("en", "en")])
def test_every_page_has_one_heading_one_main_a_title_and_its_language(shown, path, lang, says):
    page = shown.see(path, lang=lang)

    assert page.status == 200
    assert page.one("html")["lang"] == says
    assert len(page.all("main")) == 1
    assert [heading for heading in page.all("h1") if heading.text]
    assert page.one("title").text


@pytest.mark.parametrize("path", PAGES)
def test_nothing_chinese_is_left_in_the_english_page(shown, path):
    page = shown.see(path, lang="en")
    own_words = re.sub("张伟|渝A12345|江北服务店|红石路 1 号|车主服务|车辆识别代号|行驶证|号牌号码|品牌型号|注册日期", "", page.text)

    assert re.findall("[一-鿿]+", own_words) == []


@pytest.mark.parametrize("path", PAGES)
def test_no_page_needs_inline_script_or_style(shown, path):
    page = shown.see(path)

    assert all("src" in script.attributes and not script.text for script in page.all("script"))
    assert page.all("style") == []
    assert not [element for element in page.elements if any(name == "style" or name.startswith("on") for name in element.attributes)]


@pytest.mark.parametrize("path", PAGES)
def test_every_input_has_a_label_and_what_describes_it_is_there(shown, path):
    page = shown.see(path)
    ids = {element["id"] for element in page.elements if "id" in element.attributes}
    labelled = {label["for"] for label in page.all("label", _for="")}

    for field in page.all("input") + page.all("textarea"):
        kind = field.attributes.get("type")
        assert kind in ("hidden", "radio", "checkbox") or field["id"] in labelled
        assert set(field.attributes.get("aria-describedby", "").split()) <= ids


@pytest.mark.parametrize("path", OWN)
def test_anothers_page_does_not_exist(shown, path):
    page = shown.see(path, follower=STRANGER)

    assert page.status == 404
    assert page.heading == "没有找到这个页面"


@pytest.mark.parametrize("path", ["/nothing", f"/appointments/{uuid4()}", "/cars/1"])
def test_what_is_not_there_says_so_as_a_page(shown, path):
    page = shown.see(path, lang="en")

    assert page.status == 404
    assert page.heading == "There is no such page"
    assert page.links()["Home"] == "/"


def test_without_a_session_the_way_leads_through_wechat(shown):
    answer = shown.phone.get("/cars", session=None)

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("https://open.weixin.qq.com/connect/oauth2/authorize?")


def test_the_language_is_kept_below_our_mount_and_leads_back(shown):
    answer = shown.phone.get("/language?to=en&back=/appointments/new%3Ffrom%3Dmenu")

    assert (answer.status_code, answer.headers["Location"]) == (302, "/appointments/new?from=menu")
    assert answer.headers["Set-Cookie"].startswith("cheqiao_lang=en;")
    assert "Path=/" in answer.headers["Set-Cookie"]


@pytest.mark.parametrize("back", ["https://evil.example", "//evil.example", "/\\evil.example", "/%09/evil.example", ""])
def test_the_switch_of_language_leads_to_no_other_site(shown, back):
    assert shown.phone.get("/language", params={"to": "en", "back": back}).headers["Location"] == "/"


def test_an_unknown_language_changes_nothing(shown):
    assert "Set-Cookie" not in shown.phone.get("/language?to=fr&back=/").headers


def test_the_switch_stands_on_every_page_and_comes_back_to_it(shown):
    page = shown.see("/appointments/new?from=menu")

    assert page.links()["English"] == "/language?to=en&back=/appointments/new?from%3Dmenu"


def test_pages_are_not_kept_but_their_parts_are(shown):
    page = shown.see("/")
    sheet = next(link["href"] for link in page.all("link") if "pages.css" in link["href"])

    assert shown.phone.get("/").headers["Cache-Control"] == "no-store"
    assert "v=" in sheet
    assert shown.phone.get(sheet).status_code == 200


def test_weui_comes_from_our_own_address(shown):
    sheet = next(link["href"] for link in shown.see("/").all("link") if "weui" in link["href"])

    assert shown.phone.get(sheet).text == ".weui-btn{}"
    assert shown.phone.get("/assets/../conftest.py").status_code == 404


def test_a_page_says_whose_it_is(shown):
    mine, anothers = shown.see("/").one("body")["data-session"], shown.see("/", follower=STRANGER).one("body")["data-session"]

    assert mine
    assert mine != anothers


def test_names_are_written_as_text(shown):
    shown.hear(binding_news(binding_id=UUID(int=61), plate="<b>x</b>", name="<script>"))

    assert "&lt;b&gt;x" in shown.phone.get("/cars").text


def test_a_long_list_asks_for_each_dealer_once(shown):
    shown.hear(dealer_news(), *(appointment_news(appointment_id=UUID(int=number)) for number in range(1000, 1030)))
    asked: list[str] = []
    event.listen(shown.database.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))

    page = shown.see("/appointments")

    assert len(page.all("a", class_="card")) >= 30
    assert len([statement for statement in asked if "FROM dealer" in statement]) == 1


@pytest.mark.parametrize(("lang", "says", "again"), [("zh", "请稍后再来", "再试一次"), ("en", "Please come again shortly", "Try again")])
def test_without_a_database_the_page_says_to_come_again(database, tmp_path, lang, says, again):
    nowhere = Database(open_engine("mysql+pymysql://u:p@127.0.0.1:9/x", pool_size=1), OutboxWriter("pages", VAULT))

    with showing(database, stand_in_for_weui(tmp_path / "assets"), copies=Copies(nowhere)) as pages:
        page = pages.see("/cars", lang=lang)

    assert page.status == 503
    assert page.heading == says
    assert page.links()[again] == "/cars"
