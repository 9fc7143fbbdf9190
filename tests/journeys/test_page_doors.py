"""The follower's pages on the whole house: another's ids open nothing, another site cannot post, frame, or send anybody elsewhere."""

from urllib.parse import urlsplit
from uuid import uuid4

import pytest
import requests

from adapters.wechat.pages.session import COOKIE
from tests.journeys.newcomers import Newcomer
from tests.journeys.people import Record, wait
from tests.journeys.world import World

PAGES = (
    "/appointments/{appointment}",
    "/appointments/{appointment}/reschedule",
    "/registrations/{registration}",
    "/cars/{binding}",
    "/api/appointments/{appointment}",
    "/api/registrations/{registration}",
    "/api/bindings/{binding}",
)
POSTS: tuple[tuple[str, Record], ...] = (
    ("/appointments/{appointment}/withdraw", {}),
    ("/appointments/{appointment}/reschedule", {"requested_date": "2031-05-06", "slot": ""}),
    ("/registrations/{registration}/code", {}),
    ("/registrations/{registration}/verify", {"code": "123456"}),
    ("/bindings/{binding}/end", {}),
)
WITH_ID = ("verify", "end", "reschedule")
OWN_PAGES = ("/", "/cars", "/appointments", "/appointments/new", "/registrations/new", "/consent")
ELSEWHERE = (
    "//evil.example/",
    "https://evil.example/",
    "/\\evil.example",
    "/%2f%2fevil.example",
    "javascript:alert(1)",
    "/..//evil.example/",
)


@pytest.fixture(scope="session")
def victim(world: World) -> Newcomer:
    return world.a_newcomer()


@pytest.fixture(scope="session")
def ids(world: World, victim: Newcomer) -> dict[str, str]:
    """Of what is the victim's."""
    binding = victim.register(world.staff.sell(victim.person))
    registration = victim.ask_to_register(world.staff.sell(victim.person))
    victim.await_state(registration, "code_sent")
    appointment = victim.follower().book()
    wait("the page knows it", lambda: victim.asked(f"/appointments/{appointment}")["state"] == "to_call")
    return {"appointment": appointment, "registration": registration, "binding": binding}


def body_for(path: str, body: Record) -> Record:
    return body | {"id": str(uuid4())} if path.endswith(WITH_ID) else body


def test_another_followers_ids_are_answered_as_ids_of_nothing(world: World, victim: Newcomer, ids: dict[str, str]):
    stranger = world.a_visitor()
    nobodys = {name: str(uuid4()) for name in ids}

    for path in PAGES:
        theirs, none = stranger.open(path.format(**ids)), stranger.open(path.format(**nobodys))
        assert (theirs.status_code, none.status_code) == (404, 404), path
        assert without(theirs.text, ids) == without(none.text, nobodys), path
        assert victim.open(path.format(**ids)).status_code in (200, 302), path
    for path, body in POSTS:
        theirs, none = (stranger.post(path.format(**which), body_for(path, body)) for which in (ids, nobodys))
        assert (theirs.status_code, theirs.text) == (404, none.text), path
    world.at_rest()
    assert victim.state(ids["registration"]) == "code_sent"
    assert victim.asked(f"/appointments/{ids['appointment']}")["state"] == "to_call"
    assert victim.asked(f"/bindings/{ids['binding']}")["active"]


def without(text: str, ids: dict[str, str]) -> str:
    for one in ids.values():
        text = text.replace(one, "ID")
    return text


def test_without_a_session_every_page_leads_to_wechat_and_back_to_itself(world: World, ids: dict[str, str]):
    nobody = Newcomer(world.stage.url, world.wechat, world.sms, world.a_visitor().person)

    for path in (*OWN_PAGES, *(path.format(**ids) for path in PAGES if not path.startswith("/api/"))):
        away = nobody.open(path)
        assert away.status_code == 302
        assert urlsplit(away.headers["Location"]).path.endswith("/connect/oauth2/authorize"), path
    for path, body in POSTS:
        answer = nobody.post(path.format(**ids), body_for(path, body))
        assert (answer.status_code, answer.json()["code"]) == (401, "no_session"), path
    assert nobody.come_in("/appointments").url.endswith("/m/appointments")


FROM_ELSEWHERE = (
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site", "Origin": "https://other.example"},
)


@pytest.mark.parametrize("headers", FROM_ELSEWHERE, ids=str)
def test_another_site_cannot_post_with_the_followers_cookie(victim: Newcomer, ids: dict[str, str], headers: dict[str, str]):
    for path, body in POSTS:
        answer = victim.post(path.format(**ids), body_for(path, body), headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "cross_site"), path


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x"])
def test_a_form_of_another_site_is_no_json(victim: Newcomer, ids: dict[str, str], kind: str):
    """What a browser lets another site send without asking first."""
    for path, _ in POSTS:
        url = f"{victim.house_url}/m/api{path.format(**ids)}"
        answer = victim.browser.post(url, data='{"id": "x"}', headers={"Content-Type": kind}, timeout=20)
        assert answer.status_code == 415, path


def test_the_cookie_does_not_go_along_from_elsewhere_nor_to_scripts(world: World):
    visitor = Newcomer(world.stage.url, world.wechat, world.sms, world.a_visitor().person)

    visitor.come_in()

    (cookie,) = [cookie for cookie in visitor.browser.cookies if cookie.name == COOKIE]
    assert (cookie.get_nonstandard_attr("SameSite"), cookie.has_nonstandard_attr("HttpOnly"), cookie.path) == ("Lax", True, "/m/")


def test_no_answer_may_be_framed_cached_or_scripted_by_others(victim: Newcomer, ids: dict[str, str]):
    answers = [victim.open(path.format(**ids)) for path in (*OWN_PAGES, *PAGES, "/nothing")]

    for answer in answers:
        policy = answer.headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in policy, answer.url
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert (answer.headers["X-Frame-Options"], answer.headers["X-Content-Type-Options"]) == ("DENY", "nosniff")
        assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("there", ELSEWHERE)
def test_nobody_is_sent_on_to_another_site(world: World, there: str):
    visitor = world.a_visitor()

    answers = [
        visitor.browser.get(f"{visitor.house_url}/m{path}", params={name: there}, allow_redirects=False, timeout=20)
        for path, name in (("/language", "back"), ("/oauth/begin", "path"), ("/consent", "next"), ("/oauth/callback", "state"))
    ]

    assert "evil" not in str([answer.headers.get("Location", "") for answer in answers])
    assert 'data-then="/m/registrations/new"' in answers[2].text, "where the page goes once the consent is given"
    back = visitor.come_in(f"/oauth/begin?path={requests.utils.quote(there, safe='')}")
    assert urlsplit(back.url).netloc == urlsplit(visitor.house_url).netloc
