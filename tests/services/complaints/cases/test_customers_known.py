"""Who calls or writes is found among our followers by their number, and what is open of one customer is linked as it comes in."""

from uuid import UUID

import pytest

from contracts.complaint_exchange import RecordComplaintStep
from contracts.complaint_steps.intake import Unmatch, Withdraw
from contracts.complaints import ComplaintProgressed, ComplaintReceived
from contracts.customers import CustomerUnregistered
from services.complaints.cases.case import Complainant
from services.complaints.cases.intake import matched
from services.complaints.cases.owners import Owner
from services.complaints.cases.taking import Refused
from tests.services.complaints.cases.case_worlds import AGENT, HANDLER, MOBILE, VIN, binding

ME, SOMEBODY_ELSE = UUID(int=7), UUID(int=8)
OTHER_VIN = "LSGPC52U6AF109999"


def owner(follower=ME, **changes):
    values = {"follower_id": follower, "account": "main", "vehicle_id": UUID(int=70), "customer_id": "C1", "vin": VIN, "plate": "渝A12345"}
    return Owner(**{**values, "name": "张三", "mobile": MOBILE, "model": "雨燕", "dealer_code": "D001", **changes})


def test_who_calls_is_the_only_follower_with_their_number():
    found = matched(Complainant(name="张三", mobile=MOBILE), [owner(), owner(vin=OTHER_VIN)])

    assert (found.follower_id, found.account, found.matched, found.vehicle_id) == (ME, "main", True, None)


def test_their_car_is_known_where_it_is_one_of_theirs():
    found = matched(Complainant(mobile=MOBILE, vin=VIN.lower()), [owner(), owner(vin=OTHER_VIN, vehicle_id=UUID(int=71))])

    assert (found.vehicle_id, found.model_name, found.plate) == (UUID(int=70), "雨燕", "渝A12345")


def test_of_several_with_one_number_the_car_decides():
    cars = [owner(), owner(SOMEBODY_ELSE, vin=OTHER_VIN)]

    assert matched(Complainant(mobile=MOBILE, vin=OTHER_VIN), cars).follower_id == SOMEBODY_ELSE
    for unsure in (Complainant(mobile=MOBILE), Complainant(mobile=MOBILE, vin="LSGPC52U6AF100000")):
        assert matched(unsure, cars) == unsure


@pytest.mark.parametrize("written", [MOBILE, "+86 138-0013-8000"])
def test_whom_staff_took_in_hears_of_it_on_wechat(desk, written):
    desk.house.only_deliver(binding())
    case = desk.receive(mobile=written)

    news = next(one for one in desk.house.told() if isinstance(one, ComplaintReceived))

    assert (news.follower_id, news.account, news.vehicle_id) == (ME, "main", UUID(int=70))
    assert desk.case(case).complainant.matched


def test_a_number_that_is_bound_no_more_or_was_not_given_matches_nobody(desk):
    bound = binding()
    desk.house.only_deliver(bound)
    desk.house.only_deliver(CustomerUnregistered(**{**bound.model_dump(exclude={"version"}), "version": 2, "reason": "resigned"}))

    for changes in ({"mobile": MOBILE}, {"mobile": None}):
        assert desk.case(desk.receive(**changes)).complainant.follower_id is None


def test_a_match_may_be_undone_and_is_then_nobodys(desk):
    desk.house.only_deliver(binding())
    case = desk.receive(mobile=MOBILE)
    desk.house.told()

    desk.take(case, AGENT, Unmatch(reason="是其家人"))

    news, record = desk.house.told()
    assert (type(news), news.follower_id, news.account, news.said) == (ComplaintProgressed, None, "", "")
    assert record.step == "unmatch"
    who = desk.case(case).complainant
    assert (who.matched, who.vehicle_id, who.mobile, who.vin) == (False, None, MOBILE, VIN)
    with pytest.raises(Refused, match="not_matched"):
        desk.take(case, AGENT, Unmatch(reason="再次"))


def test_what_a_follower_sent_themselves_is_not_parted_from_them(desk):
    case = desk.submit()

    with pytest.raises(Refused, match="not_matched"):
        desk.take(case, HANDLER, Unmatch(reason="？"))


def linked(desk, case):
    return set(desk.case(case).linked)


def test_what_is_open_of_one_customer_is_linked_both_ways_as_it_comes_in(desk):
    first, stranger = desk.receive(mobile=MOBILE), desk.receive()
    desk.house.told()

    second = desk.receive(mobile="138 0013 8000")

    assert (linked(desk, first), linked(desk, second), linked(desk, stranger)) == ({second}, {first}, set())
    steps = [(one.complaint_id, one.step, one.role) for one in desk.house.told() if isinstance(one, RecordComplaintStep)]
    assert steps == [(second, "receive", "agent"), (second, "link", "system"), (first, "link", "system")]


def test_so_is_what_a_follower_sends_with_what_they_called_about(desk):
    desk.house.only_deliver(binding())
    called = desk.receive(mobile=MOBILE)

    sent = desk.submit()
    again = desk.submit()

    assert linked(desk, sent) == {called, again}
    assert linked(desk, called) == {sent, again}


def test_what_is_over_and_what_is_of_the_same_car_alone_is_not_linked(desk):
    over = desk.receive(mobile=MOBILE)
    desk.take(over, AGENT, Withdraw())
    other_number = desk.receive(mobile="13900139000")

    case = desk.receive(mobile=MOBILE)

    assert linked(desk, case) == linked(desk, other_number) == set()


def test_a_case_that_comes_again_is_linked_once(desk):
    first, second = desk.submit(), desk.submit()
    version = desk.case(second).version

    desk.submit(complaint_id=second)

    assert (desk.case(second).version, linked(desk, second)) == (version, {first})


def test_of_many_that_are_open_the_newest_are_linked(desk):
    ids = []
    for _ in range(8):
        desk.wait(minutes=1)
        ids.append(desk.receive(mobile=MOBILE))

    assert linked(desk, ids[-1]) == set(ids[2:7])
