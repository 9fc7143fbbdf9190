"""Real pushes, replies and echoes of WeChat, as other projects and the platform's documentation hold them."""

import json
from datetime import UTC, datetime
from uuid import UUID

import pytest
from pydantic import SecretStr

from adapters.wechat.gateway.crypto import Key, signature_of
from adapters.wechat.gateway.push import fields_of, text_of
from adapters.wechat.gateway.translate import id_of, message_of
from adapters.wechat.gateway.verify import Line, verified_echo, verified_push
from chassis.settings import Account
from contracts.wechat import FollowerSubscribed, FollowerUnsubscribed, MenuClicked, PushReceived, TemplateJobFinished, TextReceived
from tests.adapters.wechat.gateway.stage import doors
from tests.conformity.fixtures import INDEX, Entry, body_of, name_of, of_kind

PLAIN = of_kind("callback_plain")
ENCRYPTED = of_kind("callback_encrypted")
REPLIES = of_kind("reply")
ECHOES = of_kind("echostr")
EXPECTED = {"text": TextReceived}
EXPECTED_EVENTS = {
    "CLICK": MenuClicked,
    "subscribe": FollowerSubscribed,
    "unsubscribe": FollowerUnsubscribed,
    "TEMPLATESENDJOBFINISH": TemplateJobFinished,
}


def a_line(entry: Entry) -> Line:
    secrets = {"secret": SecretStr("s"), "token": SecretStr(entry["token"]), "aes_key": SecretStr(entry["encoding_aes_key"])}
    return Line.of("main", Account(appid=entry["appid"], **secrets))


def query_of(entry: Entry) -> dict[str, str]:
    return {name: entry[name] for name in ("timestamp", "nonce", "msg_signature")}


def when(entry: Entry) -> datetime:
    return datetime.fromtimestamp(int(entry["timestamp"]), UTC)


def follower_id(openid: str) -> UUID:
    return UUID(bytes=openid.encode().ljust(16)[:16])


def test_there_are_payloads_of_every_kind():
    assert len(INDEX) == 188
    assert (len(PLAIN), len(ENCRYPTED), len(REPLIES), len(ECHOES)) == (80, 3, 3, 1)


@pytest.mark.parametrize("entry", PLAIN, ids=name_of)
def test_a_push_is_read_as_expected(entry):
    assert fields_of(body_of(entry)) == entry["expected"]


@pytest.mark.parametrize("entry", PLAIN, ids=name_of)
def test_a_push_becomes_the_message_for_it_and_nothing_of_an_unknown_one_is_lost(entry):
    fields = fields_of(body_of(entry))

    message = message_of("main", fields, follower_id)

    is_event = entry["msg_type"].strip() == "event"
    wanted = EXPECTED_EVENTS.get(entry["event"].strip()) if is_event else EXPECTED.get(entry["msg_type"])
    assert type(message) is (wanted or PushReceived)
    assert message.openid == entry["expected"]["FromUserName"].strip()
    if isinstance(message, PushReceived):
        assert json.loads(message.raw) == entry["expected"]


@pytest.mark.parametrize("entry", PLAIN, ids=name_of)
def test_a_pushs_id_has_the_documented_key_in_it(entry):
    fields = fields_of(body_of(entry))
    names = ["MsgId"] if entry["expected_dedupe_key"]["by"] == "MsgId" else ["FromUserName", "CreateTime"]

    others = [id_of("main", fields | {name: "something else"}) for name in names]

    assert entry["expected_dedupe_key"]["value"] == "".join(str(fields[name]) for name in names)
    assert id_of("main", fields) == id_of("main", fields_of(body_of(entry)))
    assert id_of("main", fields) not in others


def test_no_two_different_pushes_share_an_id():
    bodies = {json.dumps(entry["expected"], sort_keys=True) for entry in PLAIN}

    assert len({id_of("main", fields_of(body_of(entry))) for entry in PLAIN}) == len(bodies)


def test_every_push_is_taken_at_the_door(tmp_path):
    with doors(tmp_path) as open_door:
        door = open_door()

        answers = {name_of(entry): door.wechat().push(body_of(entry)).status_code for entry in PLAIN}

        assert set(answers.values()) == {200}
        assert len(door.publisher.pushes) == len(PLAIN)


@pytest.mark.parametrize("entry", ENCRYPTED, ids=name_of)
def test_an_encrypted_push_is_opened_as_expected(entry):
    push = verified_push(a_line(entry), query_of(entry), body_of(entry), when(entry))

    assert push.fields == fields_of(entry["expected_plaintext"].encode())
    assert push.as_json == (entry["format"] == "json")
    assert text_of(push.fields, "FromUserName")


@pytest.mark.parametrize("entry", ECHOES, ids=name_of)
def test_an_encrypted_echo_is_opened_as_expected(entry):
    query = query_of(entry) | {"echostr": body_of(entry).decode().strip()}

    assert verified_echo(a_line(entry), query, when(entry)).decode() == entry["expected_plaintext"]


@pytest.mark.parametrize("entry", REPLIES, ids=name_of)
def test_a_reply_is_encrypted_and_signed_to_the_letter(entry):
    key, clear = Key.of(entry["encoding_aes_key"]), entry["expected_plaintext"].encode()

    encrypted = key.encrypt(clear, entry["appid"], entry["random16"].encode())

    assert encrypted == entry["encrypt"]
    assert signature_of(entry["token"], entry["timestamp"], entry["nonce"], encrypted) == entry["msg_signature"]
    assert text_of(fields_of(body_of(entry)), "Encrypt") == encrypted
