"""The table, the JSON that others read, the Markdown for the documentation."""

import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from bench.figures import Unmeasured, against, alone
from bench.table import cells, markdown, number, print_table, write_json

BESIDE = against("callback", [1500.0], [1000.0], "FastAPI", unit="/s", goal=1.0, better="higher")
MISSED = alone("booking, p50", 142.4, unit="ms", goal=100.0, better="lower")
PART = alone("· the DMS answers", 7.72, unit="ms", goal=None, better="lower")


def test_the_json_has_the_agreed_keys_and_nothing_else(tmp_path: Path):
    write_json([BESIDE, PART], tmp_path / "out" / "latest.json")

    beside, part = json.loads((tmp_path / "out" / "latest.json").read_text())
    assert beside == {
        "work": "callback",
        "ours": 1500.0,
        "peer": 1000.0,
        "peer_name": "FastAPI",
        "unit": "/s",
        "ratio": 1.5,
        "goal": 1.0,
        "better": "higher",
    }
    assert (part["peer"], part["peer_name"], part["ratio"], part["goal"]) == (None, "", None, None)


def test_a_row_says_whether_its_goal_is_met():
    assert cells(BESIDE) == ("callback", "1,500 /s", "1,000", "FastAPI", "1.50", "≥ 1 ×", "met")
    assert cells(MISSED) == ("booking, p50", "142 ms", "", "", "", "≤ 100", "MISSED")
    assert cells(PART)[-2:] == ("", "")


@pytest.mark.parametrize(("value", "said"), [(1234.5, "1,234"), (56.78, "56.8"), (0.1234, "0.123"), (0.0, "0")])
def test_numbers_have_the_digits_that_say_something(value: float, said: str):
    assert number(value) == said


def test_the_table_shows_misses_and_what_could_not_be_measured():
    shown = io.StringIO()

    print_table([BESIDE, MISSED], [Unmeasured("memory", "the house did not start")], Console(file=shown, width=120))

    assert "MISSED" in shown.getvalue()
    assert "not measured memory: the house did not start" in shown.getvalue()


def test_the_documentation_gets_the_same_cells():
    assert markdown([BESIDE]).splitlines()[-1] == "| callback | 1,500 /s | 1,000 | FastAPI | 1.50 | ≥ 1 × | met |"
