"""Odd and hostile input: it is answered in words, leaks nothing, and means what it meant before."""

import re
from urllib.parse import quote
from uuid import uuid4

import pytest

from services.console.masking import masked
from services.console.mending import mend
from services.console.parked_filter import read, typed
from services.console.payloads import contract_of
from services.console.tables import harmless
from tests.services.console.workbench_seeds import DATA, TYPE, Holder, parked

HIDDEN = re.compile(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)">')
STORE = contract_of(TYPE)


@pytest.mark.parametrize("wanted", ["//[", "http://[", "//[::1", "//℀.example"])
def test_a_way_back_that_is_no_address_leads_to_the_beginning(console, wanted):
    answer = console.visitor().get(f"/language?to=en&back={quote(wanted)}")

    assert (answer.status_code, answer.headers["Location"]) == (303, "/console/")


@pytest.mark.parametrize(
    "query",
    [
        "until=9999-12-31",
        "since=0001-01-01T00:00:00%2B14:00",
        "until=9999-12-31T23:59:59-12:00",
    ],
)
def test_the_ends_of_the_calendar_are_no_filter(console, query):
    operator = console.login("operator")

    assert operator.get(f"/parked?{query}").status_code == 400
    assert operator.get(f"/jobs/new?order=drop&{query}").status_code == 400


@pytest.mark.parametrize("given", ["2026-03-09", "2026-03-09T10:30:00+00:00", "2026-03-09T16:00:00Z"])
def test_a_filter_that_is_sent_again_as_it_is_shown_stays_what_it_was(given):
    """A group's link names the moment; its page must not make another day of it."""
    first = read({"since": given, "until": given})

    again = read({"since": typed(first.since, 0), "until": typed(first.until, 1)})

    assert again == first


def test_a_day_goes_through_a_groups_link_and_the_form_unchanged(console, insight_store):
    insight_store.report(parked())
    operator = console.login("operator")

    link = re.search(r'href="/console(/parked\?[^"]*dealer_code[^"]*)"', operator.get("/parked?since=2026-03-01&until=2026-03-09").text)
    shown = operator.get(link.group(1).replace("&amp;", "&")).text

    assert 'type="date" name="until" value="2026-03-09"' in shown
    assert 'type="date" name="since" value="2026-03-01"' in shown


def test_a_group_without_any_cause_is_that_group_and_not_all(console, insight_store):
    bare = uuid4()
    insight_store.report(parked(), parked(bare).model_copy(update={"causes": ()}))

    shown = console.login("operator").get("/jobs/new?order=drop&kind=-").text

    assert dict(HIDDEN.findall(shown))["expected"] == "1"


@pytest.mark.parametrize("expected", ["9" * 400, "-" + "9" * 400, "9" * 5000, "", "ten"])
def test_a_count_that_is_none_is_told_so(console, expected):
    form = {"id": str(uuid4()), "order": "drop", "expected": expected, "per_second": "10"}

    assert console.login("operator").post("/jobs/new", form).status_code == 400


@pytest.mark.parametrize("typed_in", ["9" * 5000, "[" * 100_000])
def test_a_number_or_a_shape_without_an_end_is_off_contract_and_no_failure(typed_in):
    data = DATA | {"dealer_code": "D1", "items": {}}

    mended = mend(STORE, data, {"f.mileage_km": typed_in, "f.items": typed_in}, clear=True)

    assert mended.data is None
    assert mended.form.broken == 2


@pytest.mark.parametrize("name", ["13800138001", "王芳", "LSVAU2180N2183294", "a b", "渝A12345"])
def test_a_value_in_the_place_of_a_name_is_behind_dots(name):
    assert name not in str(masked(STORE, {**DATA, name: "x", "items": [{name: "y"}]}))


def test_a_field_that_no_contract_names_is_named_and_not_shown():
    assert masked(STORE, {"telephone": "13800138001"}) == {"telephone": "••••"}


def test_a_formula_in_full_width_signs_is_text_too():
    assert [harmless(f"{sign}1+1")[0] for sign in "＝＋－＠"] == ["'"] * 4


def test_what_is_not_shown_yet_leaves_no_line_and_what_is_shown_leaves_one(console, insight_store):
    message = uuid4()
    insight_store.report(parked(message))
    operator = console.login("operator")

    waiting = operator.post(f"/parked/{message}/clear", {"service": "dms"}, headers={"HX-Request": "true"}).text
    before = console.audited()
    Holder(insight_store, message).hand_over()
    operator.post(f"/parked/{message}/clear", {"service": "dms"}, headers={"HX-Request": "true"})

    assert "X-Console-Poll" in waiting  # asked again by the page, which is no sign of its reader
    assert operator.csrf in waiting
    assert (before, console.audited()) == ([], [("operator", "payload.shown", str(message))])


def test_a_job_whose_answer_was_lost_is_begun_once_by_a_second_press(console, insight_store):
    insight_store.report(parked(), parked())
    operator = console.login("operator")
    form = dict(HIDDEN.findall(operator.get("/jobs/new?order=redrive").text)) | {"per_second": "10"}
    insight_store.stop()

    answer = operator.post("/jobs/new", form)

    assert answer.status_code == 503
    assert dict(HIDDEN.findall(answer.text))["id"] == form["id"]
