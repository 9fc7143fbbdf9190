"""How the platform pushes: signed, encrypted where wished, cut at five seconds, three tries in all unless one is answered 200."""

import json
import secrets
from typing import Literal
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict

from sandbox.call import Try, call, post
from sandbox.clock import Now
from sandbox.outgoing import Parcel
from sandbox.secrets import SandboxSecrets
from sandbox.wechat.crypto import Cryptor, Unreadable, signature
from sandbox.wechat.notation import Notation, read, written

DEADLINE = 5.0
TRIES = 3
PAUSE = 0.2
CALLBACK = "/wechat/main"
ACCOUNT_NAME = "gh_sandbox0main"

Mode = Literal["plain", "safe", "compatible"]


class PushForm(BaseModel):
    """How a push is dressed. The last three make it wrong on purpose."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    mode: Mode
    format: Notation = "xml"
    skew_seconds: int = 0
    wrong_signature: bool = False
    appid: str | None = None


class PushCarrier:
    """Every try has a timestamp, a nonce and (safe mode) a ciphertext of its own; the message in it stays the same."""

    def __init__(self, target: str, secrets_: SandboxSecrets, now: Now) -> None:
        self.target = target.rstrip("/")
        self._secrets = secrets_
        self._now = now
        self._cryptor = Cryptor(secrets_.aes_key, secrets_.appid) if secrets_.aes_key else None

    @property
    def usual_mode(self) -> Mode:
        return "safe" if self._cryptor else "plain"

    @property
    def modes(self) -> tuple[Mode, ...]:
        return ("plain", "safe", "compatible") if self._cryptor else ("plain",)

    def carry(self, parcel: Parcel) -> Try:
        form = PushForm.model_validate_json(parcel.form)
        query, fields = self._dressed(json.loads(parcel.body), form)
        kind = "application/json" if form.format == "json" else "text/xml"
        body = written(fields, form.format).encode()
        return post(f"{self.target}{parcel.path}?{urlencode(query)}", body, {"Content-Type": kind}, deadline=DEADLINE)

    def settles(self, answer: Try) -> bool:
        return answer.status == 200

    def pause(self, tries: int) -> float | None:
        return PAUSE if tries < TRIES else None

    def reply_in(self, answer: Try) -> dict[str, object] | None:
        """The passive reply to the follower, decrypted; `problem` where the platform would say that the service is out of order."""
        if answer.status != 200 or answer.body.strip() in ("", "success"):
            return None
        try:
            fields = read(answer.body)
            return read(self._opened(fields)) if "Encrypt" in fields else fields
        except (ValueError, Unreadable) as error:
            return {"problem": f"{type(error).__name__}: {error}"}

    def verify(self) -> Try:
        """The check of the callback's address when the account is set up: our `echostr` must come back."""
        echo = secrets.token_hex(8)
        query = {**self._signed(int(self._now().timestamp()), secrets.token_hex(5)), "echostr": echo}
        answer = call("GET", f"{self.target}{CALLBACK}?{urlencode(query)}", None, {}, deadline=DEADLINE)
        return answer if answer.body == echo else Try(answer.at, answer.milliseconds, answer.status, "echostr did not come back")

    def _dressed(self, message: dict[str, object], form: PushForm) -> tuple[dict[str, str], dict[str, object]]:
        timestamp, nonce = int(self._now().timestamp()) + form.skew_seconds, secrets.token_hex(5)
        query = {**self._signed(timestamp, nonce), "openid": str(message.get("FromUserName", ""))}
        if self._cryptor is None or form.mode == "plain":
            return self._spoilt(query, form), message
        sealed = self._cryptor.encrypt(written(message, form.format), appid=form.appid)
        query |= {"encrypt_type": "aes", "msg_signature": signature(self._secrets.token, str(timestamp), nonce, sealed)}
        clear = message if form.mode == "compatible" else {"ToUserName": message.get("ToUserName", "")}
        return self._spoilt(query, form), {**clear, "Encrypt": sealed}

    def _signed(self, timestamp: int, nonce: str) -> dict[str, str]:
        return {"signature": signature(self._secrets.token, str(timestamp), nonce), "timestamp": str(timestamp), "nonce": nonce}

    @staticmethod
    def _spoilt(query: dict[str, str], form: PushForm) -> dict[str, str]:
        if not form.wrong_signature:
            return query
        return {name: "0" * 40 if name.endswith("signature") else value for name, value in query.items()}

    def _opened(self, fields: dict[str, object]) -> str:
        sealed = str(fields["Encrypt"])
        expected = signature(self._secrets.token, str(fields.get("TimeStamp", "")), str(fields.get("Nonce", "")), sealed)
        if self._cryptor is None or fields.get("MsgSignature") != expected:
            raise Unreadable("MsgSignature")
        return self._cryptor.decrypt(sealed)
