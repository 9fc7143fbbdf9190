"""Loads: page after page, stopped, resumed and repeated, whole or only what changed."""

from datetime import timedelta

from contracts.dms import FetchDealers
from contracts.vehicles import CampaignsListed, CarsListed, DirtyRow, FetchCampaigns, FetchCars, FetchServiceDates, Load, ServiceDatesListed
from services.reminders.facts.loads import LoadStore, Source, State
from services.reminders.tables import cars
from tests.services.reminders.facts.fact_makers import (
    CAR,
    NOW,
    a_campaign,
    a_dealer,
    flawed,
    listed,
    rows_of,
    some_dates,
    some_facts,
    the_car,
)

STORE = LoadStore()


def order(house, source=Source.CARS, *, full=True):
    """The load, and what was asked for first."""
    with house.write() as tx:
        begun = STORE.begin(tx, source, full=full, ordered_by="9001", now=house.service.now())
    return begun.load_id, house.told()


def stop(house, load_id):
    with house.write() as tx:
        STORE.stop(tx, load_id, house.service.now())


def resume(house, load_id):
    with house.write() as tx:
        STORE.resume(tx, load_id, house.service.now())
    return house.told()


def the_load(house, load_id):
    with house.write() as tx:
        return STORE.find(tx, load_id)


def loaded_by_itself(house):
    with house.write() as tx:
        house.service.load_by_itself(tx)
    return [wish for wish in house.told() if isinstance(wish, Load)]


def a_page(load_id, page_no, *numbers, last=False, unusable=(), total=None):
    rows = tuple(some_facts(vin=vin_of(number), record_id=f"R{number}") for number in numbers)
    cursor = None if last else f"after-{page_no}"
    return CarsListed(load_id=load_id, page_no=page_no, next_cursor=cursor, total=total, cars=rows, unusable=unusable)


def the_end(load_id, source):
    """An empty page, and the last."""
    listed_of = {Source.CARS: CarsListed, Source.DATES: ServiceDatesListed, Source.CAMPAIGNS: CampaignsListed}
    rows = {Source.CARS: "cars", Source.DATES: "dates", Source.CAMPAIGNS: "campaigns"}
    return listed_of[source].model_validate({"load_id": load_id, "page_no": 1, rows[source]: ()})


def vin_of(number):
    return f"LS4AAAAA1AA{number:06d}"


def asked(wish):
    return (wish.page_no, wish.cursor, wish.changed_since)


def test_a_load_asks_for_the_dealers_and_for_page_after_page(house):
    load_id, (dealers, first) = order(house)

    (second,) = house.deliver(a_page(load_id, 1, 1, 2, total=3))
    nothing = house.deliver(a_page(load_id, 2, 3, last=True))

    assert (type(dealers), type(first), asked(first)) == (FetchDealers, FetchCars, (1, "", None))
    assert dealers.subject != first.subject, "dealers that are parked would hold the cars' line"
    assert asked(second) == (2, "after-1", None)
    assert nothing == []
    done = the_load(house, load_id)
    assert (done.state, done.page_no, done.rows, done.total, done.finished_at) == (State.DONE, 2, 3, 3, NOW)
    assert {row.record_id for row in rows_of(house, cars)} == {"R1", "R2", "R3"}


def test_a_page_that_comes_twice_is_counted_once_and_asks_once(house):
    load_id, _ = order(house)
    house.deliver(a_page(load_id, 1, 1, 2))

    again = house.deliver(a_page(load_id, 1, 1, 2))

    assert again == []
    assert (the_load(house, load_id).page_no, the_load(house, load_id).rows) == (1, 2)


def test_a_stopped_load_takes_the_page_that_is_under_way_and_goes_on_from_there(house):
    load_id, _ = order(house)
    stop(house, load_id)

    under_way = house.deliver(a_page(load_id, 1, 1))
    (next_one,) = resume(house, load_id)

    assert under_way == []
    assert asked(next_one) == (2, "after-1", None)
    assert the_load(house, load_id).state is State.RUNNING


def test_a_page_that_was_dropped_is_asked_for_again_and_taken_once(house):
    load_id, _ = order(house)
    (again,) = resume(house, load_id)

    (second,) = house.deliver(a_page(load_id, 1, 1))
    late = house.deliver(a_page(load_id, 1, 1))

    assert asked(again) == (1, "", None)
    assert asked(second) == (2, "after-1", None)
    assert late == []


def test_what_is_done_can_neither_be_stopped_nor_resumed(house):
    load_id, _ = order(house)
    house.deliver(a_page(load_id, 1, last=True))

    stop(house, load_id)

    assert resume(house, load_id) == []
    assert the_load(house, load_id).state is State.DONE


def test_one_that_runs_is_not_begun_a_second_time(house):
    load_id, _ = order(house)

    again, told = order(house)

    assert (again, told) == (load_id, [])


def test_the_next_load_asks_for_what_changed_since_the_last_one_began(house):
    load_id, _ = order(house)
    house.service.now.at = NOW + timedelta(hours=1)
    house.deliver(a_page(load_id, 1, last=True))

    _, (first,) = order(house, full=False)

    assert asked(first) == (1, "", NOW - timedelta(minutes=10))


def test_by_itself_all_is_loaded_once_and_then_what_changed(house):
    whole = loaded_by_itself(house)
    for wish in whole:
        house.deliver(the_end(wish.load_id, Source.CARS if isinstance(wish, FetchCars) else Source.CAMPAIGNS))
    then = loaded_by_itself(house)
    house.deliver(the_end(then[0].load_id, Source.DATES))
    house.service.now.at = NOW + timedelta(hours=23)
    too_early = loaded_by_itself(house)
    house.service.now.at = NOW + timedelta(hours=25)
    changed = loaded_by_itself(house)

    assert [type(wish) for wish in whole] == [FetchCars, FetchCampaigns]
    assert [type(wish) for wish in then] == [FetchServiceDates]
    assert too_early == []
    assert [type(wish) for wish in changed] == [FetchCars, FetchServiceDates, FetchCampaigns]
    assert all(wish.changed_since for wish in changed)


def test_nothing_is_loaded_by_itself_where_that_is_off(house):
    house.service.terms = house.service.terms.model_copy(update={"load_every_hours": 0})

    assert loaded_by_itself(house) == []


def test_a_load_that_an_operator_stopped_is_left_alone(house):
    load_id, _ = order(house)
    stop(house, load_id)
    house.service.now.at = NOW + timedelta(days=9)

    assert FetchCars not in [type(wish) for wish in loaded_by_itself(house)]


def test_rows_that_name_no_car_are_listed_and_stop_nothing(house):
    load_id, _ = order(house)
    house.deliver(a_dealer())
    broken = DirtyRow(record_id="R9", version=2, fields=flawed(vin="unreadable"))

    house.deliver(a_page(load_id, 1, 1, unusable=(broken,)))

    assert listed(house) == [("cars", "R9", "vin", "unreadable")]
    assert (the_load(house, load_id).rows, the_load(house, load_id).dirty) == (2, 1)
    assert the_car(house) is not None


def test_a_row_that_names_its_car_later_is_taken_off_the_list(house):
    house.deliver(a_dealer())
    load_id, _ = order(house)
    house.deliver(a_page(load_id, 1, unusable=(DirtyRow(record_id="R1", version=1, fields=flawed(vin="missing")),)))

    put_right = some_facts(2)
    house.deliver(CarsListed(load_id=load_id, page_no=2, cars=(put_right,)))
    house.deliver(a_page(load_id, 1, unusable=(DirtyRow(record_id="R1", version=1, fields=flawed(vin="missing")),)))

    assert listed(house) == []


def test_dates_and_campaigns_are_loaded_the_same_way(house):
    dates_id, (dates,) = order(house, Source.DATES)
    campaigns_id, (campaigns,) = order(house, Source.CAMPAIGNS)
    campaign = a_campaign().campaign

    house.deliver(ServiceDatesListed(load_id=dates_id, page_no=1, dates=(some_dates(),)))
    house.deliver(CampaignsListed(load_id=campaigns_id, page_no=1, campaigns=(campaign,), withdrawn=(campaign.campaign_id,)))

    assert (type(dates), type(campaigns)) == (FetchServiceDates, FetchCampaigns)
    assert the_car(house, CAR).dates_version == 1
    assert {the_load(house, one).state for one in (dates_id, campaigns_id)} == {State.DONE}
