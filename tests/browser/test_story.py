"""The whole story on a running house, clicked: from the consent to the car's arrival, on the phone and at both desks."""

from launcher.browser_story import BrowserStory
from launcher.stage import Stage


def test_a_follower_registers_books_moves_and_comes(house: Stage, browser):
    steps: list[str] = []
    story = BrowserStory(house, browser, lambda _milliseconds, words: steps.append(words))

    story.play()

    assert len(steps) == 10
    assert list(story.differences()) == []
