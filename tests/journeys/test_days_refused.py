"""The DMS will not have a booking on the day that the follower would rather come."""

from tests.journeys.people import wait
from tests.journeys.test_bookings import a_day, at_dms, shown
from tests.journeys.world import World


def test_the_first_day_stands_the_page_says_so_and_the_line_goes_on(world: World):
    follower = world.a_follower()
    first, other = a_day(), a_day()
    appointment = follower.book(requested_date=first)
    follower.await_state(appointment, "to_call")
    world.dms.misbehave({"mode": "refusing", "code": "closed_day", "times": 1, "path": f"/api/v1/appointments/{appointment}/day"})

    follower.move(appointment, other)
    wait("the page says why", lambda: "您想改的那天服务店休息" in shown(follower, appointment))
    wait("CSC heard of both days", lambda: len(world.csc.seen(appointment, path=f"/api/v1/call-tasks/{appointment}/reopen")) == 2)
    world.dcrc.agree(appointment)
    follower.await_state(appointment, "notified")
    world.at_rest()

    assert at_dms(world, appointment)["requested_date"] == first
    (slip,) = world.dms.records("slips", appointment)
    assert slip["record"]["appointment_at"].startswith(first)
