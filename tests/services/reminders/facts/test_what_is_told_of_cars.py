"""What becomes of a car as the DMS, CSC, customers and workshops tell of it."""

from datetime import date

import pytest

from contracts.vehicles import Flaw
from services.reminders.tables import campaigns, dealers, rival_records
from tests.services.reminders.facts.fact_makers import (
    CAR,
    OTHER_CAR,
    OTHER_VIN,
    a_binding,
    a_campaign,
    a_dealer,
    a_sale,
    a_visit,
    an_owner,
    flawed,
    listed,
    new_dates,
    rows_of,
    the_car,
)


def test_a_sale_is_kept_with_its_vin_and_what_is_due(house):
    house.deliver(a_dealer())

    house.deliver(a_sale())

    car = the_car(house)
    assert (car.vin, car.record_id, car.sale_version, car.customer_id) == ("LS4AAAAA1AA000001", "R1", 1, "C1")
    assert (car.birth_month, car.birth_day, car.state) == (2, 29, "in_use")
    assert (car.due_first_maintenance, car.due_warranty, car.rulebook) == (date(2025, 9, 1), date(2028, 3, 1), 1)
    assert listed(house) == []


def test_the_higher_version_of_a_row_counts(house):
    house.deliver(a_sale(2, invoice_date=date(2025, 4, 1)))

    house.deliver(a_sale(1, invoice_date=date(2025, 3, 1)))

    assert the_car(house).invoice_date == date(2025, 4, 1)
    assert the_car(house).due_warranty == date(2028, 4, 1)


def test_csc_may_speak_of_a_car_first_and_nothing_is_due_until_the_dms_does(house):
    house.deliver(a_dealer())

    house.deliver(new_dates())

    assert (the_car(house).sale_version, the_car(house).record_id, the_car(house).due_inspection) == (0, "", None)
    assert listed(house) == [("dates", "SD1", "vin", "unknown_car")]

    house.deliver(a_sale())

    assert the_car(house).due_inspection == date(2027, 3, 1)
    assert listed(house) == []


@pytest.mark.parametrize(("means", "due"), [("insurance", date(2026, 8, 1)), ("maintenance", date(2026, 9, 1))])
def test_what_insurance_means_is_set(house, means, due):
    house.service.terms = house.service.terms.model_copy(update={"insurance_from": means})
    house.deliver(a_sale())

    house.deliver(new_dates(compulsory_insurance_expiry=date(2026, 8, 1), mandatory_maintenance_expiry=date(2026, 9, 1)))

    assert the_car(house).due_insurance == due


def test_a_visit_tells_of_the_first_maintenance_before_the_row_does(house):
    house.deliver(a_sale())

    house.deliver(a_visit(1, date(2026, 5, 2), services=("FIRST_MAINTENANCE",)))

    car = the_car(house)
    assert (car.first_maintenance_on, car.last_visit_on) == (date(2026, 5, 2), date(2026, 5, 2))
    assert (car.due_first_maintenance, car.due_maintenance) == (None, date(2026, 11, 2))


def test_an_earlier_visit_that_is_told_later_is_not_the_last(house):
    house.deliver(a_sale(last_visit_on=date(2026, 4, 1)))
    house.deliver(a_visit(2, date(2026, 5, 2), services=()))

    house.deliver(a_visit(1, date(2026, 3, 2), services=()))

    assert the_car(house).last_visit_on == date(2026, 5, 2)


def test_a_new_owner_goes_before_the_row_and_has_no_birthday_of_the_old_one(house):
    house.deliver(a_sale(1, customer_id="C1"))
    house.deliver(an_owner(2, "C2"))

    house.deliver(a_sale(2, customer_id="C1"))

    assert (the_car(house).customer_id, the_car(house).birth_month) == ("C2", None)

    house.deliver(a_sale(3, customer_id="C2", birth_month=5, birth_day=6))

    assert (the_car(house).birth_month, the_car(house).birth_day) == (5, 6)


def test_a_car_that_was_sold_is_listed_until_another_owner_is_known(house):
    house.deliver(a_dealer())
    house.deliver(a_sale(2, state="sold"))

    assert (the_car(house).state, listed(house)) == ("sold", [("cars", "R1", "state", "sold")])

    house.deliver(an_owner(2, "C2"))

    assert (the_car(house).state, listed(house)) == ("in_use", [])


def test_of_two_current_owners_the_first_record_counts_and_the_second_is_listed(house):
    house.deliver(a_dealer())
    house.deliver(a_sale(record_id="R2", customer_id="C2"))

    house.deliver(a_sale(record_id="R1", customer_id="C1"))

    assert (the_car(house).record_id, the_car(house).customer_id) == ("R1", "C1")
    assert listed(house) == [("cars", "R2", "vin", "two_owners")]


def test_the_second_record_counts_once_the_first_is_sold(house):
    house.deliver(a_dealer())
    house.deliver(a_sale(record_id="R1", customer_id="C1"))
    house.deliver(a_sale(record_id="R2", customer_id="C2", invoice_date=date(2026, 1, 1)))

    house.deliver(a_sale(2, record_id="R1", customer_id="C1", state="sold"))

    car = the_car(house)
    assert (car.record_id, car.customer_id, car.state, car.invoice_date) == ("R2", "C2", "in_use", date(2026, 1, 1))
    assert listed(house) == []
    assert [row.record_id for row in rows_of(house, rival_records)] == ["R1"]


def test_a_row_whose_vin_is_put_right_leaves_the_car_it_stood_for(house):
    house.deliver(a_dealer())
    house.deliver(a_sale(1))

    house.deliver(a_sale(2, vin=OTHER_VIN))
    house.deliver(a_sale(1))

    assert (the_car(house).sale_version, the_car(house).customer_id, the_car(house).due_warranty) == (0, "", None)
    assert (the_car(house, OTHER_CAR).record_id, the_car(house, OTHER_CAR).due_warranty) == ("R1", date(2028, 3, 1))
    assert listed(house) == []


def test_a_car_is_registered_while_one_binding_is_active(house):
    house.deliver(a_binding(1, follower=1))
    house.deliver(a_sale())
    house.deliver(a_binding(1, follower=2))

    house.deliver(a_binding(3, follower=1, active=False))
    house.deliver(a_binding(2, follower=1))

    assert the_car(house).registered is True

    house.deliver(a_binding(2, follower=2, active=False))

    assert the_car(house).registered is False


def test_a_dealers_region_goes_before_the_rows_and_follows_the_dealer(house):
    house.deliver(a_sale(region_code="SW"))
    assert the_car(house).region_code == "SW"

    house.deliver(a_dealer(1, region="E"))
    assert the_car(house).region_code == "E"

    house.deliver(a_dealer(3, region=""))
    house.deliver(a_dealer(2, region="N"))
    assert the_car(house).region_code == "SW"


def test_a_dealer_that_nobody_listed_is_dirty_until_somebody_does(house):
    house.deliver(a_sale())

    assert listed(house) == [("cars", "R1", "dealer_code", "unknown_dealer")]

    house.deliver(a_dealer())

    assert listed(house) == []
    assert [(row.dealer_code, row.name) for row in rows_of(house, dealers)] == [("D001", "启衡")]


def test_days_that_cannot_be_are_not_used_and_listed(house):
    house.deliver(a_dealer())

    house.deliver(a_sale(last_visit_on=date(2062, 1, 1), warranty_end_date=date(2020, 1, 1), dirty=flawed(purchase_date="zero")))

    car = the_car(house)
    assert (car.last_visit_on, car.warranty_end_date, car.due_warranty) == (None, None, date(2028, 3, 1))
    assert listed(house) == [
        ("cars", "R1", "last_visit_on", "in_future"),
        ("cars", "R1", "purchase_date", "zero"),
        ("cars", "R1", "warranty_end_date", "contradiction"),
    ]


def test_what_is_due_before_the_sale_is_listed_as_long_as_both_say_so(house):
    house.deliver(a_dealer())
    house.deliver(new_dates(next_maintenance_date=date(2024, 1, 1), next_inspection_date=None))
    house.deliver(a_sale(1, invoice_date=date(2025, 1, 1)))

    assert listed(house) == [("dates", "SD1", "next_maintenance_date", "contradiction")]

    house.deliver(a_sale(2, invoice_date=date(2023, 1, 1)))

    assert listed(house) == []


def test_a_row_that_comes_clean_is_taken_off_the_list(house):
    house.deliver(a_dealer())
    house.deliver(a_sale(1, dirty=flawed(invoice_date="placeholder", birth_date="unreadable")))
    house.deliver(a_sale(2, dirty=flawed(birth_date="unreadable")))
    assert listed(house) == [("cars", "R1", "birth_date", Flaw.UNREADABLE)]

    house.deliver(a_sale(3))
    house.deliver(a_sale(2, dirty=flawed(birth_date="unreadable")))

    assert listed(house) == []


def test_a_campaign_that_was_withdrawn_is_not_published_again_by_old_news(house):
    house.deliver(a_campaign(2, withdrawn=True))

    house.deliver(a_campaign(1))
    house.deliver(a_campaign(2))

    assert [(row.version, row.withdrawn) for row in rows_of(house, campaigns)] == [(2, True)]


def test_a_campaign_that_ends_before_it_begins_is_listed(house):
    house.deliver(a_campaign(ends_on=date(2026, 6, 1)))

    assert listed(house) == [("campaigns", "CP-1", "ends_on", "contradiction")]


def test_a_repeat_changes_nothing(house):
    house.deliver(a_dealer())
    for message in (a_sale(), new_dates(), an_owner(2, "C2"), a_visit(1, date(2026, 5, 2), services=())):
        house.deliver(message)
    before = the_car(house)

    for message in (a_sale(), new_dates(), an_owner(2, "C2"), a_visit(1, date(2026, 5, 2), services=())):
        house.deliver(message)

    assert the_car(house, CAR) == before
