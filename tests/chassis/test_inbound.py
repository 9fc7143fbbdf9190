"""A partner's push is believed, kept and told once, and answered for ever the same."""

import base64
import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chassis import tables
from chassis.inbound import inbound
from chassis.listener import Listener
from chassis.privacy import BODY
from chassis.settings import Http
from contracts.envelope import Event
from contracts.partners.csc import CscPush
from tests.fakes.pushes import APPOINTMENT, VAULT, Csc, Server, a_push, an_empty_schema, as_news, signed


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    file = tmp_path_factory.mktemp("template") / "csc.db"
    an_empty_schema(f"sqlite:///{file}")
    return file


@pytest.fixture
def open_server(template, tmp_path):
    running = []

    def open_one(translate=as_news):
        file = shutil.copy(template, tmp_path / f"{len(running)}.db")
        running.append(Server(Csc(f"sqlite:///{file}", translate)))
        return running[-1]

    yield open_one
    for server in running:
        server.close()


@pytest.fixture
def server(open_server):
    return open_server()


def test_a_push_is_accepted_once_it_is_told(server):
    answer = server.push(a_push())

    assert (answer.status_code, answer.json()["result"]) == (200, "accepted")
    assert "Idempotent-Replayed" not in answer.headers
    (told,) = server.told()
    assert (told["type"], told["subject"], told["source"]) == ("appointment.call.logged", str(APPOINTMENT), "csc")


def test_the_event_has_the_same_id_whenever_the_push_comes(server, open_server):
    restored = open_server()

    server.push(a_push())
    restored.push(a_push())

    assert server.told()[0]["id"] == restored.told()[0]["id"]


def test_a_repeat_gets_the_first_answer_and_has_no_effect(server):
    first = server.push(a_push())
    again = server.push(a_push())

    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert len(server.told()) == 1


def test_ten_at_once_are_one(server):
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: server.push(a_push()), range(10)))

    assert {(answer.status_code, answer.json()["result"]) for answer in answers} == {(200, "accepted")}
    assert len([answer for answer in answers if "Idempotent-Replayed" not in answer.headers]) == 1
    assert len(server.told()) == 1


def test_the_same_id_with_another_body_is_a_conflict(server):
    server.push(a_push())

    answer = server.push(a_push(version=2))

    assert (answer.status_code, answer.json()["code"], answer.json()["retryable"]) == (409, "another_body", False)
    assert len(server.told()) == 1


def test_ids_that_differ_in_capitals_are_two(server):
    server.push(a_push(), "msg_a")
    server.push(a_push(), "msg_A")

    assert len(server.told()) == 2


@pytest.mark.parametrize("minutes", [-6, 6])
def test_an_old_or_early_timestamp_is_not_believed(server, minutes):
    answer = server.push(a_push(), at=datetime.now(UTC) + timedelta(minutes=minutes))

    assert (answer.status_code, answer.json()["code"]) == (401, "bad_timestamp")
    assert server.told() == []


def test_another_secret_is_not_believed(server):
    answer = server.push(a_push(), secret="whsec_" + base64.b64encode(b"somebody else's secret").decode())

    assert (answer.status_code, answer.json()["code"]) == (401, "bad_signature")
    assert server.csc.rows(inbound) == []


@pytest.mark.parametrize("broken", ["", "v1", "v1,", "v1,!!!", "v1,äöü", "v2,AAAA", "v1,AAAA v1,,", ","])
def test_a_signature_that_is_none_is_not_believed(server, broken):
    headers = signed(a_push(), "msg_1") | {"webhook-signature": broken.encode().decode("latin-1")}

    answer = requests.post(server.url, data=a_push(), headers=headers, timeout=30)

    assert (answer.status_code, answer.json()["result"]) == (401, "rejected")


@pytest.mark.parametrize("missing", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_a_push_without_one_of_the_headers_is_not_believed(server, missing):
    headers = signed(a_push(), "msg_1")
    del headers[missing]

    assert requests.post(server.url, data=a_push(), headers=headers, timeout=30).status_code == 401


@pytest.mark.parametrize("stamp", ["nan", "1e400", "soon", "-1", "9" * 30])
def test_a_timestamp_that_is_none_is_not_believed(server, stamp):
    headers = signed(a_push(), "msg_1") | {"webhook-timestamp": stamp}

    assert requests.post(server.url, data=a_push(), headers=headers, timeout=30).status_code == 401


def test_one_right_signature_of_several_is_enough(server):
    headers = signed(a_push(), "msg_1")
    headers["webhook-signature"] = "v1,AAAA " + headers["webhook-signature"]

    assert requests.post(server.url, data=a_push(), headers=headers, timeout=30).status_code == 200


def test_an_id_that_no_table_could_hold_is_turned_away(server):
    answer = server.push(a_push(), "m" * 129)

    assert (answer.status_code, answer.json()["field"]) == (400, "webhook-id")


def test_off_contract_is_answered_with_the_field_and_kept_for_an_operator(server):
    body = a_push(version=0)

    answer = server.push(body)

    said = answer.json()
    assert (answer.status_code, said["result"], said["code"], said["field"]) == (400, "rejected", "off_contract", "data.version")
    assert said["retryable"] is False
    (parked,) = server.csc.rows(tables.parked)
    assert VAULT.unseal_bytes(BODY, parked.sealed_body) == body
    assert (parked.kind, json.loads(parked.causes)[0]["field"]) == ("contract", "data.version")
    assert server.told() == []


@pytest.mark.parametrize("body", [b"not json", b"", b'{"type": "call.logg', b"[" * 100_000])
def test_what_is_not_json_is_answered_and_kept(server, body):
    answer = server.push(body)

    assert (answer.status_code, answer.json()["code"]) == (400, "not_json")
    assert [row.kind for row in server.csc.rows(tables.parked)] == ["undecodable"]


@pytest.mark.parametrize("body", [b"[]", b"null", b'"text"', b'{"type": "something.else"}', b"{}"])
def test_json_of_another_shape_is_off_contract(server, body):
    assert server.push(body).json()["code"] == "off_contract"


def test_a_repeat_of_what_was_off_contract_is_not_kept_twice(server):
    first = server.push(b"not json")
    again = server.push(b"not json")

    assert (again.status_code, again.content, again.headers["Idempotent-Replayed"]) == (400, first.content, "true")
    assert len(server.csc.rows(tables.parked)) == 1


def test_what_is_said_of_a_broken_push_names_no_value(server):
    answer = server.push(a_push(state="13800138000"))

    assert "13800138000" not in answer.text
    assert "13800138000" not in str(server.csc.rows(tables.parked))


def test_unknown_fields_are_no_harm(server):
    assert server.push(a_push(colour="red")).status_code == 200


def test_more_than_a_mebibyte_is_turned_away(server):
    answer = server.push(b"x" * 1_048_577)

    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/events", 405), ("POST", "/elsewhere", 404), ("GET", "/", 404)])
def test_other_addresses_and_methods_are_answered_in_the_same_form(server, method, path, status):
    answer = requests.request(method, f"http://127.0.0.1:{server.port}{path}", timeout=30)

    assert (answer.status_code, answer.json()["result"]) == (status, "rejected")
    assert answer.headers.get("Allow", "POST") in ("POST", "OPTIONS, POST", "POST, OPTIONS")


def test_without_a_database_the_partner_is_asked_to_come_again(tmp_path):
    away = Server(Csc(f"sqlite:///{tmp_path}/gone/csc.db"))

    answer = away.push(a_push())

    away.close()
    assert (answer.status_code, answer.json()["code"], answer.json()["retryable"]) == (503, "unavailable", True)


def test_news_that_concerns_nobody_is_accepted_all_the_same(open_server):
    server = open_server(translate=lambda _push: None)

    assert server.push(a_push()).json()["result"] == "accepted"
    assert server.told() == []


def test_our_own_mistake_is_not_told_to_the_partner_and_leaves_nothing(open_server):
    def mistaken(push: CscPush) -> Event:
        raise KeyError(push.data.task_id)

    server = open_server(translate=mistaken)

    answer = server.push(a_push())

    assert (answer.status_code, answer.json()["code"], answer.json()["retryable"]) == (500, "failed", True)
    assert "T-7" not in answer.text
    assert server.csc.rows(inbound) == []


ANY_JSON = st.recursive(st.none() | st.integers() | st.text(), st.lists).map(lambda value: json.dumps(value).encode())


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300) | ANY_JSON)
def test_whatever_is_sent_is_answered_in_the_agreed_form(server, body):
    headers = {"webhook-id": str(uuid4()), "webhook-timestamp": str(int(datetime.now(UTC).timestamp())), "webhook-signature": "v1,AAAA"}
    if body.isascii():
        headers = signed(body, str(uuid4()))

    answer = requests.post(server.url, data=body, headers=headers, timeout=30)

    assert answer.status_code in (400, 401)
    assert answer.json()["result"] == "rejected"


def test_behind_the_listener_chunks_are_read_and_a_silent_database_is_not_waited_for(server):
    anywhere = "127.0.0.1:0"
    listener = Listener(Http(public=anywhere, partner=anywhere, internal=anywhere, public_url="http://x"))
    listener.mount("partner", "/partners/csc/v1", server.csc.app)
    listener.start()
    url = "http://{}:{}/partners/csc/v1/events".format(*listener.bound("partner"))
    body = a_push()

    in_chunks = requests.post(url, data=iter([body[:10], body[10:]]), headers=signed(body, "msg_1"), timeout=30)
    with server.csc.database.write():
        meanwhile = requests.post(url, data=body, headers=signed(body, "msg_2"), timeout=30)

    listener.stop(0)
    assert (in_chunks.status_code, meanwhile.status_code) == (200, 503)
