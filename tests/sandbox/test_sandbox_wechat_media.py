"""Temporary media of the platform's stand-in, and what a page finds on a phone."""

import base64
import json
from datetime import timedelta
from io import BytesIO

import pytest
import requests
from PIL import Image

from tests.sandbox.stage import OPENID, Stage, under_werkzeug
from tests.sandbox.test_sandbox_wechat_api import Clock, put

PHOTO = b"\xff\xd8\xff\xe0 as it came"
GPS = 0x8825


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def timed(tmp_path, cheqiao, clock):
    with under_werkzeug(tmp_path, cheqiao.url, now=clock) as url:
        yield Stage(url, cheqiao)


def upload(stage, content=PHOTO, name="photo.jpg", **query):
    asked = {"access_token": stage.token(), "type": "image", **query}
    files = None if content is None else {"media": (name, content)}
    return requests.post(stage.at("/wechat/cgi-bin/media/upload"), params=asked, files=files, timeout=30).json()


def get(stage, media_id, **query):
    return requests.get(
        stage.at("/wechat/cgi-bin/media/get"), params={"access_token": stage.token(), "media_id": media_id, **query}, timeout=30
    )


def local(stage, local_id, what, number=3):
    asked = {"number": number, "local": local_id, "do": what}
    said = requests.get(stage.at("/wechat/js/local.js"), params=asked, timeout=30)
    assert said.headers["Content-Type"].startswith("text/javascript")
    assert said.text.startswith(f"cheqiaoLocal({number}, ")
    return json.loads(said.text.removeprefix(f"cheqiaoLocal({number}, ").removesuffix(");"))


def test_what_is_uploaded_is_got_as_it_was(timed):
    kept = upload(timed)

    got = get(timed, kept["media_id"])

    assert (kept["type"], got.content, got.headers["Content-Type"]) == ("image", PHOTO, "image/jpeg")
    assert kept["media_id"] in got.headers["Content-Disposition"]


def test_it_is_kept_for_three_days(timed, clock):
    media_id = upload(timed)["media_id"]

    clock.time += timedelta(days=3, minutes=-1)
    assert get(timed, media_id).content == PHOTO
    clock.time += timedelta(minutes=2)
    assert get(timed, media_id).json()["errcode"] == 40007


@pytest.mark.parametrize(
    ("changed", "errcode"),
    [
        ({"type": "sticker"}, 40004),
        ({"name": "photo.exe"}, 40005),
        ({"type": "voice"}, 40005),
        ({"content": b""}, 40006),
        ({"content": None}, 41005),
        ({"access_token": ""}, 41001),
    ],
)
def test_an_upload_that_the_platform_does_not_take_is_refused(timed, changed, errcode):
    assert upload(timed, **changed)["errcode"] == errcode


def test_nothing_is_got_without_a_token_or_an_id(timed):
    assert get(timed, "guessed").json()["errcode"] == 40007
    assert get(timed, "").json()["errcode"] == 41006
    assert get(timed, "guessed", access_token="guessed").json()["errcode"] == 40001  # noqa: S106 - a wrong one


def test_an_errcode_can_be_ordered(timed):
    media_id = upload(timed)["media_id"]
    put(timed, "/errcodes", path="/cgi-bin/media/get", errcodes=[45009])

    assert get(timed, media_id).json()["errcode"] == 45009
    assert get(timed, media_id).content == PHOTO


def test_a_sample_picture_is_shown_and_uploaded_with_the_place_where_it_was_taken(timed):
    shown = local(timed, "wxLocalResource://picture/scratch", "show")["localData"]
    media_id = local(timed, "wxLocalResource://picture/scratch", "upload")["serverId"]

    content = get(timed, media_id).content
    assert shown == f"data:image/jpeg;base64,{base64.b64encode(content).decode()}"
    assert Image.open(BytesIO(content)).getexif().get_ifd(GPS)


def test_the_sample_voice_is_uploaded_as_a_phone_records_it(timed):
    got = get(timed, local(timed, "wxLocalResource://voice/sample", "upload")["serverId"])

    assert got.content.startswith(b"#!AMR\n")
    assert got.headers["Content-Type"] == "audio/amr"


def test_a_photo_of_ones_own_is_brought_to_the_phone_and_uploaded_from_there(timed):
    brought = requests.post(timed.at(f"/phone/people/{OPENID}/photos"), data=PHOTO, timeout=30).json()

    media_id = local(timed, f"wxLocalResource://photo/{brought['media_id']}", "upload")["serverId"]

    assert media_id != brought["media_id"]
    assert get(timed, media_id).content == PHOTO


@pytest.mark.parametrize("name", ["picture/..", "picture/other", "photo/guessed", "voice/other", "", "file:///etc/passwd"])
def test_what_is_not_on_the_phone_is_not_found(timed, name):
    assert local(timed, name, "upload")["errMsg"].startswith("fail")


def test_a_phone_takes_photos_of_its_own_page_alone(timed):
    path, other = timed.at(f"/phone/people/{OPENID}/photos"), {"Sec-Fetch-Site": "cross-site"}

    assert requests.post(path, data=PHOTO, headers=other, timeout=30).status_code == 403
    assert requests.post(path, data=b"", timeout=30).status_code == 413
    assert requests.post(timed.at("/phone/people/nobody/photos"), data=PHOTO, timeout=30).status_code == 404
