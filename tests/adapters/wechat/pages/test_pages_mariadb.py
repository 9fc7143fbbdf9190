"""The follower's posts on the real MariaDB: at once, and while it is gone."""

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from sqlalchemy import func, inspect, select

from adapters.wechat.pages import learning
from adapters.wechat.pages.copies import Copies
from adapters.wechat.pages.store import ConsentStore, VisitorStore
from adapters.wechat.pages.tables import metadata
from chassis.database import in_one_transaction
from chassis.tables import outbox
from contracts.appointments import AppointmentCallMissed
from contracts.complaints import ComplaintProgressed
from contracts.partners.pages import ReminderWishForm
from contracts.reminders import ReminderType
from tests.adapters.wechat.pages.conftest import FOLLOWER, NOW, a_complaint, a_form, open_database, submitting_for
from tests.adapters.wechat.pages.news import (
    APPOINTMENT,
    BINDING,
    COMPLAINT,
    ITEM,
    MESSAGE,
    REGISTRATION,
    VEHICLE,
    appointment_news,
    binding_news,
    complaint_news,
    dealer_news,
    places_news,
    registration_news,
    reminder_news,
    ticket_news,
    wishes_news,
)


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


def test_migrations_make_the_tables_of_the_code_in_mariadb(database):
    inspected = inspect(database.engine)

    for table in metadata.sorted_tables:
        made = {column["name"]: column["nullable"] for column in inspected.get_columns(table.name)}
        assert made == {column.name: column.nullable for column in table.columns}, table.name
        assert {index["name"] for index in inspected.get_indexes(table.name)} >= {index.name for index in table.indexes}


def test_news_of_every_kind_is_kept_and_found_in_mariadb(database):
    told = {
        learning.learn_of_car: binding_news(),
        learning.learn_of_appointment: appointment_news(),
        learning.learn_of_registration: registration_news(),
        learning.learn_of_dealer: dealer_news(),
        learning.learn_of_places: places_news(),
        learning.learn_of_ticket: ticket_news(),
        learning.learn_of_reminder: reminder_news(),
        learning.learn_of_wishes: wishes_news(ReminderType.BIRTHDAY),
    }
    for learn, news in told.items():
        for _ in range(2):
            with database.write() as tx:
                learn(tx, news)

    copies = Copies(database)
    assert copies.car(FOLLOWER, BINDING).name == "张伟"
    assert copies.appointment(FOLLOWER, APPOINTMENT).items[0].name == "故障维修"
    assert copies.registration(FOLLOWER, REGISTRATION).state == "code_sent"
    assert [(one.name, one.latitude) for one in copies.dealers()] == [("江北服务店", 29.57)]
    assert [one.left for one in copies.places("D001", places_news().day, 1)] == [4]
    assert copies.ticket("main").ticket == "ticket-1"
    assert copies.reminder(FOLLOWER, ITEM, None, {VEHICLE}).dealer_code == "D001"
    assert copies.unwanted(FOLLOWER) == {ReminderType.BIRTHDAY}


def test_of_copies_that_are_overwritten_together_the_newest_stays_in_mariadb(database):
    for together in ((2, 3, 1), (5, 4, 5)):
        with database.write() as tx:
            for version in together:
                learning.learn_of_car(tx, binding_news(version=version, name=f"{version}号"))

    found = Copies(database).car(FOLLOWER, BINDING)
    assert (found.version, found.name) == (5, "5号")


def test_many_versions_at_once_end_with_the_highest(database):
    told = [appointment_news(AppointmentCallMissed, version=version, state="to_call", attempts=version) for version in range(1, 9)]

    def learn(news):
        in_one_transaction(database, lambda tx: learning.learn_of_appointment(tx, news), tries=20)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(learn, told))

    found = Copies(database).appointment(FOLLOWER, APPOINTMENT)
    assert (found.version, found.attempts) == (8, 8)
    assert [step.version for step in found.timeline] == list(range(1, 9))


def test_ten_times_the_same_registration_at_once_is_one(phone, database):
    with database.write() as tx:
        VisitorStore().saw(tx, FOLLOWER, "main", "oFollower1", NOW)
    consent = {"id": str(uuid4()), "text_version": "1", "granted": True}
    form = {"id": str(uuid4()), "vin": "AA000001", "id_number": "11010519491231002X", "mobile": "13800138000", "text_version": "1"}

    with ThreadPoolExecutor(10) as pool:
        consents = list(pool.map(lambda _: phone.post("/api/consents", consent), range(10)))
        registrations = list(pool.map(lambda _: phone.post("/api/registrations", form), range(10)))

    assert {answer.status_code for answer in consents + registrations} == {202}
    assert told(database) == 2


def test_ten_times_the_same_complaint_at_once_is_one(phone, database):
    with database.write() as tx:
        ConsentStore().save(tx, FOLLOWER, "1", NOW, granted=True)
    form = a_complaint(text_version="1", name="张伟", mobile="13800138000")

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: phone.complain(form), range(10)))

    assert {answer.status_code for answer in answers} == {202}
    assert told(database) == 1


def test_of_ten_withdrawals_of_a_complaint_at_once_one_counts(phone, database):
    with database.write() as tx:
        learning.learn_of_complaint(tx, complaint_news())

    with ThreadPoolExecutor(10) as pool:
        path = f"/api/complaints/{COMPLAINT}/withdraw"
        answers = list(pool.map(lambda _: phone.post(path, {"id": str(uuid4())}).status_code, range(10)))

    assert sorted(answers) == [202] + [409] * 9
    assert told(database) == 1


def test_news_of_a_complaint_at_once_ends_with_the_highest_and_has_every_step(database):
    news = [complaint_news(ComplaintProgressed, "contact", version, said=f"第 {version} 次") for version in range(1, 9)]

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda one: in_one_transaction(database, lambda tx: learning.learn_of_complaint(tx, one), tries=20), news))

    found = Copies(database).complaint(FOLLOWER, COMPLAINT)
    assert found.version == 8
    assert [step.said for step in found.steps] == [f"第 {version} 次" for version in range(1, 9)]


def test_a_page_that_is_opened_ten_times_at_once_is_opened_once(phone, database):
    with database.write() as tx:
        learning.learn_of_car(tx, binding_news())
        learning.learn_of_reminder(tx, reminder_news())
    submitting = submitting_for(database)

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(lambda _: submitting.open(MESSAGE, FOLLOWER), range(10)))

    assert told(database) == 1


def test_words_about_two_types_at_once_are_both_kept(database):
    submitting = submitting_for(database)
    types = [ReminderType.BIRTHDAY, ReminderType.CAMPAIGN]

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda type: submitting.wish(ReminderWishForm(id=uuid4(), type=type, wanted=False), FOLLOWER), types))

    assert Copies(database).unwanted(FOLLOWER) == set(types)


def test_a_frozen_mariadb_is_not_waited_for(phone, place, database):
    form = a_form()
    phone.book(a_form())
    place.servers.mariadb.freeze()
    try:
        frozen = phone.book(form)
        asked, shown = phone.get(f"/api/appointments/{form['id']}"), phone.get("/appointments")
    finally:
        place.servers.mariadb.thaw()

    assert (frozen.status_code, frozen.json()["code"]) == (503, "come_again")
    assert (asked.status_code, asked.json()["code"]) == (503, "come_again")
    assert (shown.status_code, "请稍后" in shown.text) == (503, True)
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
