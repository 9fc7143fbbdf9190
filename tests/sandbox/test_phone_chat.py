"""What a follower does on the sandbox's phone reaches the account as a push, and what comes of it shows in the chat."""

import pytest
import requests
from werkzeug.wrappers import Response

from sandbox.wechat.crypto import Cryptor
from sandbox.wechat.notation import read
from tests.sandbox.stage import OPENID, SECRETS

NOT_YET = "oSandboxFollower0004"
CRYPTOR = Cryptor(SECRETS.aes_key, SECRETS.appid)


class Phone:
    """One follower's phone, as its page speaks with it."""

    def __init__(self, stage, openid=OPENID):
        self.at = stage.at("/phone")
        self.openid = openid
        self.stage = stage

    def shown(self):
        return requests.get(f"{self.at}/people/{self.openid}", timeout=30).json()

    def chat(self):
        return self.shown()["chat"]

    def does(self, what, headers=None, **body):
        return requests.post(f"{self.at}/people/{self.openid}/{what}", json=body, headers=headers, timeout=30)

    def pushed(self):
        """What Cheqiao heard, opened, in order."""
        return [read(CRYPTOR.decrypt(str(read(heard.body)["Encrypt"]))) for heard in self.stage.cheqiao.heard]


@pytest.fixture
def phone(stage):
    return Phone(stage)


def text_reply(text):
    return Response(f"<xml><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[{text}]]></Content></xml>")


def test_what_is_written_reaches_the_account_and_its_answer_shows(phone):
    phone.stage.cheqiao.answers.append(text_reply("收到"))

    sent = phone.does("texts", text="你好", number=77)

    assert sent.json() == {"sent": True}
    (push,) = phone.pushed()
    assert (push["FromUserName"], push["MsgType"], push["Content"], push["MsgId"]) == (OPENID, "text", "你好", "77")
    mine, theirs = phone.chat()
    assert (mine["side"], mine["text"], mine["number"]) == ("me", "你好", "77")
    assert (theirs["side"], theirs["text"]) == ("account", "收到")


def test_an_encrypted_answer_is_read(phone):
    phone.stage.cheqiao.answers.append(sealed_reply("<xml><MsgType>text</MsgType><Content>密</Content></xml>"))

    phone.does("texts", text="你好", number=77)

    assert phone.chat()[-1]["text"] == "密"


def sealed_reply(message):
    from sandbox.wechat.crypto import signature

    sealed = CRYPTOR.encrypt(message)
    signed = signature(SECRETS.token, "1", "n", sealed)
    return Response(f"<xml><Encrypt>{sealed}</Encrypt><MsgSignature>{signed}</MsgSignature><TimeStamp>1</TimeStamp><Nonce>n</Nonce></xml>")


def test_a_tap_on_the_menu_leaves_no_trace_but_the_answer(phone):
    phone.stage.cheqiao.answers.append(text_reply("请点这里"))

    phone.does("clicks", key="HELP")

    assert (phone.pushed()[0]["Event"], phone.pushed()[0]["EventKey"]) == ("CLICK", "HELP")
    assert [(line["side"], line["text"]) for line in phone.chat()] == [("account", "请点这里")]


def test_a_page_opened_from_the_menu_is_told(phone):
    phone.does("visits", url="http://127.0.0.1/m/appointments")

    assert (phone.pushed()[0]["Event"], phone.pushed()[0]["EventKey"]) == ("VIEW", "http://127.0.0.1/m/appointments")
    assert phone.chat() == []


def test_after_three_tries_wechat_says_that_the_service_is_out_of_order(phone):
    phone.stage.cheqiao.reply = lambda _heard: Response("", 503)

    sent = phone.does("texts", text="你好", number=77)

    assert sent.json() == {"sent": False}
    assert len(phone.stage.cheqiao.heard) == 3
    mine, note = phone.chat()
    assert (mine["text"], note["side"]) == ("你好", "note")
    assert "故障" in note["words"]["zh"]


def test_an_answer_that_nobody_can_read_is_a_fault_of_the_service(phone):
    phone.stage.cheqiao.answers.append(Response("<html>oops"))

    phone.does("clicks", key="HELP")

    assert [line["side"] for line in phone.chat()] == ["note"]


def test_a_template_message_shows_as_a_card_with_named_rows(phone):
    phone.stage.send_template(url="http://127.0.0.1/m/appointments/1")

    (card,) = phone.chat()
    assert (card["kind"], card["title"], card["url"]) == ("template", "预约成功通知", "http://127.0.0.1/m/appointments/1")
    assert card["rows"][0] == {"name": "服务项目", "text": "保养"}


def test_a_message_of_the_account_shows(phone):
    phone.does("texts", text="你好", number=77)

    wish = {"touser": OPENID, "msgtype": "text", "text": {"content": "请看 http://127.0.0.1/m/"}}
    url = phone.stage.at(f"/wechat/cgi-bin/message/custom/send?access_token={phone.stage.token()}")
    assert requests.post(url, json=wish, timeout=30).json()["errcode"] == 0

    assert phone.chat()[-1]["text"] == "请看 http://127.0.0.1/m/"


def test_nobody_reads_in_anothers_chat(phone):
    other = Phone(phone.stage, "oSandboxFollower0002")
    phone.does("texts", text="你好", number=77)

    assert other.chat() == []


def test_a_picture_that_is_sent_can_be_fetched(phone):
    phone.does("pictures", name="tyre", number=78)

    (push,) = phone.pushed()
    picture = requests.get(str(push["PicUrl"]), timeout=30)
    assert push["MsgType"] == "image"
    assert (picture.status_code, picture.headers["Content-Type"]) == (200, "image/jpeg")
    assert phone.chat()[0]["url"] == push["PicUrl"]


def test_a_location_is_sent_with_its_name(phone):
    phone.does("locations", place="jiefangbei", number=79)

    (push,) = phone.pushed()
    assert (push["MsgType"], push["Location_X"], push["Label"]) == ("location", "29.5573", "重庆 · 解放碑")
    assert phone.chat()[0]["label"] == "重庆 · 解放碑"


def test_who_follows_is_told_of_and_greeted(stage):
    phone = Phone(stage, NOT_YET)
    stage.cheqiao.answers.append(text_reply("欢迎关注"))
    before = phone.shown()["follows"]

    phone.does("follow")

    assert (before, phone.shown()["follows"]) == (False, True)
    assert (phone.pushed()[0]["Event"], phone.pushed()[0]["EventKey"]) == ("subscribe", "")
    assert phone.chat()[0]["text"] == "欢迎关注"


def test_a_code_that_is_scanned_makes_a_follower(stage):
    phone = Phone(stage, NOT_YET)

    phone.does("scans", scene="entrance")

    assert (phone.pushed()[0]["Event"], phone.pushed()[0]["EventKey"]) == ("subscribe", "qrscene_entrance")
    assert phone.shown()["follows"] is True


def test_a_code_that_a_follower_scans_is_a_scan(phone):
    phone.does("scans", scene="entrance")

    assert (phone.pushed()[0]["Event"], phone.pushed()[0]["EventKey"]) == ("SCAN", "entrance")


def test_who_leaves_is_told_of(phone):
    phone.does("unfollow")

    assert phone.pushed()[0]["Event"] == "unsubscribe"
    assert phone.shown()["follows"] is False
    assert phone.chat()[-1]["side"] == "note"


def test_a_new_person_gets_a_phone_and_begins_to_follow(stage):
    made = requests.post(stage.at("/phone/people"), json={"name": "赵敏", "mobile": "13912345678"}, timeout=30)
    phone = Phone(stage, made.json()["openid"])

    phone.does("follow")

    assert made.status_code == 201
    assert phone.pushed()[0]["FromUserName"] == phone.openid
    people = requests.get(stage.at("/phone/people"), timeout=30).json()["people"]
    assert [(person["name"], person["follows"]) for person in people][-1] == ("赵敏", True)


@pytest.mark.parametrize("body", [{"name": "", "mobile": "13912345678"}, {"name": "赵敏", "mobile": "123"}])
def test_a_person_without_a_name_or_a_mobile_is_none(stage, body):
    assert requests.post(stage.at("/phone/people"), json=body, timeout=30).status_code == 400


def test_text_messages_arrive_on_the_phone_of_their_mobile(phone):
    message = {"to": "13800138000", "text": "验证码 482913", "template": "registration.code", "code": "482913"}
    headers = {"Authorization": f"Bearer {SECRETS.sms_api_key}", "Idempotency-Key": "s-1"}
    requests.post(phone.stage.at("/sms/api/v1/messages"), json=message, headers=headers, timeout=30).raise_for_status()

    assert [text["text"] for text in phone.shown()["texts"]] == ["验证码 482913"]
    assert Phone(phone.stage, "oSandboxFollower0002").shown()["texts"] == []


def test_the_holder_knows_what_a_registration_asks_for(phone):
    person = phone.shown()["person"]

    assert (person["name"], person["mobile"], len(person["id_number"])) == ("张伟", "13800138000", 18)
    assert len(person["cars"][0]["vin"]) == 17


def test_another_sites_page_cannot_use_a_phone(phone):
    refused = phone.does("texts", headers={"Sec-Fetch-Site": "cross-site"}, text="你好", number=77)

    assert refused.status_code == 403
    assert phone.stage.cheqiao.heard == []


@pytest.mark.parametrize(
    ("what", "body"),
    [
        ("texts", {"text": "", "number": 1}),
        ("texts", {"text": "好", "number": 0}),
        ("pictures", {"name": "../app", "number": 1}),
        ("locations", {"place": "moon", "number": 1}),
    ],
)
def test_what_no_phone_can_do_is_refused(phone, what, body):
    assert phone.does(what, **body).status_code == 400
    assert phone.stage.cheqiao.heard == []


def test_nobody_has_no_phone(stage):
    assert requests.get(stage.at("/phone/people/oNobody"), timeout=30).status_code == 404


@pytest.mark.parametrize(
    ("asked", "lang", "heading"), [("", "zh-CN", "沙箱手机"), ("?lang=en", "en", "Sandbox phones"), ("?lang=fr", "zh-CN", "沙箱手机")]
)
def test_the_page_speaks_chinese_and_english(stage, asked, lang, heading):
    page = requests.get(stage.at(f"/phone{asked}"), timeout=30)

    assert f'<html lang="{lang}">' in page.text
    assert heading in page.text
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
