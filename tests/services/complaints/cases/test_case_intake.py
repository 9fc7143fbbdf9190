"""What comes in becomes a case, once, with a number and a time by which the customer hears more (A-CMP-01, 04, 35)."""

from uuid import UUID, uuid4

import pytest

from chassis.errors import Unavailable
from contracts.complaint_exchange import RecordComplaintStep
from contracts.complaint_words import Channel, DeadlineKind, Kind, Role, State
from contracts.complaints import ComplaintReceived
from tests.services.complaints.cases.case_worlds import AGENT, DEALER, MOBILE, VIN, binding, listed, submission


def test_a_followers_complaint_is_acknowledged_with_a_number_and_a_time(desk):
    message = submission()

    news, record = desk.house.deliver(message)

    assert isinstance(news, ComplaintReceived)
    assert (news.number, news.version, news.follower_id) == ("TS2611230001", 1, message.follower_id)
    assert news.expected_at == desk.case(message.complaint_id).deadlines[0].due_at > desk.now
    assert isinstance(record, RecordComplaintStep)
    assert (record.step, record.role, record.text, record.state) == ("receive", Role.CUSTOMER, "新车漏雨", State.RECEIVED)


def test_a_submission_that_comes_again_is_no_second_case_and_tells_nothing(desk):
    message = submission()
    desk.house.deliver(message)

    assert desk.house.deliver(message) == []


def test_numbers_of_a_day_follow_each_other_and_begin_anew_the_next_day_in_shanghai(desk):
    first, second = desk.submit(), desk.submit()
    desk.wait(hours=14)  # midnight in Shanghai
    third = desk.submit()

    assert [desk.case(one).number for one in (first, second, third)] == ["TS2611230001", "TS2611230002", "TS2611240001"]


def test_who_wants_something_complains_and_who_does_not_wants_to_be_heard(desk):
    with_demand, without = desk.submit(demand="换天窗"), desk.submit(demand="")

    assert desk.case(with_demand).kind is Kind.COMPLAINT
    assert desk.case(without).kind is Kind.GRIEVANCE


def test_of_a_follower_who_has_bound_a_car_all_is_known(desk):
    desk.house.deliver(binding())

    who = desk.case(desk.submit(vehicle_id=UUID(int=70))).complainant

    assert (who.name, who.mobile, who.customer_id, who.vin, who.model_name) == ("张三", MOBILE, "C1", VIN, "雨燕")


def test_a_car_of_somebody_else_is_not_taken_for_theirs(desk):
    desk.house.deliver(binding(follower_id=UUID(int=8)))
    message = submission(vehicle_id=UUID(int=70))
    with pytest.raises(Unavailable):
        desk.house.deliver(message)

    desk.house.deliver(message, attempt=2)

    who = desk.case(message.complaint_id).complainant
    assert (who.vehicle_id, who.vin, who.name) == (None, "", "")


def test_what_a_dealer_passes_on_came_through_that_dealer_and_is_about_them(desk):
    desk.house.deliver(listed("D001", "EAST"))

    case = desk.case(desk.receive(by=DEALER, source_dealer="D009"))

    assert (case.channel, case.source_dealer, case.dealer_code, case.region_code) == (Channel.DEALER, "D001", "D001", "EAST")
    assert case.assigned_at is None


def test_media_and_institutions_are_marked_by_their_channel(desk):
    media, institution = desk.case(desk.receive(channel=Channel.MEDIA)), desk.case(desk.receive(channel=Channel.INSTITUTION))

    assert (media.media, media.institution) == (True, False)
    assert (institution.media, institution.institution) == (False, True)


def test_the_first_reply_is_due_from_reception(desk):
    (limit,) = desk.case(desk.receive(by=AGENT)).deadlines

    assert (limit.kind, limit.started_at, limit.minutes) == (DeadlineKind.FIRST_REPLY, desk.now, 120)


def test_a_case_is_read_as_it_was_written(desk):
    complaint_id = uuid4()
    desk.house.deliver(binding())
    desk.house.deliver(submission(complaint_id=complaint_id, vehicle_id=UUID(int=70)))

    case = desk.case(complaint_id)

    assert case == desk.case(complaint_id)
    assert case.text == "新车漏雨"
