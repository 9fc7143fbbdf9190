"""Whatever comes to the doors of the whole house, the answer is short and proper, and counted; never a 500, never a traceback."""

import base64
import re
import socket
from datetime import UTC, datetime
from urllib.parse import urlencode, urlsplit

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from launcher.stage import send
from tests.adapters.wechat.gateway.stage import WeChat, a_click, sha1_of
from tests.adapters.wechat.gateway.test_fuzz import bodies
from tests.journeys.people import Follower, Record
from tests.journeys.world import World

PROPER = {200, 400, 403, 404, 405, 413, 415}
CALM = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
TRACEBACK = re.compile(r'Traceback|"places"|"level": "(error|critical)"')
MEBIBYTE = 1024 * 1024


@pytest.fixture(autouse=True)
def clean_log(world: World):
    before = len(world.stage.log())
    yield
    assert not TRACEBACK.search(world.stage.log()[before:])
    assert "500" not in {line.rpartition('status="')[2][:3] for line in world.metrics().splitlines()}


@pytest.fixture(scope="session")
def follower(world: World) -> Follower:
    return world.a_follower()


@pytest.fixture(scope="session")
def platform(world: World) -> WeChat:
    """WeChat's side, with the account's own keys: what it signs is believed."""
    shared = world.secrets
    return WeChat(f"{world.stage.url}/wechat/main", shared.token, shared.aes_key or "", shared.appid)


def now() -> int:
    return int(datetime.now(UTC).timestamp())


WRONG = {
    "signature": ({"wrong_signature": True}, "wrong_signature"),
    "signature, compatible": ({"wrong_signature": True, "mode": "compatible"}, "wrong_signature"),
    "ten minutes late": ({"skew_seconds": -600}, "stale_timestamp"),
    "ten minutes early": ({"skew_seconds": 600}, "stale_timestamp"),
    "appid": ({"appid": "wx0000000000000000"}, "wrong_appid"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_push_that_is_not_wechats_own_is_refused_and_counted(world: World, follower: Follower, wrong: str):
    how, result = WRONG[wrong]
    before = world.counted("cheqiao_gateway_pushes_total", result=result)

    pushed = follower.click(**how)

    tries = [each["status"] for sent in pushed["sends"] for each in sent["tries"]]
    assert (tries, pushed["sent"]) == ([403, 403, 403], False)
    assert world.counted("cheqiao_gateway_pushes_total", result=result) == before + 3


def test_production_takes_no_plain_push_and_embedded_does(world: World, follower: Follower):
    pushed = follower.click(mode="plain")

    assert pushed["sent"] == (world.place is None)


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_over_a_mebibyte_is_413(world: World, platform: WeChat, chunked: bool):
    body = b"x" * (MEBIBYTE + 1)

    answer = requests.post(platform.url, params=platform.query(now()), data=iter([body]) if chunked else body, timeout=30)

    assert answer.status_code == 413


LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><xml><FromUserName>&b;</FromUserName></xml>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><xml><FromUserName>&a;</FromUserName></xml>'
BROKEN = {
    "nothing": "",
    "no XML": "hello",
    "half XML": "<xml><FromUserName>",
    "half JSON": '{"FromUserName": "o',
    "a list": "[1, 2]",
    "not UTF-8": b"<xml>\xff\xfe</xml>",
    "entities": LAUGHS,
    "an entity from outside": OUTSIDE,
    "deep XML": "<a>" * 100_000,
    "deep JSON": '{"a":' * 100_000,
    "many values": "<xml>" + "<a>1</a>" * 60_000 + "</xml>",
}


@pytest.mark.parametrize("broken", BROKEN)
def test_a_signed_push_that_is_none_is_400_and_counted(world: World, platform: WeChat, broken: str):
    body = BROKEN[broken]
    clear = body if isinstance(body, bytes) else body.encode()
    before = world.counted("cheqiao_gateway_pushes_total")

    outside = platform.push(clear, platform.query(now()))
    sealed = cut_push(platform, clear)

    assert outside.status_code == 400
    assert sealed.status_code == 400
    assert world.counted("cheqiao_gateway_pushes_total") == before + 2


def test_a_signed_push_of_nobody_is_400(platform: WeChat):
    assert cut_push(platform, b"<xml><MsgType>text</MsgType></xml>").status_code == 400


def cut_push(platform: WeChat, clear: bytes, keep: int | None = None) -> requests.Response:
    """Encrypted, then cut to so many bytes, and signed all the same."""
    query = platform.query(now())
    text = sealed_text(platform, clear, query)
    if keep is not None:
        text = base64.b64encode(base64.b64decode(text)[:keep]).decode()
    return signed_push(platform, text, query)


def sealed_text(platform: WeChat, clear: bytes, query: dict[str, str]) -> str:
    sealed = platform.crypto.encrypt_message(clear, query["nonce"], query["timestamp"])
    return str(sealed.split("<Encrypt><![CDATA[")[1].split("]]>")[0])


def signed_push(platform: WeChat, text: str, query: dict[str, str]) -> requests.Response:
    more = {"encrypt_type": "aes", "msg_signature": sha1_of(platform.token, query["timestamp"], query["nonce"], text)}
    return platform.push(f"<xml><ToUserName>gh_1</ToUserName><Encrypt><![CDATA[{text}]]></Encrypt></xml>", query | more)


@pytest.mark.parametrize("keep", [0, 1, 15, 16, 17, 32, 64, -1, -16, -32])
def test_a_cut_ciphertext_that_is_signed_is_400(platform: WeChat, keep: int):
    assert cut_push(platform, a_click().encode(), keep).status_code in (400, 403)


@CALM
@given(body=bodies)
def test_any_body_gets_a_proper_answer(platform: WeChat, body: bytes):
    assert platform.push(body, platform.query(now())).status_code in PROPER


@CALM
@given(body=bodies)
def test_any_clear_text_gets_a_proper_answer(platform: WeChat, body: bytes):
    assert cut_push(platform, body).status_code in PROPER


PATHS = (
    "/wechat/main",
    "/wechat/",
    "/m/api/appointments",
    "/partners/dms/v1/events",
    "/partners/csc/v1/events",
    "/ops/v1/parked",
    "/",
    "/nothing",
)
KINDS = ("application/json", "text/xml", "", "multipart/form-data; boundary=x", "application/json; charset=nonsense")
requests_of_any_kind = st.fixed_dictionaries(
    {
        "path": st.sampled_from(PATHS),
        "method": st.sampled_from(["GET", "POST", "PUT", "DELETE", "OPTIONS", "HEAD", "PATCH"]),
        "query": st.dictionaries(st.text(max_size=8), st.text(max_size=20), max_size=4),
        "body": st.binary(max_size=200),
        "kind": st.sampled_from(KINDS),
    }
)


@CALM
@given(asked=requests_of_any_kind)
def test_any_request_to_any_door_gets_a_proper_answer(world: World, asked: Record):
    url = f"{world.stage.url}{asked['path']}?{urlencode(asked['query'], errors='replace')}"

    answer = send(asked["method"], url, data=asked["body"], headers={"Content-Type": asked["kind"]})

    assert answer.status_code in PROPER | {401}


ODD_REQUESTS = {
    "a query that is no ASCII": b"POST /wechat/main?timestamp=\xff\xe8\xbd\xa6 HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nx",
    "a path that is no ASCII": b"GET /m/\xe8\xbd\xa6 HTTP/1.1\r\nHost: x\r\n\r\n",
    "a path with a control character": b"GET /m/\x01\x7f HTTP/1.1\r\nHost: x\r\n\r\n",
    "a header that is no ASCII": b"GET /wechat/main HTTP/1.1\r\nHost: x\r\nX-Odd: \xff\xfe\x01\r\n\r\n",
    "a header name of odd characters": b"GET /wechat/main HTTP/1.1\r\nHost: x\r\nX(Odd): y\r\n\r\n",
    "a folded header": b"GET /wechat/main HTTP/1.1\r\nHost: x\r\nX-Odd: a\r\n b\r\n\r\n",
    "a header with a bare carriage return": b"GET /wechat/main HTTP/1.1\r\nHost: x\r\nX-Odd: a\rb\r\n\r\n",
    "an unknown method": b"BREW /wechat/main HTTP/1.1\r\nHost: x\r\n\r\n",
    "a method of odd characters": b"G\x01T /wechat/main HTTP/1.1\r\nHost: x\r\n\r\n",
    "a length that is no number": b"POST /wechat/main HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n",
    "a negative length": b"POST /wechat/main HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    "a chunk that is none": b"POST /wechat/main HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n",
    "a long line": b"GET /wechat/main?x=" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    "no HTTP": b"hello\r\n\r\n",
    "an address of another": b"GET http://example.com/wechat/main HTTP/1.1\r\nHost: x\r\n\r\n",
    "a cookie of nonsense": b"POST /m/api/appointments HTTP/1.1\r\nHost: x\r\nCookie: cheqiao_session=\xff\x00;;=\r\n\r\n",
}


@pytest.mark.parametrize("odd", ODD_REQUESTS)
def test_a_request_that_no_client_would_write_is_answered_or_hung_up_on(world: World, odd: str):
    address = urlsplit(world.stage.url)

    with socket.create_connection((address.hostname or "", address.port or 0), timeout=30) as link:
        link.sendall(ODD_REQUESTS[odd].replace(b"\r\nHost: x", b"\r\nHost: x\r\nConnection: close", 1))
        answered = link.recv(4096)

    status = re.match(rb"HTTP/1\.1 (\d+) ", answered)
    assert status is None or int(status[1]) in PROPER | {401, 414, 431}, answered[:300]


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"requested_date": "tomorrow"}, "requested_date"),
        ({"items": []}, "items"),
        ({"dealer_code": "D 1"}, "dealer_code"),
        ({"mileage_km": -1}, "mileage_km"),
        ({"concern": ""}, "concern"),
        ({"id": "7"}, "id"),
    ],
)
def test_a_form_that_is_wrong_names_the_field(world: World, follower: Follower, form: dict[str, object], field: str):
    answer = follower.post(follower.form(**form))

    assert (answer.status_code, answer.json()["field"]) == (400, field)
    assert answer.json()["message"]
    assert answer.json()["message_en"]


def test_a_form_without_a_session_is_401(world: World, follower: Follower):
    answer = send("POST", f"{world.stage.url}/m/api/appointments", json=follower.form(), cookies={follower.phone["cookie"]: "x"})

    assert answer.status_code == 401


def test_an_appointment_of_somebody_else_cannot_be_withdrawn(world: World, follower: Follower):
    appointment = world.a_follower().book()

    assert follower.post({}, f"/m/api/appointments/{appointment}/withdraw").status_code == 404
