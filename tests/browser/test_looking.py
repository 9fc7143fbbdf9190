"""What is heard of a page's refusals: once each, by the answer or by the console, whichever comes, and in whatever order."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from tests.browser.looking import REFUSAL, Complaints

FORM, BOARD = "http://127.0.0.1:40404/form", "http://127.0.0.1:40404/board"


class Spoken:
    """A page that says what it is told to say; `late` comes while somebody waits."""

    def __init__(self, heard: Complaints) -> None:
        self.url = FORM
        self.late: list[Callable[[], None]] = []
        self._hears: dict[str, Callable[[Any], None]] = {}
        heard.listen(self)

    def on(self, event: str, hears: Callable[[Any], None]) -> None:
        self._hears[event] = hears

    def is_closed(self) -> bool:
        return False

    def wait_for_timeout(self, _milliseconds: float) -> None:
        while self.late:
            self.late.pop()()

    def answer(self, status: int, url: str = FORM) -> None:
        self._hears["response"](SimpleNamespace(status=status, url=url))

    def tell(self, status: int, url: str = FORM) -> None:
        self.say(f"{REFUSAL}{status} (for some reason)", url)

    def say(self, text: str, url: str = FORM) -> None:
        self._hears["console"](SimpleNamespace(type="error", text=text, location={"url": url}))


@pytest.fixture
def heard() -> Complaints:
    return Complaints()


@pytest.fixture
def page(heard: Complaints) -> Spoken:
    return Spoken(heard)


WAYS = {
    "answer alone": ("answer",),
    "console alone": ("tell",),
    "answer first": ("answer", "tell"),
    "console first": ("tell", "answer"),
}
each_way = pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)


@each_way
def test_a_refusal_is_one_complaint(page: Spoken, heard: Complaints, way: tuple[str, ...]) -> None:
    for by in way:
        getattr(page, by)(404, f"{FORM}#date")

    assert heard == [f"{REFUSAL}404 ({FORM})"]


@each_way
def test_an_expected_refusal_leaves_nothing_behind_whenever_the_rest_of_it_comes(
    page: Spoken, heard: Complaints, way: tuple[str, ...]
) -> None:
    first, *rest = way
    page.late.append(lambda: getattr(page, first)(404))

    heard.expect("404")
    for by in rest:
        getattr(page, by)(404)

    assert heard == []


@each_way
def test_what_was_not_expected_stays(page: Spoken, heard: Complaints, way: tuple[str, ...]) -> None:
    for by in way:
        for status, url in ((404, FORM), (500, FORM), (403, BOARD)):
            getattr(page, by)(status, url)

    heard.expect("404")

    assert heard == [f"{REFUSAL}500 ({FORM})", f"{REFUSAL}403 ({BOARD})"]


@each_way
def test_the_same_refusal_once_more_is_another_complaint(page: Spoken, heard: Complaints, way: tuple[str, ...]) -> None:
    for by in way:
        getattr(page, by)(404)
    heard.expect("404")

    for by in way:
        getattr(page, by)(404)

    assert heard == [f"{REFUSAL}404 ({FORM})"]


def test_an_address_that_holds_the_number_is_not_what_was_expected(page: Spoken, heard: Complaints) -> None:
    page.answer(500)
    page.answer(404, BOARD)

    heard.expect("404")

    assert heard == [f"{REFUSAL}500 ({FORM})"]


def test_what_succeeds_is_nothing_to_complain_of_and_a_script_is(page: Spoken, heard: Complaints) -> None:
    page.answer(303)
    page.answer(202)
    page.say("Refused to apply a style")

    assert heard == [f"Refused to apply a style ({FORM})"]
