"""What a follower does on his phone, told to the account as the platform tells it."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from sandbox.phone.people import Person
from sandbox.phone.places import Place
from sandbox.wechat.carrier import PushCarrier, PushForm
from sandbox.wechat.followers import Followers
from sandbox.wechat.pushing import Pushing


@dataclass(frozen=True)
class Doings:
    """Each waits until the account has answered, or the platform has given up; true when the account took it."""

    pushing: Pushing
    followers: Followers
    carrier: PushCarrier

    def say(self, person: Person, text: str, number: int) -> bool:
        """`number` is the message's id: the phone knows its own message by it."""
        return self._push(person, {"MsgType": "text", "Content": text, "MsgId": number})

    def send_picture(self, person: Person, url: str, number: int) -> bool:
        return self._push(person, {"MsgType": "image", "PicUrl": url, "MediaId": secrets.token_urlsafe(24), "MsgId": number})

    def send_location(self, person: Person, place: Place, number: int) -> bool:
        where = {"Location_X": place.latitude, "Location_Y": place.longitude, "Scale": 16, "Label": place.name}
        return self._push(person, {"MsgType": "location", **where, "MsgId": number})

    def click(self, person: Person, key: str) -> bool:
        return self._event(person, "CLICK", key)

    def view(self, person: Person, url: str) -> bool:
        return self._event(person, "VIEW", url)

    def follow(self, person: Person, scene: str) -> bool:
        """`scene`: of the QR code that was scanned, empty if none was."""
        self.followers.follow(person.openid, person.name)
        return self._event(person, "subscribe", f"qrscene_{scene}" if scene else "")

    def scan(self, person: Person, scene: str) -> bool:
        """For somebody who follows already; anybody else begins to follow by it."""
        return self._event(person, "SCAN", scene) if self.follows(person) else self.follow(person, scene)

    def unfollow(self, person: Person) -> bool:
        self.followers.unfollow(person.openid)
        return self._event(person, "unsubscribe", "")

    def follows(self, person: Person) -> bool:
        return any(each["openid"] == person.openid and each["subscribed"] for each in self.followers.all())

    def _event(self, person: Person, event: str, key: str) -> bool:
        return self._push(person, {"MsgType": "event", "Event": event, "EventKey": key})

    def _push(self, person: Person, message: Mapping[str, object]) -> bool:
        return bool(self.pushing.push(person.openid, message, PushForm(mode=self.carrier.usual_mode))["sent"])
