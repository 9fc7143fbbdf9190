"""Coming in from WeChat: who it is, where they wanted to go, and who does not get in (A-ITF-13)."""

from urllib.parse import urlsplit

import pytest
import requests

from adapters.wechat.pages.app import pages_app
from adapters.wechat.pages.session import COOKIE, mint_session, session_of
from tests.adapters.wechat.pages.conftest import KEY, STRANGER, VAULT, context_for, serving, some_settings
from tests.adapters.wechat.pages.people import Browser, wechat


@pytest.fixture
def platform():
    with wechat() as running:
        yield running


def accounts_at(platform, *names):
    there = {"oauth_url": "https://open.example.com", "api_url": platform.url, "token": "t", "secret": "app-secret"}
    return {name: {"appid": f"wx{name}", **there} for name in names or ("main",)}


def reached_by(public_url):
    """Over http a browser of a test keeps what over https is `Secure`."""
    anywhere = "127.0.0.1:0"
    return {"public": anywhere, "partner": anywhere, "internal": anywhere, "public_url": public_url}


@pytest.fixture
def url(platform, database):
    settings = some_settings(accounts=accounts_at(platform, "main", "second"), http=reached_by("http://car.example.com"))
    with serving(pages_app(context_for(database, settings))) as url:
        yield url


@pytest.fixture
def browser(url):
    return Browser(url)


def session_in(browser):
    return session_of(KEY, next((cookie.value for cookie in browser.session.cookies if cookie.name == COOKIE), None))


def test_who_has_no_session_is_sent_to_wechat(browser):
    answer = browser.get("/appointments?x=1")

    there = urlsplit(answer.headers["Location"])
    assert (answer.status_code, there.netloc, there.path, there.fragment) == (
        302,
        "open.example.com",
        "/connect/oauth2/authorize",
        "wechat_redirect",
    )
    asked = browser.sent_to_wechat("/appointments?x=1")
    assert (asked["appid"], asked["response_type"], asked["scope"]) == ("wxmain", "code", "snsapi_base")
    assert asked["redirect_uri"] == "http://car.example.com/oauth/callback"
    assert asked["state"].isalnum()  # WeChat takes nothing else, and 128 at most
    assert len(asked["state"]) <= 128


def test_who_comes_back_is_known_and_lands_where_they_wanted_to_go(browser, platform):
    answer = browser.log_in(platform, "oFollower1", "/registrations/new?vin17=1")

    assert (answer.status_code, answer.headers["Location"]) == (302, "/registrations/new?vin17=1")
    session = session_in(browser)
    assert (session.follower_id, session.account) == (VAULT.follower_id("wxmain", "oFollower1"), "main")
    (asked,) = platform.asked
    assert asked["path"] == "/sns/oauth2/access_token"
    assert (asked["appid"], asked["secret"], asked["grant_type"]) == ("wxmain", "app-secret", "authorization_code")


@pytest.mark.parametrize(("public_url", "secure"), [("https://car.example.com", True), ("http://car.example.com", False)])
def test_the_session_is_out_of_reach_of_scripts_and_of_other_sites(database, platform, public_url, secure):
    settings = some_settings(accounts=accounts_at(platform), http=reached_by(public_url))
    with serving(pages_app(context_for(database, settings))) as url:
        browser = Browser(url)
        begun = browser.get("/cars")
        login = begun.headers["Set-Cookie"].partition(";")[0]
        state = urlsplit(begun.headers["Location"]).query.rpartition("state=")[2]
        answer = requests.get(
            f"{url}/oauth/callback?state={state}&code={platform.code_of('oFollower1')}",
            headers={"Cookie": login},
            allow_redirects=False,
            timeout=20,
        )

    (session,) = [value for value in answer.raw.headers.getlist("Set-Cookie") if value.startswith(COOKIE)]
    for cookie in (begun.headers["Set-Cookie"], session):
        assert ("; Secure" in cookie) == secure
        assert "; HttpOnly" in cookie
        assert "; SameSite=Lax" in cookie
        assert "oFollower1" not in cookie
    assert session.endswith("; Path=/; SameSite=Lax")
    assert "; Path=/oauth/" in begun.headers["Set-Cookie"]


def test_a_page_behind_a_prefix_comes_back_to_it_and_keeps_its_cookies_there(platform, database):
    app = pages_app(context_for(database, some_settings(accounts=accounts_at(platform), http=reached_by("http://car.example.com/"))))

    def behind(environ, start_response):
        environ["SCRIPT_NAME"], environ["PATH_INFO"] = "/phone/m", environ["PATH_INFO"].removeprefix("/phone/m")
        return app(environ, start_response)

    with serving(behind) as url:
        browser = Browser(url + "/phone/m")
        asked = browser.sent_to_wechat("/cars")
        answer = browser.come_back(asked["state"], platform.code_of("oFollower1"))

    assert asked["redirect_uri"] == "http://car.example.com/phone/m/oauth/callback"
    assert answer.headers["Location"] == "/phone/m/cars"
    assert {cookie.path for cookie in browser.session.cookies} == {"/phone/m/"}


def test_another_browsers_login_is_nobodys(browser, platform, url):
    asked = Browser(url).sent_to_wechat("/cars")

    answer = browser.come_back(asked["state"], platform.code_of("oAttacker"))

    assert urlsplit(answer.headers["Location"]).netloc == "open.example.com"
    assert session_in(browser) is None
    assert platform.asked == []


def test_another_browsers_login_is_nobodys_though_one_was_begun_here_too(browser, platform, url):
    for _ in range(12):
        browser.sent_to_wechat("/cars")

        answer = browser.come_back(Browser(url).sent_to_wechat("/cars")["state"], platform.code_of("oAttacker"))

        assert urlsplit(answer.headers["Location"]).netloc == "open.example.com"
    assert (session_in(browser), platform.asked) == (None, [])


def test_another_browsers_login_changes_nobodys_session(browser, platform, url):
    browser.log_in(platform, "oFollower1")
    before = session_in(browser)

    answer = browser.come_back(Browser(url).sent_to_wechat("/cars")["state"], platform.code_of("oAttacker"))

    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert session_in(browser) == before


def test_the_back_button_on_the_callback_leads_home(browser, platform):
    asked = browser.sent_to_wechat("/cars")
    code = platform.code_of("oFollower1")
    browser.come_back(asked["state"], code)

    again = browser.come_back(asked["state"], code)

    assert (again.status_code, again.headers["Location"]) == (302, "/")
    assert len(platform.asked) == 1


def test_a_code_that_is_good_for_nothing_is_asked_for_once_more_and_not_for_ever(browser, platform):
    first = browser.sent_to_wechat("/cars")
    once_more = browser.come_back(first["state"], "used-already")
    second = dict(part.split("=") for part in urlsplit(once_more.headers["Location"]).query.split("&"))

    answer = browser.come_back(second["state"], "used-already-too")

    assert once_more.status_code == 302
    assert answer.status_code == 403
    assert "Location" not in answer.headers
    assert browser.come_back(browser.sent_to_wechat("/cars")["state"], platform.code_of("oFollower1")).headers["Location"] == "/cars"


def test_a_second_code_that_is_good_leads_to_where_they_wanted_to_go(browser, platform):
    once_more = browser.come_back(browser.sent_to_wechat("/cars")["state"], "used-already")
    second = dict(part.split("=") for part in urlsplit(once_more.headers["Location"]).query.split("&"))

    answer = browser.come_back(second["state"], platform.code_of("oFollower1"))

    assert answer.headers["Location"] == "/cars"
    assert session_in(browser) is not None


def test_a_browser_without_cookies_is_not_sent_round_in_circles(url, platform):
    first = Browser(url).sent_to_wechat("/cars")
    once_more = Browser(url).come_back(first["state"], platform.code_of("oFollower1"))
    second = dict(part.split("=") for part in urlsplit(once_more.headers["Location"]).query.split("&"))

    answer = Browser(url).come_back(second["state"], platform.code_of("oFollower1"))

    assert (once_more.status_code, answer.status_code) == (302, 403)


def test_who_only_looks_in_is_asked_to_use_the_full_service_and_gets_no_session(browser, platform):
    asked = browser.sent_to_wechat("/cars")

    answer = browser.come_back(asked["state"], platform.code_of("oMadeUp", is_snapshotuser=1))

    assert answer.status_code == 403
    assert "使用完整服务" in answer.text
    assert session_in(browser) is None


def test_who_says_no_to_wechat_is_told_how_to_come_in(browser):
    asked = browser.sent_to_wechat("/cars")

    answer = browser.get("/oauth/callback", params={"state": asked["state"]})

    assert (answer.status_code, session_in(browser)) == (403, None)
    assert "text/html" in answer.headers["Content-Type"]


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, {"errcode": -1, "errmsg": "system error"}),
        (200, {"errcode": 45011}),
        (200, {"errcode": 40125, "errmsg": "invalid appsecret"}),
        (200, {"access_token": "t"}),
        (200, {"openid": "o\nx"}),
        (200, {"openid": 7}),
        (200, b"<html>busy"),
        (200, b'{"openid": "' + b"x" * 70_000),
        (502, b""),
    ],
)
def test_while_wechat_gives_no_answer_nobody_is_let_in_and_everybody_is_told(browser, platform, status, body):
    asked = browser.sent_to_wechat("/cars")
    platform.says(status, body)

    answer = browser.come_back(asked["state"], "c0de")

    assert (answer.status_code, session_in(browser)) == (503, None)
    assert "/cars" in answer.text


def test_neither_code_nor_openid_nor_secret_is_logged(browser, platform, capfd):
    for path, answers in (("/cars", ()), ("/cars", ((200, {"errcode": 40125, "errmsg": "app-secret oFollower1"}),))):
        code = platform.code_of("oFollower1")
        asked = browser.sent_to_wechat(f"/oauth/begin?path={path}")
        for status, body in answers:
            platform.says(status, body)
        browser.come_back(asked["state"], code)

        said = "".join(capfd.readouterr())
        for canary in (code, "oFollower1", "app-secret"):
            assert canary not in said


def test_the_account_that_is_asked_for_is_the_one_that_is_logged_in_to(browser, platform):
    asked = browser.sent_to_wechat("/cars?account=second")
    answer = browser.come_back(asked["state"], platform.code_of("oFollower1"))

    assert asked["appid"] == "wxsecond"
    assert answer.headers["Location"] == "/cars?account=second"
    assert session_in(browser).account == "second"
    assert browser.get("/cars").status_code == 200
    assert browser.sent_to_wechat("/cars?account=main")["appid"] == "wxmain"
    assert browser.get("/cars?account=nobody").status_code == 200


def test_a_login_can_be_asked_for_though_there_is_a_session(browser, platform):
    browser.log_in(platform, "oFollower1")

    answer = browser.come_back(browser.sent_to_wechat("/oauth/begin?path=/cars")["state"], platform.code_of("oFollower2"))

    assert answer.headers["Location"] == "/cars"
    assert session_in(browser).follower_id == VAULT.follower_id("wxmain", "oFollower2")


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "/%2f%2fevil",
        "/%252f%252fevil",
        "/%5cevil",
        "/a%0d%0ab",
        "javascript:x",
        "x",
        "/../x",
    ],
)
def test_nobody_is_sent_on_to_another_site(browser, platform, path):
    asked = browser.get("/oauth/begin", params={"path": path})
    state = urlsplit(asked.headers["Location"]).query.rpartition("state=")[2]

    answer = browser.come_back(state, platform.code_of("oFollower1"))

    assert answer.headers["Location"] == "/"


def test_a_query_that_is_too_much_is_left_out(browser, platform):
    assert browser.log_in(platform, "oFollower1", "/cars?x=" + "y" * 600).headers["Location"] == "/cars"


def test_who_tries_and_tries_carries_few_cookies(browser, platform):
    for _ in range(30):
        last = browser.sent_to_wechat("/cars")

    assert len(browser.session.cookies) <= 4
    assert browser.come_back(last["state"], platform.code_of("oFollower1")).headers["Location"] == "/cars"


def test_a_session_of_before_does_not_outlive_its_account(url):
    browser = Browser(url)
    browser.session.cookies.set(COOKIE, mint_session(KEY, STRANGER, "gone"))

    assert browser.get("/cars").status_code == 302


def test_a_login_that_was_changed_is_none(browser, platform):
    asked = browser.sent_to_wechat("/cars")
    kept = next(cookie for cookie in browser.session.cookies if cookie.name.startswith("cheqiao_login_"))
    payload, _, signature = kept.value.rpartition(".")
    kept.value = f"{payload}x.{signature}"

    answer = browser.come_back(asked["state"], platform.code_of("oFollower1"))

    assert urlsplit(answer.headers["Location"]).netloc == "open.example.com"
