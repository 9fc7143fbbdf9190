"""Photos and voices on their way: from the phone to WeChat, fetched, cleaned in a process of their own, kept, and seen at the desk."""

import os
from io import BytesIO
from typing import Any
from uuid import uuid4

import av
import requests
from PIL import Image

from tests.journeys.complaining import at_desk, complain, uploaded
from tests.journeys.people import Record, wait
from tests.journeys.world import World

GPS = 0x8825


def brought(world: World, content: bytes) -> str:
    """A file of the follower's own, whatever it is."""
    person = requests.post(f"{world.stage.sandbox_url}/phone/people", json={"name": "陈静", "mobile": "13900009999"}, timeout=30).json()
    url = f"{world.stage.sandbox_url}/phone/people/{person['openid']}/photos"
    return uploaded(world, f"photo/{requests.post(url, data=content, timeout=30).json()['media_id']}")


def large_photo() -> bytes:
    """Of some megabytes, as a phone's own are."""
    out = BytesIO()
    Image.frombytes("RGB", (1600, 1200), os.urandom(1600 * 1200 * 3)).save(out, "JPEG", quality=92)
    return out.getvalue()


def settled(world: World, case: str) -> dict[str, Record]:
    """The files of a case once none is awaited any more."""

    def there() -> dict[str, Record]:
        answer = at_desk(world, f"/cases/{case}")
        files: list[dict[str, Any]] = answer.json()["files"] if answer.ok else []
        return {one["file_id"]: one for one in files} if files and all(one["state"] != "awaited" for one in files) else {}

    return dict(wait("every file is kept or lost", there))


def test_what_a_follower_sent_is_seen_at_the_desk_and_says_no_more_where_it_was_taken(world: World):
    follower = world.a_follower()
    photo, large, voice, broken, over = (str(uuid4()) for _ in range(5))
    case = complain(
        follower,
        *[
            {"file_id": photo, "media_id": uploaded(world, "picture/scratch"), "kind": "photo"},
            {"file_id": large, "media_id": brought(world, large_photo()), "kind": "photo"},
            {"file_id": voice, "media_id": uploaded(world, "voice/sample"), "kind": "voice"},
            {"file_id": broken, "media_id": brought(world, b"no photo at all"), "kind": "photo"},
            {"file_id": over, "media_id": "over-since-yesterday", "kind": "photo"},
        ],
    )

    files = settled(world, case)
    seen, heard = at_desk(world, f"/cases/{case}/files/{photo}"), at_desk(world, f"/cases/{case}/files/{voice}")
    world.at_rest()

    assert {file_id: (one["state"], one["reason"]) for file_id, one in files.items()} == {
        photo: ("kept", ""),
        large: ("kept", ""),
        voice: ("kept", ""),
        broken: ("lost", "not_a_photo"),
        over: ("lost", "gone"),
    }
    picture = Image.open(BytesIO(seen.content))
    assert (picture.format, picture.size) == ("JPEG", (480, 360))
    assert not picture.getexif().get_ifd(GPS)
    with av.open(BytesIO(heard.content), "r") as sound:
        assert sound.streams.audio[0].codec_context.name.startswith("mp3")
    assert at_desk(world, f"/cases/{case}/files/{over}").status_code == 404
