"""The settings of complaints: what limits and working hours may be."""

import pytest
from pydantic import ValidationError

from chassis.settings import Complaints, Limits


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"working_hours": {"mon": (("08:30", "12:00"),)}}, "a key is a weekday"),
        ({"working_hours": {"1-5": (("13:30", "17:30"), ("08:30", "12:00"))}}, "in order"),
        ({"working_hours": {"1-5": (("8:30", "12:00"),)}}, "match pattern"),
        ({"working_hours": {}}, "some weekday has working time"),
        ({"limits": {"general": Limits()}}, "major, serious"),
        ({"warn_shares": (0.5, 1.2)}, "less than 1"),
        ({"warn_hours": (0,)}, "greater than 0"),
    ],
)
def test_what_no_limit_could_be_reckoned_by_is_refused(changed, said):
    with pytest.raises(ValidationError, match=said):
        Complaints(**changed)


def test_two_shifts_on_weekdays_and_one_on_saturday_are_taken():
    terms = Complaints(working_hours={"1-5": (("08:00", "12:00"), ("13:00", "00:00")), "6": (("09:00", "12:00"),)})

    assert len(terms.working_hours) == 2
