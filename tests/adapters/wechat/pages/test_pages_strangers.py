"""Every address of the pages, opened by who has no business there."""

from urllib.parse import urlsplit
from uuid import UUID, uuid4

import pytest
import requests
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.wrappers import Response

from adapters.wechat.pages import learning
from adapters.wechat.pages.app import pages_app
from adapters.wechat.pages.session import COOKIE, mint_session
from tests.adapters.wechat.pages.conftest import KEY, STRANGER, Phone, a_complaint, a_form, context_for, serving
from tests.adapters.wechat.pages.news import (
    APPOINTMENT,
    BINDING,
    COMPLAINT,
    ITEM,
    REGISTRATION,
    SURVEY,
    appointment_news,
    binding_news,
    closed_news,
    registration_news,
    reminder_news,
)

OPEN_TO_ALL = {"/static/<path:filename>", "/assets/<path:name>", "/language", "/oauth/begin", "/oauth/callback"}
IDS = {
    "appointment_id": APPOINTMENT,
    "binding_id": BINDING,
    "registration_id": REGISTRATION,
    "item_id": ITEM,
    "complaint_id": COMPLAINT,
    "file_id": UUID(int=901),
}
BODIES = {
    "/api/consents": {"id": str(uuid4()), "text_version": "1", "granted": True},
    "/api/registrations": {
        "id": str(uuid4()),
        "vin": "AA000001",
        "id_number": "11010519491231002X",
        "mobile": "13800138000",
        "text_version": "1",
    },
    "/api/appointments": a_form(id=str(uuid4())),
    "/api/registrations/<uuid:registration_id>/code": {},
    "/api/registrations/<uuid:registration_id>/verify": {"id": str(uuid4()), "code": "123456"},
    "/api/bindings/<uuid:binding_id>/end": {"id": str(uuid4())},
    "/api/reminders/wishes": {"id": str(uuid4()), "type": "birthday", "wanted": False},
    "/api/complaints": a_complaint(id=str(uuid4()), text_version="1", name="张伟", mobile="13800138000"),
    "/api/complaints/<uuid:complaint_id>/add": {"id": str(uuid4()), "text": "再补充一点"},
    "/api/complaints/<uuid:complaint_id>/withdraw": {"id": str(uuid4())},
    "/api/complaints/<uuid:complaint_id>/reopen": {"id": str(uuid4()), "text": "还是有异响"},
    "/api/complaints/<uuid:complaint_id>/survey": {"id": str(uuid4()), "survey_id": str(SURVEY), "score": 4},
    "/api/appointments/<uuid:appointment_id>/withdraw": {},
    "/api/appointments/<uuid:appointment_id>/reschedule": {"id": str(uuid4()), "requested_date": "2026-03-12"},
}


@pytest.fixture
def app(database):
    """One follower has a car, an appointment, a registration, a reminder and a complaint that is closed."""
    with database.write() as tx:
        learning.learn_of_car(tx, binding_news())
        learning.learn_of_appointment(tx, appointment_news())
        learning.learn_of_registration(tx, registration_news())
        learning.learn_of_reminder(tx, reminder_news())
        learning.learn_of_complaint(tx, closed_news(survey_id=SURVEY))
    return pages_app(context_for(database))


@pytest.fixture
def phone(app):
    with serving(app) as url:
        yield Phone(url)


def addresses(app, *, with_ids: bool):
    """Method, rule and path of all that is there but what is open to all."""
    for rule in app.url_map.iter_rules():
        if rule.rule in OPEN_TO_ALL or bool(rule.arguments & IDS.keys()) != with_ids:
            continue
        path = rule.rule
        for name, id in IDS.items():
            path = path.replace(f"<uuid:{name}>", str(id))
        for method in rule.methods & {"GET", "POST", "PUT", "DELETE", "PATCH"}:
            yield method, rule.rule, path


def asked(phone, method, rule, path, session):
    return requests.request(
        method,
        phone.url + path,
        json=BODIES[rule] if method == "POST" else None,
        cookies={COOKIE: session} if session else {},
        allow_redirects=False,
        timeout=20,
    )


def test_another_followers_ids_open_nothing_anywhere(app, phone):
    stranger = mint_session(KEY, STRANGER, "main")

    answers = {
        (method, rule): asked(phone, method, rule, path, stranger).status_code for method, rule, path in addresses(app, with_ids=True)
    }

    assert len(answers) >= 12
    assert set(answers.values()) == {404}, answers


def test_another_followers_ids_are_answered_as_ids_that_do_not_exist(app, phone):
    stranger = mint_session(KEY, STRANGER, "main")

    for method, rule, path in addresses(app, with_ids=True):
        nobodys = path
        for id in IDS.values():
            nobodys = nobodys.replace(str(id), str(UUID(int=999)))
        theirs, none = (asked(phone, method, rule, one, stranger).text for one in (path, nobodys))
        assert theirs.replace(path, nobodys).replace(path.replace("/", "%2F"), nobodys.replace("/", "%2F")) == none, rule


def test_ones_own_ids_open_what_is_ones_own(app, phone):
    answers = {
        (method, rule): asked(phone, method, rule, path, phone.session).status_code for method, rule, path in addresses(app, with_ids=True)
    }

    too_late = {("POST", f"/api/complaints/<uuid:complaint_id>/{what}") for what in ("add", "withdraw")}
    assert {answers.pop(one) for one in too_late} == {409}
    assert answers.pop(("GET", "/api/complaints/<uuid:complaint_id>/files/<uuid:file_id>")) == 404  # none was sent
    assert set(answers.values()) <= {200, 202, 302}, answers


def test_without_a_session_nothing_opens(app, phone):
    for with_ids in (True, False):
        for method, rule, path in addresses(app, with_ids=with_ids):
            answer = asked(phone, method, rule, path, None)
            if rule.startswith("/api/"):
                assert (answer.status_code, answer.json()["code"]) == (401, "no_session"), rule
                assert answer.json()["login"].startswith("/oauth/begin")
            else:
                assert answer.status_code == 302, rule
                assert urlsplit(answer.headers["Location"]).path.endswith("/connect/oauth2/authorize")


def test_every_answer_keeps_other_sites_out(app, phone):
    paths = ["/", "/api/places", "/api/nothing", "/nothing", "/oauth/callback", "/language", "/static/pages.css"]

    for path in paths:
        answer = phone.get(path)
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy, path
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert "script-src 'self' https://res.wx.qq.com;" in policy
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        if path != "/static/pages.css":
            assert answer.headers["Cache-Control"] == "no-store", path


def test_an_unknown_page_is_a_page_that_says_so(phone):
    answer = phone.get("/nothing")

    assert answer.status_code == 404
    assert "text/html" in answer.headers["Content-Type"]


def test_nobody_is_sent_on_to_a_host_that_the_request_has_named(app):
    mounted = DispatcherMiddleware(Response("nothing", 404), {"/m": app})
    with serving(mounted) as url:
        answer = requests.get(f"{url}/m?x=1", headers={"Host": "evil.example"}, allow_redirects=False, timeout=20)

    assert (answer.status_code, answer.headers["Location"]) == (302, "/m/?x=1")
    assert "evil" not in answer.text
