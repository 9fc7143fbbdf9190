"""Whatever is sent to the door, the answer is short and proper: never a 500, never silence."""

import base64
import json
import tempfile
from pathlib import Path

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.wechat.gateway.crypto import Key, Undecryptable
from adapters.wechat.gateway.push import Malformed, fields_of
from tests.adapters.wechat.gateway.stage import AES_KEY, Door, FakePublisher, a_click, a_safe_account, an_account, doors, sha1_of

PROPER = {200, 400, 403, 404, 405, 413}
CALM = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])

markup = st.lists(
    st.sampled_from(
        ["<xml>", "</xml>", "<FromUserName>", "</FromUserName>", "<![CDATA[", "]]>", "<a b='c'>", "</a>", "&amp;", "&x;", "<!--", "?>"]
    )
    | st.text(max_size=10),
    max_size=30,
).map("".join)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
names = st.sampled_from(
    ["ToUserName", "FromUserName", "CreateTime", "MsgType", "Event", "EventKey", "MsgId", "MsgID", "Content", "Status", "Encrypt"]
)
kinds = st.sampled_from(["text", "event", "CLICK", "subscribe", "TEMPLATESENDJOBFINISH"]) | values
documents = st.dictionaries(names, values | kinds, max_size=11).map(json.dumps)
likely = st.fixed_dictionaries(
    {"FromUserName": st.text(min_size=1, max_size=130), "CreateTime": st.integers(-5, 10**12), "MsgType": kinds},
    optional={"Event": kinds, "EventKey": values, "MsgID": values, "Content": st.text(max_size=9000), "ToUserName": values},
).map(json.dumps)
bodies = (
    st.binary(max_size=300)
    | markup.map(str.encode)
    | (documents | likely | markup.map("<xml>{}</xml>".format)).map(lambda text: text.encode("utf-8", "surrogatepass"))
)


@pytest.fixture(scope="module")
def door():
    with tempfile.TemporaryDirectory() as directory, doors(Path(directory)) as open_door:
        yield open_door({"main": an_account(), "safe": a_safe_account()}, FakePublisher())


@CALM
@given(body=bodies)
def test_any_body_of_a_plain_push_gets_a_proper_answer(door: Door, body):
    assert door.wechat().push(body).status_code in PROPER


@CALM
@given(body=bodies)
def test_any_clear_text_of_a_safe_push_gets_a_proper_answer(door: Door, body):
    wechat = door.wechat("safe")
    query = wechat.query()
    text = Key.of(AES_KEY).encrypt(body, "wx0000000000000001", b"r" * 16)
    signed = query | {"msg_signature": sha1_of("a-token", query["timestamp"], query["nonce"], text)}

    assert wechat.push(json.dumps({"Encrypt": text}), signed).status_code in PROPER


@CALM
@given(
    box=st.binary(max_size=200)
    | st.integers(0, 400).map(lambda cut: base64.b64decode(Key.of(AES_KEY).encrypt(a_click().encode(), "wx1", b"r" * 16))[:cut])
)
def test_any_ciphertext_that_is_signed_gets_a_proper_answer(door: Door, box):
    wechat = door.wechat("safe")
    query, text = wechat.query(), base64.b64encode(box).decode()
    signed = query | {"msg_signature": sha1_of("a-token", query["timestamp"], query["nonce"], text)}

    assert wechat.push(f"<xml><Encrypt>{text}</Encrypt></xml>", signed).status_code in {400, 403}


@CALM
@given(
    query=st.dictionaries(st.sampled_from(["timestamp", "nonce", "signature", "msg_signature", "echostr", "x"]), st.text(max_size=50)),
    path=st.text(max_size=20),
)
def test_any_query_and_path_get_a_proper_answer(door: Door, query, path):
    url = f"http://127.0.0.1:{door.port}/wechat/{requests.utils.quote(path, safe='')}"

    assert requests.get(door.url(), params=query, timeout=30).status_code == 403
    assert requests.get(url, params=query, timeout=30).status_code in PROPER


@settings(max_examples=300, deadline=None)
@given(body=bodies)
def test_reading_a_body_gives_fields_or_says_malformed(body):
    try:
        assert isinstance(fields_of(body), dict)
    except Malformed:
        assert True


@settings(max_examples=300, deadline=None)
@given(text=st.text() | st.binary(max_size=200).map(lambda raw: base64.b64encode(raw).decode()))
def test_opening_a_text_gives_a_message_or_says_undecryptable(text):
    try:
        assert Key.of(AES_KEY).decrypt(text)
    except Undecryptable:
        assert True


@settings(max_examples=200, deadline=None)
@given(message=st.binary(max_size=500), appid=st.text(max_size=20))
def test_what_is_encrypted_is_opened_as_it_was(message, appid):
    key = Key.of(AES_KEY)

    assert key.decrypt(key.encrypt(message, appid, b"r" * 16)) == (message, appid.encode())
