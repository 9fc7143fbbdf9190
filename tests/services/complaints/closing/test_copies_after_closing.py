"""Two copies of the service look at the same moment, on the database of production."""

import threading

import pytest

from contracts.complaints import ComplaintReopened, ComplaintSurveyRequested
from services.complaints.closing import falling_due
from tests.services.complaints.cases.case_worlds import Desk
from tests.services.complaints.closing.closings import closed, pending

CASES = 3


@pytest.fixture
def desk(place):
    place.create_schemas("complaints")
    return Desk(place.database_url.format(schema="complaints"))


@pytest.mark.parametrize(
    ("closing", "turn", "news"),
    [(closed, falling_due.ask, ComplaintSurveyRequested), (pending, falling_due.reopen_missed, ComplaintReopened)],
)
def test_what_falls_due_is_done_once_however_many_look(desk, closing, turn, news):
    cases = [closing(desk) for _ in range(CASES)]
    desk.wait(days=60)
    desk.house.told()
    start = threading.Barrier(3)

    def copy():
        start.wait()
        turn(desk.house.database, desk.service.terms, desk.now)

    copies = [threading.Thread(target=copy) for _ in range(3)]
    for one in copies:
        one.start()
    for one in copies:
        one.join()

    told = [one.complaint_id for one in desk.house.told() if isinstance(one, news)]
    assert sorted(told) == sorted(cases)
