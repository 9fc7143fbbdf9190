"""What every answer says to the browser, and pages that hold nothing a policy would forbid."""

import re
from html.parser import HTMLParser

import pytest

from services.console.access import Right
from tests.services.console.test_console_doors import doors, walk


class Inline(HTMLParser):
    """Finds what the policy forbids: scripts and styles in the page, and attributes that are either."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attributes):
        named = dict(attributes)
        if tag == "style" or (tag == "script" and "src" not in named):
            self.found.append(tag)
        self.found += [f"{tag} {name}" for name in named if name == "style" or name.startswith(("on", "hx-on"))]
        self.found += [f"{tag} {name}={value}" for name, value in attributes if value and re.match(r"\s*(javascript|js):", value)]
        triggers = named.get("hx-trigger") or ""
        self.found += [f"{tag} {triggers}"] if "[" in triggers else []  # a filter of a trigger is compiled from its text


def pages(console):
    visitor = console.login("administrator")
    addresses = [address for right, method, address in doors(console.app) if method == "GET" and right is not Right.ANYBODY]
    answers = [(address, visitor.get(address)) for address in addresses]
    return [("/login", console.visitor().get("/login")), *answers, ("/nothing", visitor.get("/nothing"))]


def test_no_page_has_script_or_style_in_itself(console):
    found = {}
    for address, answer in pages(console):
        parser = Inline()
        parser.feed(answer.text if answer.mimetype == "text/html" else "")
        if parser.found:
            found[address] = parser.found

    assert found == {}


def test_every_answer_carries_what_keeps_others_out(console):
    for address, answer in pages(console):
        policy = answer.headers["Content-Security-Policy"]
        assert ("unsafe" in policy, "default-src 'none'" in policy, "frame-ancestors 'none'" in policy) == (False, True, True), address
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Strict-Transport-Security" not in answer.headers


def test_every_page_has_a_title_a_language_and_one_heading(console):
    for address, answer in pages(console):
        if "<html" in answer.text:
            assert '<html lang="zh-CN"' in answer.text, address
            assert (answer.text.count("<h1"), answer.text.count("<main"), answer.text.count("<title>")) == (1, 1, 1), address


def test_files_are_kept_by_the_browser_under_their_digest_and_no_longer_than_that(console):
    text = console.visitor().get("/login").text
    (address,) = re.findall(r"/console(/static/console\.css\?v=[0-9a-f]{12})", text)

    named, unnamed = console.visitor().get(address), console.visitor().get("/static/console.css")

    assert "immutable" in named.headers["Cache-Control"]
    assert unnamed.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("address", ["/static/../app.py", "/static/%2e%2e/app.py", "/assets/../config.yaml", "/static//etc/passwd"])
def test_files_of_ours_are_not_served_from_elsewhere(console, address):
    answer = walk(console.login("administrator"), "GET", address)

    assert answer.status_code == 404


def test_a_mount_without_its_slash_leads_to_it(console):
    answer = console.app.test_client().get("", environ_overrides={"SCRIPT_NAME": "/console", "PATH_INFO": ""})

    assert (answer.status_code, answer.headers["Location"]) == (308, "/console/")


def test_a_body_too_large_is_refused_in_words(console):
    answer = console.login("operator").client.post(
        "/logout", base_url="http://console.test/console", data=b"x" * 3_000_000, content_type="application/x-www-form-urlencoded"
    )

    assert (answer.status_code, "太大" in answer.text) == (413, True)
