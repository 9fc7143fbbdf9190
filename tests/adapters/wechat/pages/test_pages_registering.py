"""Consent, registration, code and the end of a binding, as a phone posts them (A-REM-05..07)."""

from uuid import UUID, uuid4, uuid5

import pytest
from sqlalchemy import String, select, text, type_coerce

from adapters.wechat.pages import learning
from adapters.wechat.pages.app import pages_app
from adapters.wechat.pages.copies import Copies
from adapters.wechat.pages.session import Session, mark_of, mint_session
from adapters.wechat.pages.store import VisitorStore
from adapters.wechat.pages.tables import metadata
from chassis.messages import decode, unwrap
from chassis.tables import outbox
from contracts.appointments import AppointmentCallDue, AppointmentKept, RequestAppointment, RescheduleAppointment, WithdrawAppointment
from contracts.catalogue import BY_TYPE
from contracts.customers import EndBinding, GiveConsent, RequestCode, RequestRegistration, VerifyMobile
from tests.adapters.wechat.pages.conftest import FOLLOWER, KEY, NOW, STRANGER, VAULT, Phone, a_form, context_for, serving
from tests.adapters.wechat.pages.news import BINDING, appointment_news, binding_news, registration_news

VERSION = "1"
CONSENT = {"text_version": VERSION, "granted": True}


def told(database):
    """What waits in the outbox, in clear."""
    with database.read() as connection:
        envelopes = [decode(body) for body in connection.execute(select(outbox.c.body).order_by(outbox.c.number)).scalars()]
    return [unwrap(BY_TYPE[envelope.type], envelope, VAULT) for envelope in envelopes]


def a_registration(**changed):
    usual = {
        "id": str(uuid4()),
        "vin": "aa 000001",
        "id_number": "11010519491231002x",
        "mobile": "+86 138 0013 8000",
        "text_version": VERSION,
    }
    return usual | changed


@pytest.fixture
def known(phone, database):
    """A follower whom WeChat has named, and who has agreed."""
    with database.write() as tx:
        VisitorStore().saw(tx, FOLLOWER, "main", "oFollower1", NOW)
    assert phone.post("/api/consents", {"id": str(uuid4()), **CONSENT}).status_code == 202
    return phone


@pytest.fixture
def checking(known, database):
    """The id of a registration that was posted."""
    form = a_registration()
    assert known.post("/api/registrations", form).status_code == 202
    return UUID(form["id"])


def learn(database, *messages):
    by_kind = {
        "registration": learning.learn_of_registration,
        "customer": learning.learn_of_car,
        "appointment": learning.learn_of_appointment,
    }
    for message in messages:
        with database.write() as tx:
            by_kind[message.type_name().partition(".")[0]](tx, message)


def test_a_consent_is_passed_on_and_known_at_once(phone, database):
    id = str(uuid4())

    answer = phone.post("/api/consents", {"id": id, **CONSENT})

    assert (answer.status_code, answer.json()) == (202, {"id": id, "status": "accepted"})
    (wish,) = told(database)
    assert isinstance(wish, GiveConsent)
    assert (wish.consent_id, wish.follower_id, wish.account, wish.granted, wish.given_at) == (UUID(id), FOLLOWER, "main", True, NOW)
    copies = Copies(database)
    assert copies.has_consent(FOLLOWER, VERSION)
    assert not copies.has_consent(FOLLOWER, "2")
    assert not copies.has_consent(STRANGER, VERSION)


def test_a_consent_can_be_taken_back(known, database):
    assert known.post("/api/consents", {"id": str(uuid4()), "text_version": VERSION, "granted": False}).status_code == 202

    assert not Copies(database).has_consent(FOLLOWER, VERSION)
    assert known.post("/api/registrations", a_registration()).json()["code"] == "consent_missing"


def test_the_id_of_another_followers_post_does_not_exist(phone, database):
    form = {"id": str(uuid4()), **CONSENT}
    phone.post("/api/consents", form)

    assert phone.post("/api/consents", form, session=mint_session(KEY, STRANGER, "main")).status_code == 404
    assert not Copies(database).has_consent(STRANGER, VERSION)


def test_agreeing_to_an_old_text_is_no_consent(phone, database):
    answer = phone.post("/api/consents", {"id": str(uuid4()), "text_version": "0", "granted": True})

    assert (answer.status_code, answer.json()["code"]) == (409, "consent_outdated")
    assert told(database) == []


def test_without_a_consent_nothing_is_taken(phone, database):
    with database.write() as tx:
        VisitorStore().saw(tx, FOLLOWER, "main", "oFollower1", NOW)

    answer = phone.post("/api/registrations", a_registration())

    assert (answer.status_code, answer.json()["code"]) == (403, "consent_missing")
    assert told(database) == []


def test_a_registration_is_put_right_and_passed_on(known, database):
    form = a_registration()

    answer = known.post("/api/registrations", form)

    assert (answer.status_code, answer.json()["id"]) == (202, form["id"])
    wish = told(database)[-1]
    assert isinstance(wish, RequestRegistration)
    assert wish.id == uuid5(UUID(form["id"]), "request")
    assert (wish.vin, wish.id_number, wish.mobile) == ("AA000001", "11010519491231002X", "13800138000")
    assert (wish.follower_id, wish.account, wish.openid, wish.text_version) == (FOLLOWER, "main", "oFollower1", VERSION)
    assert wish.address_key == VAULT.lookup("address", "127.0.0.1")
    shown = Copies(database).registration(FOLLOWER, UUID(form["id"]))
    assert (shown.state, shown.version, shown.mobile_masked) == ("checking", 0, "138****8000")


def test_what_was_typed_is_kept_nowhere_in_clear_and_only_until_it_is_passed_on(known, database, tmp_path):
    known.post("/api/registrations", a_registration())
    with database.write() as tx:
        tx.execute(text("DELETE FROM outbox"))
    with database.read() as connection:
        raw = [select(*(type_coerce(column, String) for column in table.c)) for table in metadata.sorted_tables]
        rows = [str(row) for statement in raw for row in connection.execute(statement)]
    sealed = [part for row in rows for part in row.split("'") if part.startswith("sealed:")]

    database.dispose()
    on_disk = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    for canary in ("11010519491231002", "13800138000", "AA000001", "aa 000001", "oFollower1"):
        assert canary.encode() not in on_disk
    assert len(sealed) == 2  # the openid of the visitor, and the masked mobile


def test_a_double_tap_is_one_registration(known, database):
    form = a_registration()

    first, second = known.post("/api/registrations", form), known.post("/api/registrations", form)

    assert (first.status_code, second.status_code) == (202, 202)
    assert second.headers["Idempotent-Replayed"] == "true"
    assert sum(isinstance(one, RequestRegistration) for one in told(database)) == 1


def test_the_same_id_with_other_fields_is_refused(known, database):
    form = a_registration()
    known.post("/api/registrations", form)

    answer = known.post("/api/registrations", form | {"vin": "AA000002"})

    assert (answer.status_code, answer.json()["code"]) == (409, "another_body")


def test_all_wrong_fields_are_named_at_once_and_nothing_is_taken(known, database):
    answer = known.post("/api/registrations", a_registration(vin="O", id_number="1", mobile="1"))

    assert answer.status_code == 400
    assert [one["field"] for one in answer.json()["problems"]] == ["vin", "id_number", "mobile"]
    assert len(told(database)) == 1


def test_who_is_not_known_to_wechat_any_more_is_sent_there_again(phone):
    phone.post("/api/consents", {"id": str(uuid4()), **CONSENT})

    answer = phone.post("/api/registrations", a_registration(), headers={"Referer": "https://car.example.com/registrations/new?vin17=1"})

    assert (answer.status_code, answer.json()["code"]) == (401, "no_session")
    assert answer.json()["login"] == "/oauth/begin?path=%2Fregistrations%2Fnew%3Fvin17%3D1"


def test_a_code_is_passed_on(known, database, checking):
    id = str(uuid4())

    answers = [known.post(f"/api/registrations/{checking}/verify", {"id": id, "code": " 123456"}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [202, 202]
    wishes = [one for one in told(database) if isinstance(one, VerifyMobile)]
    assert [(wish.registration_id, wish.follower_id, wish.code) for wish in wishes] == [(checking, FOLLOWER, "123456")]


def test_another_try_has_an_id_of_its_own(known, database, checking):
    id = str(uuid4())
    known.post(f"/api/registrations/{checking}/verify", {"id": id, "code": "123456"})

    assert known.post(f"/api/registrations/{checking}/verify", {"id": id, "code": "654321"}).status_code == 409
    assert known.post(f"/api/registrations/{checking}/verify", {"id": str(uuid4()), "code": "654321"}).status_code == 202
    assert known.post(f"/api/registrations/{checking}/verify", {"id": str(uuid4()), "code": "x"}).json()["field"] == "code"


def test_another_code_is_asked_for_once_a_tap_and_not_while_the_last_is_fresh(known, database, checking):
    learn(database, registration_news(registration_id=checking, code_no=1, next_code_at="2026-03-02T03:00:30Z"))
    too_early = known.post(f"/api/registrations/{checking}/code", {})
    learn(database, registration_news(registration_id=checking, version=2, code_no=1, next_code_at="2026-03-02T02:59:30Z"))

    answers = [known.post(f"/api/registrations/{checking}/code", {}).status_code for _ in range(2)]

    assert (too_early.status_code, too_early.json()["code"], answers) == (429, "too_early", [202, 202])
    assert sum(isinstance(one, RequestCode) for one in told(database)) == 1


def test_the_page_is_told_how_far_it_is(known, database, checking):
    learn(database, registration_news(registration_id=checking, version=3, state="active", binding_id=str(BINDING)))

    shown = known.get(f"/api/registrations/{checking}").json()

    assert (shown["version"], shown["state"], shown["binding_id"]) == (3, "active", str(BINDING))


def test_a_binding_is_ended_once(known, database):
    learn(database, binding_news())
    form = {"id": str(uuid4())}

    answers = [known.post(f"/api/bindings/{BINDING}/end", form).status_code for _ in range(2)]

    assert answers == [202, 202]
    assert [(one.binding_id, one.follower_id) for one in told(database) if isinstance(one, EndBinding)] == [(BINDING, FOLLOWER)]
    assert Copies(database).car(FOLLOWER, BINDING).ending
    assert known.get(f"/api/bindings/{BINDING}").json() == {"id": str(BINDING), "version": 1, "active": True}


def test_another_day_is_asked_for_under_the_next_number(known, database):
    form = a_form()
    known.book(form)
    learn(database, appointment_news(AppointmentCallDue, appointment_id=form["id"], version=2, state="to_call", request_no=3))
    wish = {"id": str(uuid4()), "requested_date": "2026-03-12", "slot": "09:00-10:00"}

    answers = [known.post(f"/api/appointments/{form['id']}/reschedule", wish) for _ in range(2)]
    known.post(f"/api/appointments/{form['id']}/reschedule", wish | {"id": str(uuid4()), "requested_date": "2026-03-13"})

    assert [answer.status_code for answer in answers] == [202, 202]
    moved = [one for one in told(database) if isinstance(one, RescheduleAppointment)]
    assert [(one.request_no, str(one.requested_date), one.slot) for one in moved] == [
        (4, "2026-03-12", "09:00-10:00"),
        (5, "2026-03-13", "09:00-10:00"),
    ]
    assert known.get(f"/api/appointments/{form['id']}").json()["wanted"] == "reschedule"


def test_what_was_kept_can_be_taken_back_once_more(known, database):
    form = a_form()
    known.book(form)
    known.withdraw(form["id"])
    learn(database, appointment_news(AppointmentKept, appointment_id=form["id"], version=3, state="confirmed", kept_because="too_late"))

    once_more, again = known.withdraw(form["id"]), known.withdraw(form["id"])

    assert "Idempotent-Replayed" not in once_more.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert len({one.id for one in told(database) if isinstance(one, WithdrawAppointment)}) == 2


def test_a_successor_can_be_withdrawn_and_moved_like_any_other(known, database):
    successor = uuid4()
    learn(database, appointment_news(AppointmentCallDue, appointment_id=successor, state="to_call"))

    assert known.withdraw(str(successor)).status_code == 202
    wish = {"id": str(uuid4()), "requested_date": "2026-03-12"}
    assert known.post(f"/api/appointments/{successor}/reschedule", wish).status_code == 202
    assert {type(one) for one in told(database)} == {GiveConsent, WithdrawAppointment, RescheduleAppointment}
    assert known.book(a_form(id=str(successor))).status_code == 409


def test_items_have_our_names_whatever_the_page_called_them(phone, database):
    phone.book(a_form(items=[{"code": "REPAIR", "name": "Repair"}, {"code": "X-1", "name": "别的"}], source="reminder", slot="09:00-10:00"))

    (wish,) = told(database)
    assert isinstance(wish, RequestAppointment)
    assert [item.name for item in wish.items] == ["故障维修", "别的"]
    assert (wish.source, wish.slot) == ("reminder", "09:00-10:00")


def test_a_car_of_somebody_else_cannot_be_booked_for(phone, database):
    learn(database, binding_news(follower_id=str(STRANGER)))

    answer = phone.book(a_form())

    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_car")
    assert told(database) == []


def test_a_page_that_was_made_for_another_follower_acts_for_nobody(phone, database):
    """The account was switched in the same WebView, and the page of before is still open."""
    mine = mark_of(KEY, Session(follower_id=FOLLOWER, account="main"))
    others = mark_of(KEY, Session(follower_id=STRANGER, account="main"))
    form = a_form()

    refused = phone.book(form, headers={"X-Cheqiao-Session": others})

    assert (refused.status_code, refused.json()["code"], refused.json()["login"]) == (401, "session_changed", "/oauth/begin?path=%2F")
    assert told(database) == []
    assert phone.book(form, headers={"X-Cheqiao-Session": mine}).status_code == 202


def test_another_accounts_page_of_the_same_person_has_another_mark():
    marks = {mark_of(KEY, Session(follower_id=FOLLOWER, account=account)) for account in ("main", "second")}

    assert len(marks) == 2
    assert all(str(FOLLOWER) not in mark for mark in marks)


def test_a_phone_behind_known_proxies_has_an_address_of_its_own(database):
    app = pages_app(context_for(database))

    def from_afar(environ, start_response):
        environ["REMOTE_ADDR"] = "203.0.113.9"  # as chassis/proxies.py leaves it
        return app(environ, start_response)

    with database.write() as tx:
        VisitorStore().saw(tx, FOLLOWER, "main", "oFollower1", NOW)
    with serving(from_afar) as url:
        phone = Phone(url)
        phone.post("/api/consents", {"id": str(uuid4()), **CONSENT})
        phone.post("/api/registrations", a_registration(), headers={"X-Forwarded-For": "1.1.1.1"})

    assert told(database)[-1].address_key == VAULT.lookup("address", "203.0.113.9")
