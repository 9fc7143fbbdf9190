"""The follower's posts on the real MariaDB: at once, and while it is gone."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from chassis.tables import outbox
from tests.adapters.wechat.pages.conftest import a_form, open_database


@pytest.fixture
def database(place):
    place.create_schemas("pages")
    opened = open_database(place.database_url.format(schema="pages"))
    yield opened
    opened.dispose()


def told(database):
    with database.read() as connection:
        return connection.execute(select(func.count()).select_from(outbox)).scalar()


def test_ten_at_once_are_one_booking_in_mariadb(phone, database):
    form = a_form()

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: phone.book(form), range(10)))

    assert {answer.status_code for answer in answers} == {202}
    assert sum("Idempotent-Replayed" not in answer.headers for answer in answers) == 1
    assert told(database) == 1


def test_ten_withdrawals_at_once_are_one(phone, database):
    form = a_form()
    phone.book(form)

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: phone.withdraw(form["id"]), range(10)))

    assert {answer.status_code for answer in answers} == {202}
    assert told(database) == 2


def test_a_frozen_mariadb_is_not_waited_for(phone, place, database):
    form = a_form()
    phone.book(a_form())
    place.servers.mariadb.freeze()
    try:
        frozen = phone.book(form)
    finally:
        place.servers.mariadb.thaw()

    assert (frozen.status_code, frozen.json()["code"]) == (503, "come_again")
    assert phone.book(form).status_code == 202
    assert told(database) == 2


def test_while_mariadb_is_gone_the_phone_is_asked_to_come_again_and_then_it_is_taken(phone, place, database):
    form = a_form()
    phone.book(a_form())
    place.servers.mariadb.kill9()
    try:
        gone = phone.book(form)
    finally:
        place.servers.mariadb.start()

    assert (gone.status_code, gone.json()["code"]) == (503, "come_again")
    assert phone.book(form).status_code == 202
    assert told(database) == 2
