"""A partner's push on the database of production, behind the process's own listener."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from chassis import tables
from chassis.listener import Listener
from chassis.settings import Http
from tests.fakes.pushes import Csc, a_push, an_empty_schema, signed


@pytest.fixture
def csc(place):
    place.create_schemas("csc")
    csc = Csc(an_empty_schema(place.database_url.format(schema="csc")))
    anywhere = "127.0.0.1:0"
    listener = Listener(Http(public=anywhere, partner=anywhere, internal=anywhere, public_url="http://x"))
    listener.mount("partner", "/partners/csc/v1", csc.app)
    listener.start()
    url = "http://{}:{}/partners/csc/v1/events".format(*listener.bound("partner"))

    csc.push = lambda body, webhook_id: requests.post(url, data=body, headers=signed(body, webhook_id), timeout=30)

    yield csc
    listener.stop(0)
    csc.database.dispose()


def test_ten_at_once_are_one_on_mariadb(csc):
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: csc.push(a_push(), "msg_1"), range(10)))

    assert {answer.status_code for answer in answers} == {200}
    assert len([answer for answer in answers if "Idempotent-Replayed" not in answer.headers]) == 1
    assert len(csc.rows(tables.outbox)) == 1


def test_ids_that_differ_in_capitals_are_two_on_mariadb(csc):
    answers = [csc.push(a_push(version=1), "msg_a"), csc.push(a_push(version=2), "msg_A")]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert len(csc.rows(tables.outbox)) == 2


def test_a_frozen_database_is_not_waited_for_and_nothing_is_taken_twice(csc, servers):
    csc.push(a_push(), "msg_1")
    servers.mariadb.freeze()
    try:
        frozen = csc.push(a_push(version=2), "msg_2")
    finally:
        servers.mariadb.thaw()

    thawed = csc.push(a_push(version=2), "msg_2")

    assert (frozen.status_code, frozen.json()["retryable"]) == (503, True)
    assert thawed.status_code == 200
    assert len(csc.rows(tables.outbox)) == 2


def test_an_absent_database_is_said_so_and_used_again_when_it_is_back(csc, servers):
    servers.mariadb.kill9()
    try:
        away = csc.push(a_push(), "msg_1")
    finally:
        servers.mariadb.start()

    back = csc.push(a_push(), "msg_1")

    assert (away.status_code, away.json()["retryable"]) == (503, True)
    assert back.status_code == 200
