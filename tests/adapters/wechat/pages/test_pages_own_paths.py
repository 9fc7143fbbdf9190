"""Which addresses a browser is sent on to."""

from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from adapters.wechat.pages.own_paths import own_path


@pytest.mark.parametrize(
    "path",
    ["/", "/cars", "/appointments/new?from=menu&item=7", "/consent?next=/registrations/new", "/a?b=//c", "/language?to=en&back=%2Fcars"],
)
def test_a_path_of_ours_is_taken_as_it_is(path):
    assert own_path(path) == path


@pytest.mark.parametrize(
    "text",
    [
        *(
            None,
            "",
            "cars",
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "https://evil.example",
            "javascript:alert(1)",
        ),
        *("/%2fevil.example", "/%2Fevil.example", "/%252fevil.example", "/%25252fevil.example", "/%5cevil.example", "/%5Cevil.example"),
        *(
            "/a\r\nSet-Cookie: x=1",
            "/a%0d%0aSet-Cookie:x",
            "/a%00b",
            "/\tevil",
            "/%09/evil.example",
            "/a\u2028b",
            "/ a",
            "/中",
            "/#//evil.example",
        ),
        *("/../wechat", "/a/../../wechat", "/%2e%2e/wechat", "/a/%252e%252e/b", "/" + "a" * 500, "/%", "/%zz", "?x", "#x", "@evil.example"),
    ],
)
def test_what_is_not_plainly_a_path_of_ours_is_refused(text):
    assert own_path(text) is None


@given(st.text(alphabet="/\\%2f5cCF.:@?#evil \t\r\n\x00", max_size=24) | st.text(max_size=24))
@example("/.//evil")
@example("/;//evil")
def test_whatever_is_asked_for_a_browser_stays_with_us(text):
    path = own_path(text)

    if path is not None:
        assert urlsplit(urljoin("https://car.example.com/m/cars", path)).netloc == "car.example.com"
        assert path.startswith("/")
        assert not path.startswith(("//", "/\\"))
        assert path.isprintable()
