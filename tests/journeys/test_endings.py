"""Every way an appointment may end: the follower is told it in the right words, and the DMS and CSC end in the right state."""

from datetime import datetime, time, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from tests.journeys.people import wait
from tests.journeys.world import World

CHINA = ZoneInfo("Asia/Shanghai")


TOO_FAR = (datetime.now(CHINA) + timedelta(days=120)).date().isoformat()


def a_day_too_near() -> str:
    """Today; before half past six in the morning the workshop could still prepare for that, so then yesterday."""
    now = datetime.now(CHINA)
    return (now if now.time() > time(6, 31) else now - timedelta(days=1)).date().isoformat()


@pytest.mark.parametrize("requested_date", [a_day_too_near(), TOO_FAR], ids=["near", "far"])
def test_a_day_too_near_or_too_far_is_turned_down_and_nobody_is_asked(world: World, requested_date: str):
    follower = world.a_follower()

    appointment = follower.book(requested_date=requested_date)
    wait("the follower is told", follower.told)
    world.at_rest()

    assert follower.told() == ["turned-down"]
    assert (world.dms.seen(appointment), world.csc.seen(appointment)) == ([], [])


def test_a_car_of_somebody_else_cannot_be_booked_for(world: World):
    follower, other = world.a_follower(), world.a_follower()

    answer = follower.post(follower.form(vehicle_id=other.phone["vehicle_id"]))

    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_car")


def test_a_car_that_is_nobodys_is_turned_down(world: World):
    """The page may know less than the house does, so it is for the house to say."""
    follower = world.a_follower()

    appointment = follower.book(vehicle_id=str(uuid4()))
    wait("the follower is told", follower.told, 30)

    assert follower.messages()[0]["content"]["thing5"] == "该车辆未绑定到您的账号"
    assert world.dms.seen(appointment) == []


@pytest.mark.parametrize(("dealer", "why"), [("D999", "该服务商不接受预约"), ("CLOSED", "该服务商当天休息")])
def test_a_dealer_the_dms_does_not_take_is_turned_down(world: World, dealer: str, why: str):
    follower = world.a_follower()

    appointment = follower.book(dealer_code=dealer)
    wait("the follower is told", follower.told)
    world.at_rest()

    assert follower.told() == ["turned-down"]
    assert follower.messages()[0]["content"]["thing5"] == why
    assert (world.state_at_dms(appointment), world.csc.seen(appointment)) == ("", [])


def test_a_no_of_the_dms_after_the_slip_takes_the_confirmation_back(world: World):
    follower = world.a_follower()
    appointment = follower.book()
    world.dcrc.agree(appointment)
    wait("the follower has the confirmation", follower.told)

    world.dms.ask("POST", f"/desk/appointments/{appointment}/reject", json={"reason": "closed_day"})
    wait("the follower is told", lambda: len(follower.told()) == 2)
    world.at_rest()

    assert follower.told() == ["confirmed", "turned-down"]
    assert (world.state_at_dms(appointment), world.state_at_csc(appointment)) == ("rejected", "closed")
    assert [slip["state"] for slip in world.csc.records("slips", appointment)] == ["cancelled"]


def test_five_calls_in_vain_make_a_follower_unreachable(world: World):
    follower = world.a_follower()
    appointment = follower.book()

    for result in ("no_answer", "busy", "switched_off", "no_answer"):
        world.dcrc.call(appointment, result)
    world.at_rest()
    before = follower.told()
    world.dcrc.call(appointment, "wrong_number")
    wait("the follower is told", follower.told)
    world.at_rest()

    assert (before, follower.told()) == ([], ["unreachable"])
    assert (world.state_at_dms(appointment), world.state_at_csc(appointment)) == ("cancelled", "closed")


def test_whom_a_call_reached_is_not_given_up(world: World):
    follower = world.a_follower()
    appointment = follower.book()

    for result in ("no_answer", "reached", "no_answer", "no_answer", "no_answer", "no_answer", "no_answer"):
        world.dcrc.call(appointment, result)
    world.dcrc.agree(appointment)
    wait("the follower has the confirmation", follower.told)
    world.at_rest()

    assert follower.told() == ["confirmed"]


def test_who_declines_on_the_phone_is_told_so(world: World):
    follower = world.a_follower()
    appointment = follower.book()

    world.dcrc.decline(appointment)
    wait("the follower is told", follower.told)
    world.at_rest()

    assert follower.told() == ["declined"]
    assert (world.state_at_dms(appointment), world.state_at_csc(appointment)) == ("cancelled", "declined")


def test_withdrawn_before_the_call_closes_the_task(world: World):
    follower = world.a_follower()
    appointment = follower.book()
    world.dcrc.task(appointment)

    follower.withdraw(appointment)
    follower.withdraw(appointment)
    wait("the follower is told", follower.told)
    world.at_rest()

    assert follower.told() == ["withdrawn"]
    assert (world.state_at_dms(appointment), world.state_at_csc(appointment)) == ("cancelled", "closed")


def test_cancelled_after_the_confirmation_voids_the_slip(world: World):
    follower = world.a_follower()
    appointment = follower.book()
    world.dcrc.agree(appointment)
    wait("the follower has the confirmation", follower.told)

    follower.withdraw(appointment)
    wait("the follower is told", lambda: len(follower.told()) == 2)
    world.at_rest()

    assert follower.told() == ["confirmed", "cancelled"]
    assert (world.state_at_dms(appointment), world.state_at_csc(appointment)) == ("cancelled", "closed")
    assert [slip["state"] for slip in world.dms.records("slips", appointment)] == ["cancelled"]
    assert [slip["state"] for slip in world.csc.records("slips", appointment)] == ["cancelled"]


def test_a_slip_that_csc_cancels_ends_the_appointment(world: World):
    follower = world.a_follower()
    appointment = follower.book()
    slip = world.dcrc.agree(appointment)
    wait("the follower has the confirmation", follower.told)

    world.dcrc.cancel_slip(slip["slip_id"], "dealer_asked")
    wait("the follower is told", lambda: len(follower.told()) == 2)
    world.at_rest()

    assert follower.told() == ["confirmed", "cancelled"]
    assert world.state_at_dms(appointment) == "cancelled"


def test_another_day_agreed_on_is_another_slip_and_another_confirmation(world: World):
    follower = world.a_follower()
    appointment = follower.book()
    world.dcrc.agree(appointment)
    wait("it is notified", lambda: world.told(appointment, "appointment.notified"))

    world.dcrc.agree(appointment, appointment_at="2031-05-06T14:00:00+08:00")
    wait("the follower is told", lambda: len(follower.told()) == 2)
    world.at_rest()

    assert [slip["version"] for slip in world.dms.records("slips", appointment)] == [2]
    assert [message["content"]["date2"] for message in follower.messages()][-1] == "2031年5月6日 14:00"
    wait("it is notified of the second slip", lambda: len(world.told(appointment, "appointment.notified")) == 2)


def test_who_left_the_account_hears_of_it_by_text_message_and_the_story_goes_on(world: World):
    follower = world.a_follower()
    appointment = follower.book()
    world.dcrc.task(appointment)
    world.wechat.ask("POST", f"/control/followers/{follower.openid}/unfollow", json={})

    world.dcrc.agree(appointment)
    wait("it is notified", lambda: world.told(appointment, "appointment.notified"))
    world.at_rest()

    assert follower.told() == []
    (text,) = world.texts_to(follower.phone["mobile"])
    assert "已确认" in text
    assert len(world.dms.records("slips", appointment)) == 1
