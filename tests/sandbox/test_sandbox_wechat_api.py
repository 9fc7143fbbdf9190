"""The platform's API keeps its tokens, its rules of templates and its windows."""

from datetime import UTC, datetime, timedelta

import pytest
import requests

from tests.sandbox.stage import OPENID, SECRETS, Stage, eventually, said, under_werkzeug


class Clock:
    """Stands still until it is turned."""

    def __init__(self):
        self.time = datetime(2026, 4, 1, 9, tzinfo=UTC)

    def __call__(self):
        return self.time


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def timed(tmp_path, cheqiao, clock):
    with under_werkzeug(tmp_path, cheqiao.url, now=clock) as url:
        yield Stage(url, cheqiao)


def stable(stage, **changes):
    wish = {"grant_type": "client_credential", "appid": SECRETS.appid, "secret": SECRETS.appsecret}
    return requests.post(stage.at("/wechat/cgi-bin/stable_token"), json=wish | changes, timeout=30).json()


def classic(stage, **changes):
    wish = {"grant_type": "client_credential", "appid": SECRETS.appid, "secret": SECRETS.appsecret}
    return requests.get(stage.at("/wechat/cgi-bin/token"), params=wish | changes, timeout=30).json()


def info(stage, token, openid=OPENID):
    return requests.get(stage.at("/wechat/cgi-bin/user/info"), params={"access_token": token, "openid": openid}, timeout=30).json()


def custom(stage, openid=OPENID):
    url = stage.at(f"/wechat/cgi-bin/message/custom/send?access_token={stage.token()}")
    return requests.post(url, json={"touser": openid, "msgtype": "text", "text": {"content": "您好"}}, timeout=30).json()


def put(stage, place, **body):
    assert requests.put(stage.at(f"/wechat/control{place}"), json=body, timeout=30).status_code == 200


def test_the_stable_token_stays_the_same_and_says_what_is_left(timed, clock):
    first = stable(timed)
    clock.time += timedelta(seconds=1000)

    second = stable(timed)

    assert second == {"access_token": first["access_token"], "expires_in": 6200}


def test_the_stable_token_is_renewed_five_minutes_early(timed, clock):
    first = stable(timed)
    clock.time += timedelta(seconds=6901)

    second = stable(timed)

    assert second["access_token"] != first["access_token"]
    assert info(timed, first["access_token"])["subscribe"] == 1


def test_a_forced_refresh_voids_the_stable_token_at_once(timed):
    first = stable(timed)

    stable(timed, force_refresh=True)

    assert info(timed, first["access_token"])["errcode"] == 40001


def test_a_new_token_leaves_the_old_a_grace(timed, clock):
    first, second = classic(timed), classic(timed)
    in_grace = info(timed, first["access_token"])
    clock.time += timedelta(seconds=301)

    assert in_grace["subscribe"] == 1
    assert info(timed, first["access_token"])["errcode"] == 42001
    assert info(timed, second["access_token"])["subscribe"] == 1


@pytest.mark.parametrize(
    ("fetch", "changes", "errcode"),
    [
        (stable, {"appid": "wx0"}, 40013),
        (stable, {"secret": "x"}, 40125),
        (classic, {"secret": "x"}, 40001),
        (classic, {"grant_type": "password"}, 40002),
    ],
)
def test_who_does_not_identify_gets_no_token(timed, fetch, changes, errcode):
    assert fetch(timed, **changes)["errcode"] == errcode


def test_tokens_can_be_voided_and_expired_by_hand(timed):
    voided = stable(timed)["access_token"]
    timed.wechat("/tokens/void")
    expired = stable(timed)["access_token"]
    timed.wechat("/tokens/void", expire=True)

    assert (info(timed, voided)["errcode"], info(timed, expired)["errcode"], info(timed, "")["errcode"]) == (40001, 42001, 41001)


def test_ordered_errcodes_are_answered_one_by_one(timed):
    put(timed, "/errcodes", path="/cgi-bin/message/template/send", errcodes=[45009, 0, -1])

    assert [timed.send_template(client_msg_id="")["errcode"] for _ in range(4)] == [45009, 0, -1, 0]


def test_a_template_message_arrives_once_however_often_it_is_sent(timed, clock):
    first = timed.send_template()

    again = timed.send_template()

    assert first["errcode"] == 0
    assert again["msgid"] == first["msgid"] > 2**53
    got = requests.get(timed.at("/wechat/control/messages"), params={"openid": OPENID}, timeout=30).json()["messages"]
    assert [(each["content"]["thing1"], each["asked"]) for each in got] == [("保养", 2)]


def test_after_ten_minutes_a_repeat_is_sent_again(timed, clock):
    first = timed.send_template()
    clock.time += timedelta(seconds=601)

    assert timed.send_template()["msgid"] != first["msgid"]


@pytest.mark.parametrize(
    ("changes", "errcode"),
    [
        ({"touser": "oNobody"}, 40003),
        ({"touser": "oSandboxFollower0004"}, 43004),
        ({"template_id": "tpl-unknown"}, 40037),
        ({"data": {}}, 47003),
        ({"data": {"first": {"value": "您好"}}}, 47003),
        ({"data": {"thing1": {"value": "字" * 21}}}, 47003),
        ({"data": {"thing1": {"value": ""}}}, 47003),
        ({"data": {"phrase4": {"value": "已经确认了啊"}}}, 47003),
        ({"data": {"character_string2": {"value": "渝A12345"}}}, 47003),
        ({"data": {"time2": {"value": "明天上午"}}}, 47003),
        ({"data": {"thing1": "保养"}}, 47001),
    ],
)
def test_what_the_platform_would_refuse_is_refused(timed, changes, errcode):
    assert timed.send_template(**changes)["errcode"] == errcode


@pytest.mark.parametrize(
    "data",
    [
        {"thing1": "保养 (5,000 km)", "time2": "2026年4月3日 09:30", "thing3": "D001", "phrase4": "已确认"},
        {"time2": "2026-04-03 09:30"},
        {"time2": "09:30~11:00"},
        {"date1": "2026年4月3日"},
        {"car_number1": "渝A12345"},
        {"amount1": "¥380.50"},
    ],
)
def test_what_the_platform_takes_is_taken(timed, data):
    assert timed.send_template(data={keyword: {"value": text} for keyword, text in data.items()})["errcode"] == 0


def test_the_result_of_a_send_is_pushed(stage):
    msgid = stage.send_template()["msgid"]

    (push,) = eventually(lambda: [push for push in stage.state("wechat")["pushes"] if push["outcome"] == "settled"])

    assert (push["body"]["Event"], push["body"]["MsgID"], push["body"]["Status"]) == ("TEMPLATESENDJOBFINISH", msgid, "success")
    assert push["body"]["FromUserName"] == OPENID
    assert stage.cheqiao.heard[0].path == "/wechat/main"


def test_the_result_can_be_chosen_for_the_next_send(stage):
    put(stage, "/template-results", status="failed:user block", times=1, delay=0)
    for number in range(2):
        stage.send_template(client_msg_id=f"m-{number}")

    pushes = eventually(lambda: len(pushes := stage.state("wechat")["pushes"]) == 2 and pushes)

    assert [push["body"]["Status"] for push in pushes] == ["failed:user block", "success"]


def test_a_service_message_needs_an_open_window(timed, clock):
    before = custom(timed)["errcode"]
    timed.wechat("/push", msg={"MsgType": "event", "Event": "CLICK", "EventKey": "BOOK"})
    after_a_click = [custom(timed)["errcode"] for _ in range(4)]
    clock.time += timedelta(seconds=61)

    assert (before, after_a_click, custom(timed)["errcode"]) == (45015, [0, 0, 0, 45047], 45015)


def test_a_message_opens_the_window_for_two_days(timed, clock):
    timed.wechat("/push", msg={"MsgType": "text", "Content": "在吗"})
    clock.time += timedelta(hours=47)

    assert [custom(timed)["errcode"] for _ in range(6)] == [0, 0, 0, 0, 0, 45047]


def test_user_info_tells_no_names(timed):
    assert info(timed, stable(timed)["access_token"])["nickname"] == ""
    assert info(timed, stable(timed)["access_token"], "oSandboxFollower0004")["subscribe"] == 0


def test_followers_come_and_go_and_the_account_is_told(stage):
    stage.wechat("/followers/oNew/follow", name="新人", mode="plain", format="json", scene="D001")
    stage.wechat("/followers/oNew/unfollow", mode="plain", format="json")

    events = [said(heard) for heard in stage.cheqiao.heard]
    assert [(event["Event"], event["EventKey"]) for event in events] == [("subscribe", "qrscene_D001"), ("unsubscribe", "")]
    assert stage.send_template(touser="oNew")["errcode"] == 43004
