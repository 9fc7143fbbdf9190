"""The whole story on a running house, clicked: from the consent to the car's arrival, on the phone and at both desks; then every page."""

import pytest
from playwright.sync_api import Browser, Page, expect

from launcher.browser_story import CAR, FOLLOWER, BrowserStory
from launcher.stage import Stage, send, until
from tests.browser.looking import axe, picture


@pytest.fixture(scope="module")
def played(house: Stage, browser: Browser) -> list[str]:
    """What the story said, step by step."""
    steps: list[str] = []
    story = BrowserStory(house, browser, lambda _milliseconds, words: steps.append(words))
    story.play()
    steps += story.differences()
    return steps


@pytest.fixture
def pages(house: Stage, played: list[str]) -> str:
    """Where the follower's pages are, seen from the phone."""
    assert played
    return f"{house.sandbox_url}/phone/w/{FOLLOWER.openid}/m"


def test_a_follower_registers_books_moves_and_comes(played: list[str]):
    assert len(played) == 10


@pytest.mark.parametrize(
    ("path", "shown"), [("/", FOLLOWER.name), ("/cars", CAR.plate), ("/appointments", "已到店"), ("/appointments/new", CAR.plate)]
)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_shows_what_became_of_it(pages: str, phone_page: Page, path: str, shown: str, language: str):
    phone_page.goto(f"{pages}/")
    phone_page.goto(f"{pages}/language?to={language}&back={path}")

    expect(phone_page.get_by_role("main")).to_contain_text(shown if language == "zh" else shown.replace("已到店", "Arrived"))
    picture(phone_page, f"running-{path.strip('/').replace('/', '-') or 'home'}-{language}")
    assert axe(phone_page) == []


def test_a_car_that_is_unbound_is_gone_everywhere(house: Stage, pages: str, phone_page: Page):
    phone_page.goto(f"{pages}/cars")
    phone_page.get_by_role("link", name=str(CAR.plate)).click()
    phone_page.wait_for_url("**/cars/*")  # loaded: a tap before its script is there would open nothing

    phone_page.get_by_role("button", name="解除绑定").click()
    phone_page.get_by_role("dialog").get_by_role("button", name="解除").click()

    expect(phone_page.get_by_role("main")).not_to_contain_text(str(CAR.plate))
    for system in ("dms", "csc"):
        assert until(lambda system=system: not is_registered(house, system), 60), system


def is_registered(house: Stage, system: str) -> bool:
    kept = send("GET", f"{house.sandbox_url}/{system}/control/state").json()["registrations"]
    return any(one["registered"] for one in kept if one["customer_id"] == FOLLOWER.customer_id)
