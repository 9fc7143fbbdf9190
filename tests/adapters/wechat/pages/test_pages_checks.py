"""What a follower may type, and how it is put right (A-REM-05)."""

from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.wechat.pages import checks
from adapters.wechat.pages.checks import check_registration, code_problem, id_problem, masked, mobile_of, mobile_problem, plain, vin_problem
from contracts.partners.pages import RegistrationForm

TODAY = date(2026, 3, 2)
GOOD_ID = "11010519491231002X"  # the example of GB 11643


def id_number(born: str, sequence: str = "002", place: str = "110105") -> str:
    """With its right check digit."""
    body = place + born + sequence
    return body + checks.ID_CHECK[sum(w * int(d) for w, d in zip(checks.ID_WEIGHTS, body, strict=True)) % 11]


def form(**changed: str) -> RegistrationForm:
    usual = {"id": UUID(int=1), "vin": "AA000001", "id_number": GOOD_ID, "mobile": "13800138000", "text_version": "1"}
    return RegistrationForm.model_validate(usual | changed)


@pytest.mark.parametrize("typed", ["AA000001", " aa00 0001 ", "ＡＡ０００００１", "aa-000-001", "LS4AAAAA1AA000001"])
def test_a_vin_is_taken_as_phones_write_it(typed):
    assert vin_problem(plain(typed)) is None


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "missing"),
        ("   ", "missing"),
        ("AA00001", "vin_form"),
        ("AA0000001", "vin_form"),
        ("LS4AAAAA1AA00000", "vin_form"),
        ("AA00000*", "vin_form"),
        ("渝A123456", "vin_form"),
        ("AA0000O1", "vin_letters"),
        ("IA000001", "vin_letters"),
    ],
)
def test_a_vin_that_cannot_be_one_is_refused_with_a_reason(typed, code):
    assert vin_problem(plain(typed)).code == code


@pytest.mark.parametrize(
    "typed",
    [
        GOOD_ID,
        GOOD_ID.lower(),
        "110105 19491231 002x",
        "１１０１０５１９４９１２３１００２Ｘ",
        id_number("20000229"),
        "110105491231002",
        id_number("20260302"),
    ],
)
def test_an_id_number_is_taken(typed):
    assert id_problem(plain(typed), TODAY) is None


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "missing"),
        ("E12345678", "id_form"),
        (GOOD_ID[:-1], "id_form"),
        ("X" + GOOD_ID[1:], "id_form"),
        (GOOD_ID[:-1] + "1", "id_wrong"),
        ("120105" + GOOD_ID[6:], "id_wrong"),
        (id_number("19490231"), "id_wrong"),
        (id_number("20010229"), "id_wrong"),
        (id_number("20260303"), "id_wrong"),
        (id_number("18991231"), "id_wrong"),
        ("110105491331002", "id_wrong"),
    ],
)
def test_an_id_number_that_cannot_be_one_is_refused_with_a_reason(typed, code):
    assert id_problem(plain(typed), TODAY).code == code


@pytest.mark.parametrize("digit", range(17))
def test_one_wrong_digit_of_an_id_number_is_noticed(digit):
    wrong = GOOD_ID[:digit] + str((int(GOOD_ID[digit]) + 1) % 10) + GOOD_ID[digit + 1 :]

    assert id_problem(wrong, TODAY).code == "id_wrong"


@pytest.mark.parametrize(
    "typed",
    ["13800138000", "138 0013 8000", "138-0013-8000", "+86 13800138000", "008613800138000", "8613800138000", "１３８００１３８０００"],
)
def test_a_mobile_is_taken_without_its_country(typed):
    assert mobile_of(typed) == "13800138000"
    assert mobile_problem(mobile_of(typed)) is None


@pytest.mark.parametrize("typed", ["12800138000", "1380013800", "138001380001", "+1 2025550123", "02312345678", "abc"])
def test_a_number_that_gets_no_text_message_is_refused(typed):
    assert mobile_problem(mobile_of(typed)).code == "mobile_form"


@pytest.mark.parametrize(("typed", "code"), [("", "missing"), ("12345", "code_form"), ("1234567", "code_form"), ("12345a", "code_form")])
def test_a_code_is_six_digits(typed, code):
    assert code_problem(plain(typed)).code == code
    assert code_problem(plain("１２３ ４５６")) is None


@pytest.mark.parametrize("other", ["٠١٢٣٤٥٦٧٨٩", "०१२३४५६७८९"])
def test_digits_that_no_phone_here_writes_are_none(other):
    """They count as digits in Python, and would be another number of the same person wherever tries are counted."""
    written = str.maketrans("0123456789", other)

    assert mobile_problem(mobile_of("13800138000".translate(written))).code == "mobile_form"
    assert mobile_problem(mobile_of("1380013" + "8000".translate(written))).code == "mobile_form"
    assert id_problem(plain(GOOD_ID.translate(written)), TODAY).code == "id_form"
    assert code_problem(plain("123456".translate(written))).code == "code_form"


def test_all_that_is_wrong_is_said_at_once():
    _, found = check_registration(form(vin="1", id_number="2", mobile="3"), TODAY)

    assert [problem.field for problem in found] == ["vin", "id_number", "mobile"]
    assert all(problem.message and problem.message_en.isascii() for problem in found)


def test_what_was_typed_is_handed_on_put_right():
    typed, found = check_registration(form(vin=" aa 000001", id_number=GOOD_ID.lower(), mobile="+8613800138000"), TODAY)

    assert found == ()
    assert (typed.vin, typed.id_number, typed.mobile) == ("AA000001", GOOD_ID, "13800138000")


def test_a_masked_mobile_shows_who_knows_it_which_one_it_is():
    assert masked("13800138000") == "138****8000"


@given(st.text(max_size=64), st.text(max_size=64), st.text(max_size=64))
def test_whatever_is_typed_is_judged_without_an_error_and_never_quoted(vin, id_number, mobile):
    _, found = check_registration(form(vin=vin, id_number=id_number, mobile=mobile), TODAY)

    known = {problem.message for problem in found}
    assert all(len(typed) < 12 or typed not in message for typed in (vin, id_number, mobile) for message in known)
