"""What the platform tells the account: what followers do, at once; what became of a send, from the queue."""

import json
import secrets
import sqlite3
from collections.abc import Mapping
from dataclasses import asdict

from sandbox.call import Try
from sandbox.clock import Now, iso
from sandbox.outgoing import Outgoing
from sandbox.wechat.carrier import ACCOUNT_NAME, CALLBACK, PushCarrier, PushForm
from sandbox.wechat.followers import Followers, Opening
from sandbox.wechat.switches import Switches

CLICKS = ("CLICK", "VIEW", "SCAN", "subscribe", "scancode_push", "scancode_waitmsg")


class Pushing:
    def __init__(self, outgoing: Outgoing, carrier: PushCarrier, followers: Followers, switches: Switches, now: Now) -> None:
        self._outgoing = outgoing
        self._carrier = carrier
        self._followers = followers
        self._switches = switches
        self._now = now

    def push(
        self, openid: str, message: Mapping[str, object], form: PushForm, *, times: int = 1, at_once: bool = False
    ) -> dict[str, object]:
        """Send it and wait for the answers. `times`: the same push again, each with up to three tries. Only a 200 counts as sent."""
        whole = self._completed(openid, message)
        opening = _opening(whole)
        if opening is not None:
            self._followers.heard(openid, opening)
        body = json.dumps(whole, ensure_ascii=False)
        push_id, copies = self._outgoing.send_now(CALLBACK, body, form=form.model_dump_json(), copies=times, at_once=at_once)
        replies = [self._carrier.reply_in(tries[-1]) for tries in copies]
        return {
            "id": push_id,
            "message": whole,
            "sent": any(self._carrier.settles(tries[-1]) for tries in copies),
            "sends": [
                {"tries": [_shown(each) for each in tries], "sent": self._carrier.settles(tries[-1]), "reply": reply}
                for tries, reply in zip(copies, replies, strict=True)
            ],
            "reply": replies[0],
        }

    def tell_result(self, tx: sqlite3.Connection, openid: str, msgid: int) -> None:
        """Queue TEMPLATESENDJOBFINISH for a send."""
        results = self._switches.next_result(tx)
        if not results.send:
            return
        event = {"MsgType": "event", "Event": "TEMPLATESENDJOBFINISH", "MsgID": msgid, "Status": results.status}
        body = json.dumps(self._completed(openid, event), ensure_ascii=False)
        form = PushForm(mode=self._carrier.usual_mode).model_dump_json()
        self._outgoing.add(tx, CALLBACK, body, form=form, delay=results.delay)

    def wake(self) -> None:
        """What was queued has been committed."""
        self._outgoing.wake()

    def _completed(self, openid: str, message: Mapping[str, object]) -> dict[str, object]:
        """What the caller gives stays: a push can be repeated to the letter."""
        whole: dict[str, object] = {
            "ToUserName": ACCOUNT_NAME,
            "FromUserName": openid,
            "CreateTime": int(self._now().timestamp()),
            **message,
        }
        if whole.get("MsgType") != "event" and "MsgId" not in whole:
            whole["MsgId"] = secrets.randbelow(2**63)
        return whole


def _opening(message: Mapping[str, object]) -> Opening | None:
    if message.get("MsgType") != "event":
        return "message"
    return "click" if message.get("Event") in CLICKS else None


def _shown(answer: Try) -> dict[str, object]:
    return {**asdict(answer), "at": iso(answer.at)}
