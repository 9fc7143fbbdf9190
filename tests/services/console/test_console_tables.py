"""Tables as values: shown, sorted, paged, and exported without a formula in them."""

import csv
import io
import zipfile
from datetime import UTC, datetime
from types import SimpleNamespace
from uuid import UUID

import pytest
from flask import Flask

from contracts.ops import Cause
from services.console.tables import Column, State, Table, harmless

ROW_ID = UUID("11111111-2222-4333-8444-555555555555")
COLUMNS = (
    Column("name", "名称", "Name", lambda row: row.name),
    Column("depth", "深度", "Depth", lambda row: row.depth, "number"),
    Column("wait", "等待", "Wait", lambda row: row.wait, "seconds"),
    Column("note", "备注", "Note", lambda row: "", hidden=True),
)


def a_row(name="dms", depth=1, wait=2.5):
    return SimpleNamespace(name=name, depth=depth, wait=wait)


def table(rows=(), query="", columns=COLUMNS, **more):
    """As in a request for /things with this query."""
    with Flask("things").test_request_context(f"/things?{query}"):
        return Table("things", columns, rows, **more)


def exported(shown):
    with Flask("things").test_request_context("/things"):
        return b"".join(shown.export().response)


def sheet(shown):
    with zipfile.ZipFile(io.BytesIO(exported(shown))) as file:
        return file.read("xl/worksheets/sheet1.xml").decode()


def names(shown):
    return [row.name for row in shown.rows]


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("name", ["csc", "dms", "sms"]),
        ("-depth", ["dms", "csc", "sms"]),
        ("depth", ["csc", "dms", "sms"]),
        ("nothing", ["dms", "sms", "csc"]),
    ],
)
def test_a_table_is_sorted_as_the_query_says_and_what_is_not_known_stands_last(sort, order):
    rows = [a_row("dms", 20), a_row("sms", None), a_row("csc", 3)]

    assert names(table(rows, f"sort={sort}")) == order


def test_the_first_click_on_numbers_shows_the_most_and_the_second_turns_it_round():
    shown = table([a_row()], "service=dms")

    first = shown.sort_url(COLUMNS[1])
    second = table([a_row()], first.partition("?")[2]).sort_url(COLUMNS[1])

    assert (first, second) == ("/things?service=dms&sort=-depth", "/things?service=dms&sort=depth")


def test_a_page_of_a_longer_list_is_not_sorted_here():
    shown = table([a_row("sms"), a_row("csc")], "sort=name", next="17")

    assert (names(shown), shown.sortable, shown.next_url()) == (["sms", "csc"], False, "/things?sort=name&after=17")


def test_only_the_chosen_columns_are_there_in_their_order():
    assert [column.key for column in table(query="cols=wait&cols=name").chosen] == ["name", "wait"]
    assert [column.key for column in table(query="cols=nothing").chosen] == ["name", "depth", "wait"]


def test_an_export_has_every_row_and_the_columns_that_are_seen():
    rows = [a_row(f"s{number}", number) for number in range(450)]

    text = exported(table(rows[:50], "cols=name&cols=depth&format=csv", next="50", all_rows=lambda: rows)).decode("utf-8-sig")

    lines = list(csv.reader(io.StringIO(text)))
    assert (lines[0], lines[1], lines[450]) == (["名称", "深度"], ["s0", "0"], ["s449", "449"])


def test_a_csv_says_to_excel_that_it_is_utf_8():
    assert exported(table([a_row("预约")], "format=csv")).startswith(b"\xef\xbb\xbf")


def test_units_stand_in_the_head_and_values_are_bare():
    text = exported(table([a_row(wait=2.5)], "format=csv")).decode("utf-8-sig")

    assert text.splitlines() == ["名称,深度,等待 (s)", "dms,1,2.5"]


def test_ids_times_states_and_causes_have_a_form_for_files():
    row = SimpleNamespace()
    columns = (
        Column("id", "编号", "Id", lambda _: ROW_ID, "id"),
        Column("at", "时间", "At", lambda _: datetime(2026, 3, 9, 10, 30, tzinfo=UTC), "time"),
        Column("state", "状态", "State", lambda _: State("late", ("滞留", "parked")), "state"),
        Column("causes", "原因", "Causes", lambda _: (Cause(kind="contract", field="vin", rule="missing"),), "causes"),
    )

    text = exported(table([row], "format=csv", columns)).decode("utf-8-sig")

    assert text.splitlines()[1] == f"{ROW_ID},2026-03-09 18:30:00,滞留,不符合契约 vin missing"


FORMULAS = ['=HYPERLINK("http://evil")', "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1"]


@pytest.mark.parametrize("formula", FORMULAS)
def test_what_a_spreadsheet_would_take_for_a_formula_is_text_in_both_files(formula):
    (_, line) = csv.reader(io.StringIO(exported(table([a_row(formula)], "format=csv")).decode("utf-8-sig"), newline=""))
    in_sheet = sheet(table([a_row(formula)], "format=xlsx"))

    assert line[0] == f"'{formula}"
    assert "<f>" not in in_sheet
    assert "HYPERLINK" not in in_sheet or "'=HYPERLINK" in in_sheet


def test_a_formula_in_causes_or_in_the_head_is_text_too():
    columns = (Column("=cmd", "=cmd()", "=cmd()", lambda _: ("=cmd()",), "causes"),)

    text = exported(table([a_row()], "format=csv", columns)).decode("utf-8-sig")

    assert text.splitlines() == ["'=cmd()", "'=cmd()"]


def test_a_number_below_zero_stays_a_number():
    assert "-5" in exported(table([a_row(depth=-5)], "format=csv")).decode()
    assert "<v>-5</v>" in sheet(table([a_row(depth=-5)], "format=xlsx"))


def test_what_is_too_long_for_a_cell_is_cut():
    assert len(harmless("x" * 100_000)) == 32_000


@pytest.mark.parametrize("format", ["", "format=pdf"])
def test_without_a_known_format_there_is_no_file(format):
    assert table([a_row()], format).export() is None
