"""docs/complaints.md draws the state machine as the table has it."""

import re

import pytest

from chassis.settings import Complaints
from contracts.complaint_figures import ComplaintSums
from contracts.complaint_words import DeadlineKind, State
from launcher.documents.complaint_states import diagram, table
from launcher.house import ROOT
from services.complaints.cases.steps import TABLE, leads

PAGE = (ROOT / "docs" / "complaints.md").read_text(encoding="utf-8")
ARROW = re.compile(r"^ +(\S+) --> (\S+?)(?::|$)", re.MULTILINE)


@pytest.mark.parametrize("drawn", [f"```mermaid\n{diagram()}\n```", table()], ids=["picture", "list"])
def test_the_page_has_what_the_table_says(drawn):
    assert drawn in PAGE


def test_the_picture_has_every_state_and_every_move():
    arrows = {(source, re.sub(r"^(where_it_stood)_\w+", r"\1", target)) for source, target in ARROW.findall(diagram())}
    moves = {(state, to) for step in TABLE for state in State for to in leads(step, state) - {state}}

    undrawn = {
        (state, to)
        for state, to in moves
        if not arrows & {(source, target) for source in (state.value, "any_open") for target in (to.value, "where_it_stood")}
    }
    assert undrawn == set()
    assert {name for arrow in arrows for name in arrow} >= {state.value for state in State}


def test_the_figures_and_settings_that_it_names_are_there():
    named = set(re.findall(r"`([a-z_]+)`", PAGE))

    assert {kind.value for kind in DeadlineKind} <= named
    assert {"warn_shares", "warn_hours", "auto_escalate", "freeze_on_day"} <= named & set(Complaints.model_fields)
    assert {"escalated", "reopened", "closed"} <= named & set(ComplaintSums.model_fields)


def test_every_requirement_of_complaints_is_named_with_code_and_tests_that_are_there():
    rows = [row.split(" | ") for row in re.findall(r"^\| (A-.*) \|$", PAGE, re.MULTILINE)]
    named = {f"{chapter}-{number:02d}" for requirement, *_ in rows for chapter, number in _each(requirement)}

    assert named == {f"CMP-{number:02d}" for number in range(1, 39)} | {f"GEN-{number:02d}" for number in range(2, 12)}
    for _, _, code, tests in rows:
        assert re.findall(r"`([^`]+)`", code)
        assert re.findall(r"`([^`]+)`", tests)
        for place, cell in (("services/complaints", code), ("tests/services/complaints", tests)):
            assert [name for name in re.findall(r"`([^`]+)`", cell) if not (ROOT / place / name).is_file()] == []


def _each(requirement):
    """`A-CMP-14, 19..23`: chapter and number of each."""
    _, chapter, numbers = requirement.split("-", 2)
    for part in numbers.split(", "):
        first, _, last = part.partition("..")
        yield from ((chapter, number) for number in range(int(first), int(last or first) + 1))
