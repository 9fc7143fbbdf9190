"""What a visitor and a program are shown at `/`."""

import pytest

from launcher.start_page import start_page

HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


def opened(*, sandbox):
    page = start_page(
        {"health": "http://h/readyz"},
        documents="http://p/partners/docs",
        health="http://h/readyz",
        console="http://h/console/",
        sandbox=sandbox,
    )
    return page.test_client()


def test_a_visitor_finds_phone_and_desks():
    text = opened(sandbox=True).get("/", headers=HTML).text

    assert [f'href="{link}"' in text for link in ("/sandbox/phone/", "/sandbox/csc/", "/sandbox/dms/", "http://h/console/")] == [True] * 4


def test_without_the_sandbox_only_what_is_there_is_shown():
    text = opened(sandbox=False).get("/", headers=HTML).text

    assert "/sandbox" not in text
    assert 'href="http://h/readyz"' in text
    assert 'href="http://h/console/"' in text


@pytest.mark.parametrize("headers", [{}, {"Accept": "*/*"}, {"Accept": "application/json"}])
def test_a_program_gets_the_places_as_json(headers):
    answer = opened(sandbox=True).get("/", headers=headers)

    assert answer.json == {"name": "cheqiao 车桥", "places": {"health": "http://h/readyz"}}


def test_it_speaks_english_when_asked():
    visitor = opened(sandbox=True)

    visitor.get("/start/language?to=en")

    assert "See it in three steps" in visitor.get("/", headers=HTML).text


@pytest.mark.parametrize("path", ["/nothing", "/start/nothing.css"])
def test_an_address_without_anything_is_not_found(path):
    answer = opened(sandbox=True).get(path, headers=HTML)

    assert (answer.status_code, answer.json) == (404, {"code": "not_found"})


def test_the_page_keeps_foreign_scripts_out():
    assert "script-src 'self'" in opened(sandbox=True).get("/", headers=HTML).headers["Content-Security-Policy"]
