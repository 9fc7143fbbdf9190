"""What becomes of a booking after it is made: another day, another dealer, a visit or none, a last place; and what the page says of it."""

from datetime import UTC, datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

import eventlet
import pytest

from tests.journeys.newcomers import shown_state
from tests.journeys.people import Follower, Record, wait
from tests.journeys.world import World

CHINA = ZoneInfo("Asia/Shanghai")
_days = count(20)


def a_day(ahead: int | None = None) -> str:
    """One that no other journey uses, unless it is said which."""
    return (datetime.now(CHINA) + timedelta(days=next(_days) if ahead is None else ahead)).date().isoformat()


def at_dms(world: World, appointment: str) -> Record:
    (record,) = world.dms.records("appointments", appointment)
    return record


def shown(follower: Follower, appointment: str) -> str:
    """The page, which agrees with what its script hears."""
    for _ in range(20):
        page, heard = follower.page(f"/appointments/{appointment}"), follower.status(appointment)["state"]
        if shown_state(page) in ("", heard):
            return page
    raise AssertionError(f"the page shows {shown_state(page)}, its script hears {heard}")


def test_the_page_says_at_each_step_how_it_stands(world: World):
    follower = world.a_follower()
    world.dms.misbehave({"mode": "down"})
    appointment = follower.book()
    try:
        wait("the DMS was asked in vain", lambda: world.dms.seen(appointment))
        follower.await_state(appointment, "requested")
        waiting = shown(follower, appointment)
    finally:
        world.dms.behave()

    follower.await_state(appointment, "to_call")
    to_call = shown(follower, appointment)
    world.dcrc.call(appointment, "no_answer")
    wait("the page tells of the call", lambda: "没有打通" in shown(follower, appointment))
    world.dcrc.agree(appointment)
    follower.await_state(appointment, "notified")
    booked = shown(follower, appointment)
    follower.withdraw(appointment)
    follower.await_state(appointment, "cancelled")
    world.at_rest()

    assert "等服务店来电确认" in waiting
    assert "DMS-" not in waiting
    assert at_dms(world, appointment)["dms_no"] in to_call
    assert "预约成功" in booked
    assert "预约已取消" in shown(follower, appointment)
    assert follower.told() == ["confirmed", "cancelled"]


def test_a_slip_that_the_dms_cannot_take_yet_is_confirmed_once_it_has_it(world: World):
    follower = world.a_follower()
    appointment = follower.book()
    world.dcrc.task(appointment)
    follower.await_state(appointment, "to_call")
    world.dms.misbehave({"mode": "down", "path": "/api/v1/slips"})
    try:
        world.dcrc.agree(appointment)
        wait("the DMS was asked in vain", lambda: world.dms.seen(appointment, "PUT", "/api/v1/slips"))
        before = (follower.status(appointment)["state"], shown(follower, appointment), follower.told())
    finally:
        world.dms.behave()
    follower.await_state(appointment, "notified")
    world.at_rest()

    assert before[0] == "to_call"
    assert "预约成功" not in before[1], "nothing is promised that the dealer does not know of"
    assert (before[2], follower.told()) == ([], ["confirmed"])


def test_while_csc_is_down_the_page_promises_no_more_than_a_call(world: World):
    follower = world.a_follower()
    world.csc.misbehave({"mode": "down"})
    appointment = follower.book()
    try:
        wait("CSC was asked in vain", lambda: world.csc.seen(appointment))
        before = (follower.status(appointment)["state"], shown(follower, appointment))
    finally:
        world.csc.behave()
    follower.await_state(appointment, "to_call")
    world.at_rest()

    assert before[0] == "requested"
    assert "等服务店来电确认" in before[1]


def test_another_day_is_asked_for_called_about_and_confirmed_anew(world: World):
    follower, first, second = world.a_follower(), a_day(), a_day()
    appointment = follower.book(requested_date=first)
    world.dcrc.agree(appointment)
    follower.await_state(appointment, "notified")

    follower.move(appointment, second, "09:00-10:00")
    follower.await_state(appointment, "rescheduled")
    moving = shown(follower, appointment)
    wait("CSC is asked to call again", lambda: world.state_at_csc(appointment) == "open")
    still = world.dms.records("slips", appointment)[0]["record"]["appointment_at"]
    world.dcrc.agree(appointment)
    follower.await_state(appointment, "notified")
    world.at_rest()

    assert "仍然有效" in moving
    assert still.startswith(first)
    record = at_dms(world, appointment)
    assert (record["requested_date"], record["slot"], record["request_no"]) == (second, "09:00-10:00", 2)
    (slip,) = world.dms.records("slips", appointment)
    assert (slip["version"], slip["record"]["appointment_at"][:16]) == (2, f"{second}T09:00")
    assert follower.told() == ["confirmed", "confirmed"]


def test_another_day_that_is_full_leaves_everything_as_it_was(world: World):
    follower, first, full = world.a_follower(), a_day(), a_day()
    world.staff.set_capacity("D004", full, 0)
    appointment = follower.book(requested_date=first, dealer_code="D004")
    world.dcrc.agree(appointment)
    follower.await_state(appointment, "notified")
    wait("the page knows", lambda: [one["left"] for one in places(follower, "D004", full)] == [0])

    follower.move(appointment, full)
    wait("the page says why not", lambda: "已约满" in shown(follower, appointment))
    world.at_rest()

    assert follower.status(appointment) | {"version": 0} == {"id": appointment, "version": 0, "state": "notified", "wanted": ""}
    assert (at_dms(world, appointment)["request_no"], world.state_at_csc(appointment)) == (1, "closed")
    assert follower.told() == ["confirmed"]


def places(follower: Follower, dealer: str, day: str) -> list[Record]:
    return list(follower.open(f"/api/places?dealer={dealer}&from={day}&days=1").json()["places"])


def test_of_two_who_want_the_last_place_one_gets_it_and_the_place_comes_back(world: World):
    rivals, day = [world.a_follower(), world.a_follower()], a_day()
    world.staff.set_capacity("D005", day, 1)
    wait("the pages know", lambda: [one["left"] for one in places(rivals[0], "D005", day)] == [1])

    booked = list(eventlet.GreenPool().imap(lambda one: one.book(requested_date=day, dealer_code="D005"), rivals))
    ended = [one.await_state(id, "to_call", "rejected") for one, id in zip(rivals, booked, strict=True)]
    wait("the place is taken", lambda: [one["left"] for one in places(rivals[0], "D005", day)] == [0])
    winner, loser = (rivals, booked) if ended[0] == "to_call" else (rivals[::-1], booked[::-1])
    refused = winner[1], loser[1]
    wait("who came too late is told", refused[0].told)
    winner[0].withdraw(loser[0])
    wait("the place is free", lambda: [one["left"] for one in places(rivals[0], "D005", day)] == [1])
    again = refused[0].book(requested_date=day, dealer_code="D005")
    refused[0].await_state(again, "to_call")
    world.at_rest()

    assert sorted(ended) == ["rejected", "to_call"]
    assert refused[0].told() == ["turned-down"]
    assert "刚刚约满" in shown(refused[0], refused[1])
    assert world.dms.seen(refused[1]) == []


def test_of_eight_at_once_no_more_get_a_place_than_there_are(world: World):
    followers, day = [world.a_follower() for _ in range(8)], a_day()
    world.staff.set_capacity("D006", day, 3)
    wait("the pages know", lambda: [one["left"] for one in places(followers[0], "D006", day)] == [3])

    booked = list(eventlet.GreenPool().imap(lambda one: one.book(requested_date=day, dealer_code="D006"), followers))
    ended = [one.await_state(id, "to_call", "rejected") for one, id in zip(followers, booked, strict=True)]
    world.at_rest()

    assert sorted(ended) == ["rejected"] * 5 + ["to_call"] * 3
    assert sum(bool(world.dms.records("appointments", one)) for one in booked) == 3


def test_agreed_to_go_elsewhere_it_goes_on_at_the_other_dealer(world: World):
    follower, day = world.a_follower(), a_day()
    old = follower.book(requested_date=day)

    world.dcrc.transfer(old, "D002")
    follower.await_state(old, "transferred")
    wait("the follower is told once", lambda: follower.told() == ["transferred"])
    new = follower.messages()[0]["url"].rpartition("/")[2]
    follower.await_state(new, "to_call")
    world.dcrc.agree(new)
    follower.await_state(new, "notified")
    world.at_rest()

    assert new != old
    assert f"/m/appointments/{new}" in shown(follower, old)
    assert (world.state_at_dms(old), world.state_at_csc(old)) == ("cancelled", "closed")
    assert (at_dms(world, new)["record"]["dealer_code"], at_dms(world, new)["record"]["requested_date"]) == ("D002", day)
    assert follower.told() == ["transferred", "confirmed"]
    assert "重庆江北嘉程" in follower.messages()[0]["content"]["thing3"]


def test_who_takes_back_what_went_elsewhere_takes_it_back_there(world: World):
    follower = world.a_follower()
    old = follower.book(requested_date=a_day())
    world.dcrc.transfer(old, "D002")
    wait("the follower is told", follower.told)
    new = follower.messages()[0]["url"].rpartition("/")[2]

    follower.withdraw(old)
    follower.await_state(new, "withdrawn")
    world.at_rest()

    assert (world.state_at_dms(old), world.state_at_dms(new)) == ("cancelled", "cancelled")
    assert follower.told() == ["transferred", "withdrawn"]


@pytest.mark.parametrize("named", [True, False], ids=["the adviser says which", "by car and day"])
def test_a_visit_is_shown_and_told_to_both(world: World, *, named: bool):
    newcomer = world.a_newcomer()
    vin = world.staff.sell(newcomer.person)
    newcomer.register(vin)
    follower = newcomer.follower()
    appointment = follower.book()
    world.dcrc.agree(appointment, appointment_at=datetime.now(UTC).isoformat())
    follower.await_state(appointment, "notified")

    visit = world.staff.arrive(**({"appointment_id": appointment} if named else {"vin": vin, "dealer_code": "D001"}))
    follower.await_state(appointment, "arrived")
    arrived = shown(follower, appointment)
    world.staff.close_visit(visit)
    follower.await_state(appointment, "completed")
    world.at_rest()

    assert "您的车已到店" in arrived
    assert "本次服务已完成" in shown(follower, appointment)
    assert at_dms(world, appointment)["outcome"] == "completed"
    assert world.csc.records("tasks", appointment)[0]["outcome"] == "completed"
    assert follower.told() == ["confirmed"]


def test_shortly_before_it_nobody_can_take_it_back_or_move_it(world: World):
    follower = world.a_follower()
    appointment = follower.book()
    world.dcrc.agree(appointment, appointment_at=(datetime.now(UTC) + timedelta(hours=1)).isoformat())
    follower.await_state(appointment, "notified")
    page = shown(follower, appointment)

    follower.withdraw(appointment)
    wait("the page says so", lambda: "离到店时间太近" in shown(follower, appointment))
    follower.move(appointment, a_day())
    wait("and of the other day too", lambda: follower.status(appointment)["wanted"] == "")
    world.at_rest()

    assert "data-ask" not in page
    assert follower.open(f"/appointments/{appointment}/reschedule").status_code == 302
    assert follower.status(appointment)["state"] == "notified"
    assert (world.state_at_dms(appointment), world.state_at_csc(appointment)) == ("stored", "closed")
    assert follower.told() == ["confirmed"]


@pytest.mark.faults
@pytest.mark.parametrize("world", ["embedded"], indirect=True)
def test_who_does_not_come_is_noted_and_a_visit_told_late_sets_it_right(world: World):
    """The slip's day is past, so that the clock need not be turned; absences are looked for every minute."""
    newcomer = world.a_newcomer()
    vin = world.staff.sell(newcomer.person)
    newcomer.register(vin)
    follower = newcomer.follower()
    appointment = follower.book()
    day = datetime.now(UTC) - timedelta(days=2)
    world.dcrc.agree(appointment, appointment_at=day.isoformat())

    follower.await_state(appointment, "no_show", seconds=90)
    missed, outcome = shown(follower, appointment), wait("the DMS has it", lambda: at_dms(world, appointment)["outcome"])
    world.staff.arrive(appointment_id=appointment)
    follower.await_state(appointment, "arrived")
    world.at_rest()

    assert "您当天没有到店" in missed
    assert outcome == "no_show"
    assert at_dms(world, appointment)["outcome"] == "arrived"
    assert follower.told() == ["confirmed"]
