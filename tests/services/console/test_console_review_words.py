"""What operators write: it is kept as they wrote it, beside what others wrote, and holds nobody's numbers."""

from uuid import uuid4

import pytest

from contracts.ops import DropParked
from tests.services.console.test_console_jobs import asked
from tests.services.console.workbench_seeds import DATA, asking, envelope_of, held

HIDDEN_VALUES = ("13800138001", "LSVAU2180N2183294", "渝A12345")


def item(insight_store, message):
    return asking(insight_store).parked_one(message).parked[0]


def test_what_two_write_at_once_into_different_fields_stays(console, insight_store):
    message = held(insight_store, uuid4())
    seen = {"service": "dms", "was_owner": "", "was_status": "new", "was_note": "", "owner": "", "status": "new", "note": ""}

    console.login("operator").post(f"/parked/{message}/care", seen | {"note": "the dealer calls back"})
    console.login("administrator").post(f"/parked/{message}/care", seen | {"status": "looking", "owner": "liu"})

    kept = item(insight_store, message)
    assert (kept.owner, kept.status, kept.note) == ("liu", "looking", "the dealer calls back")


def test_the_form_brings_what_it_showed(console, insight_store):
    message = held(insight_store, uuid4())
    operator = console.login("operator")
    operator.post(f"/parked/{message}/care", {"service": "dms", "owner": "liu", "status": "looking", "note": "one\r\ntwo"})

    shown = operator.get(f"/parked/{message}?service=dms").text

    assert all(
        f'name="was_{name}" value="{value}"' in shown for name, value in (("owner", "liu"), ("status", "looking"), ("note", "one\ntwo"))
    )


def test_a_note_can_be_taken_away_again(console, insight_store):
    message = held(insight_store, uuid4())
    operator = console.login("operator")
    operator.post(f"/parked/{message}/care", {"service": "dms", "status": "looking", "note": "wrong"})

    operator.post(
        f"/parked/{message}/care", {"service": "dms", "status": "looking", "was_status": "looking", "was_note": "wrong", "note": ""}
    )

    assert (item(insight_store, message).note, item(insight_store, message).status) == ("", "looking")


def test_a_note_of_many_lines_is_as_long_as_the_form_lets_it_be(console, insight_store):
    """A browser counts the end of a line as one and sends two."""
    message = held(insight_store, uuid4())
    note = "line\n" * 199 + "last!"

    console.login("operator").post(f"/parked/{message}/care", {"service": "dms", "status": "new", "note": note.replace("\n", "\r\n")})

    assert item(insight_store, message).note == note


@pytest.mark.parametrize("value", HIDDEN_VALUES)
def test_what_looks_like_somebodys_number_is_kept_in_no_note(console, insight_store, value):
    message = held(insight_store, uuid4())
    operator = console.login("operator")

    answer = operator.post(f"/parked/{message}/care", {"service": "dms", "owner": "liu", "status": "new", "note": f"call {value} again"})

    assert item(insight_store, message).note == "call •••• again"
    assert "已隐去" in operator.get(answer.location.removeprefix("/console")).text


@pytest.mark.parametrize("value", HIDDEN_VALUES)
def test_what_looks_like_somebodys_number_is_no_reason(console, insight_store, value):
    message = held(insight_store, uuid4())
    operator = console.login("operator")
    form, _ = asked(operator, "order=drop&field=dealer_code")
    one = {"service": "dms", "seen": operator.get(f"/parked/{message}").text.split('name="seen" value="')[1].split('"')[0]}

    many = operator.post("/jobs/new", form | {"reason": f"{value} has called"})
    single = operator.post(f"/parked/{message}/drop", one | {"reason": f"{value} has called"})

    assert (many.status_code, single.status_code) == (422, 422)
    assert f"{value} has called" in many.text  # to be put in other words
    assert asking(insight_store).jobs().jobs == ()
    assert insight_store.told() == []
    assert console.audited() == []


def test_a_reason_with_our_ids_is_one(console, insight_store):
    message = held(insight_store, uuid4())
    operator = console.login("operator")
    one = {"service": "dms", "seen": operator.get(f"/parked/{message}").text.split('name="seen" value="')[1].split('"')[0]}

    operator.post(f"/parked/{message}/drop", one | {"reason": f"done as {message}, slip 20261203-17"})

    (order,) = insight_store.told()
    assert (type(order), order.reason) == (DropParked, f"done as {message}, slip 20261203-17")


def test_a_note_that_grows_when_something_in_it_is_hidden_is_cut_and_kept(console, insight_store):
    message = held(insight_store, uuid4())

    answer = console.login("operator").post(f"/parked/{message}/care", {"service": "dms", "status": "new", "note": "code=a " * 142})

    assert answer.status_code == 303
    assert len(item(insight_store, message).note) == 1000


def test_a_mended_message_that_is_too_large_is_told_so_and_nothing_goes_out(console, insight_store):
    message = uuid4()
    held(insight_store, message, envelope_of(message, DATA | {"blob": "x" * 1_048_600}))
    operator = console.login("operator")
    form = {"service": "dms", "seen": operator.get(f"/parked/{message}").text.split('name="seen" value="')[1].split('"')[0]}

    answer = operator.post(f"/parked/{message}/mend", form | {"f.dealer_code": "D001"})

    assert answer.status_code == 413
    assert insight_store.told() == []
    assert console.audited() == []
