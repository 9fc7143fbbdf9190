"""WeChat's API over HTTP: one method per thing it can do for us, bounded in time and size, every answer held against its form.

wechatpy's client is not used here: it knows neither `stable_token` nor `client_msg_id`, and what it would add are its endless refresh,
its missing timeouts and its unwrapped errors. (docs of the platform: https://developers.weixin.qq.com/doc/service/api/)
"""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.cookiejar import DefaultCookiePolicy
from typing import Annotated, Generic, TypeVar
from uuid import UUID

import requests
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from urllib3.exceptions import HTTPError

from adapters.wechat.sender.errcodes import Next, after, after_token_call
from chassis import crash, tracing
from chassis.answers import seconds_asked
from chassis.breaker import Way
from chassis.calls import CallLog, PartnerCall
from chassis.deadline import within
from chassis.errors import ContractBroken, Unavailable
from chassis.privacy import violations_of
from chassis.settings import Account

PARTNER = "wechat"
CONNECT_SECONDS = 3.0
CALL_SECONDS = 10.0
TOKEN_CALL_SECONDS = 5.0
"""The longest one call may take, to the last byte of its answer."""
MEDIA_CALL_SECONDS = 15.0
LARGEST_ANSWER = 65_536
LARGEST_MEDIA = 10 * 1024 * 1024

STABLE_TOKEN = "/cgi-bin/stable_token"  # noqa: S105 - a path, no secret
TEMPLATE_SEND = "/cgi-bin/message/template/send"
CUSTOM_SEND = "/cgi-bin/message/custom/send"
JS_TICKET = "/cgi-bin/ticket/getticket"
MENU_CREATE = "/cgi-bin/menu/create"
MEDIA_GET = "/cgi-bin/media/get"

_AS_TEXT = BeforeValidator(lambda number: str(number) if isinstance(number, int) else number)
MessageNumber = Annotated[str, _AS_TEXT, Field(pattern=r"^\d{1,20}$")]


class Answer(BaseModel):
    """Any answer; only what we use of it. `errmsg` is left out: it may quote what was sent."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    errcode: int = 0


class TokenAnswer(Answer):
    access_token: str = Field(min_length=1, max_length=2048)
    expires_in: int = Field(gt=0, le=86_400, description="Seconds that are left.")


class SendAnswer(Answer):
    msgid: MessageNumber


class TicketAnswer(Answer):
    ticket: str = Field(min_length=1, max_length=1024)
    expires_in: int = Field(gt=0, le=86_400, description="Seconds that are left.")


class RepeatAnswer(Answer):
    """45065: sent before. Documented with `msg_id`, seen without."""

    msg_id: MessageNumber | None = None
    msgid: MessageNumber | None = None


A = TypeVar("A", bound=Answer)


class WeChatSays(Exception):
    """A clear answer that is not ok, and what to do next."""

    def __init__(self, errcode: int, what_next: Next) -> None:
        super().__init__(f"errcode {errcode}: {what_next}")
        self.errcode = errcode
        self.next = what_next


@dataclass(frozen=True)
class Hours:
    """Between these two, today and on any later day, the follower is not to be disturbed."""

    end: datetime
    begin_again: datetime

    def closed_for(self, now: datetime) -> timedelta | None:
        """How much longer, once they have ended; None: they have begun again."""
        left = (self.begin_again - self.end) - (now - self.end) % timedelta(days=1)
        return left if left > timedelta() else None


@dataclass(frozen=True)
class OnBehalf:
    """For which message we call, the moment (time.monotonic) when all its calls must have ended, and when it may go out."""

    message_id: UUID
    ends_at: float
    hours: Hours | None = None

    def seconds(self, longest: float) -> float:
        """For the next call, `longest` at most. Raises Unavailable when there is no time left for one."""
        left = self.ends_at - time.monotonic()
        if left <= 0:
            raise Unavailable(f"{PARTNER}: no time left")
        return min(left, longest)


@dataclass(frozen=True)
class Request(Generic[A]):
    """`longest`: seconds, to the last byte of its answer; `largest`: its bytes; `means`: what to do after an error code."""

    method: str
    path: str
    answers: type[A]
    query: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, object] | None = None
    longest: float = CALL_SECONDS
    largest: int = LARGEST_ANSWER
    means: Callable[[int], Next] = after


@dataclass
class _Call:
    status: int | None = None


class WeChatClient:
    """Speaks with WeChat for one account. Raises WeChatSays, Unavailable, ContractBroken; no error or log line holds a secret."""

    def __init__(self, account: Account, session: requests.Session, calls: CallLog, way: Way | None = None) -> None:
        self.appid = account.appid
        self._secret = account.secret
        self._base_url = account.api_url.rstrip("/")
        self._session = session
        self._calls = calls
        self.way = way or Way(PARTNER)

    def stable_token(self, on_behalf: OnBehalf, *, force: bool) -> TokenAnswer:
        """The same token to everyone who asks while it is valid; `force` voids it (20 a day, 30 s apart)."""
        body = {
            "grant_type": "client_credential",
            "appid": self.appid,
            "secret": self._secret.get_secret_value(),
            "force_refresh": force,
        }
        request = Request("POST", STABLE_TOKEN, TokenAnswer, body=body, longest=TOKEN_CALL_SECONDS, means=after_token_call)
        return self._answered(request, on_behalf)

    def send_template(self, token: str, message: Mapping[str, object], on_behalf: OnBehalf) -> str:
        """The message number that WeChat gives it; empty where it was sent before and WeChat does not say under which."""
        request = Request("POST", TEMPLATE_SEND, SendAnswer, {"access_token": token}, message)
        seconds = on_behalf.seconds(request.longest)
        with self.way.asking(WeChatSays), self._noted(request, on_behalf) as call:
            crash.here("before_answer", "sender")
            call.status, answer = self._sent(request, seconds)
            crash.here("after_answer", "sender")
            errcode = _held(Answer, answer, TEMPLATE_SEND).errcode
            if not errcode:
                return _held(SendAnswer, answer, TEMPLATE_SEND).msgid
            if after(errcode) is Next.ALREADY_SENT:
                repeat = _held(RepeatAnswer, answer, TEMPLATE_SEND)
                return repeat.msg_id or repeat.msgid or ""
            raise WeChatSays(errcode, after(errcode))

    def send_text(self, token: str, message: Mapping[str, object], on_behalf: OnBehalf) -> None:
        """A customer-service message; no repeat is known as one."""
        self._answered(Request("POST", CUSTOM_SEND, Answer, {"access_token": token}, message), on_behalf)

    def js_ticket(self, token: str, on_behalf: OnBehalf) -> TicketAnswer:
        return self._answered(Request("GET", JS_TICKET, TicketAnswer, {"access_token": token, "type": "jsapi"}), on_behalf)

    def create_menu(self, token: str, menu: Mapping[str, object], on_behalf: OnBehalf) -> None:
        """Takes the place of the one that is there."""
        self._answered(Request("POST", MENU_CREATE, Answer, {"access_token": token}, menu), on_behalf)

    def media(self, token: str, media_id: str, on_behalf: OnBehalf) -> bytes:
        """What is kept under this id for three days. One byte more than `LARGEST_MEDIA` comes of what is larger."""
        query = {"access_token": token, "media_id": media_id}
        request = Request("GET", MEDIA_GET, Answer, query, longest=MEDIA_CALL_SECONDS, largest=LARGEST_MEDIA)
        seconds = on_behalf.seconds(request.longest)
        with self.way.asking(WeChatSays), self._noted(request, on_behalf) as call:
            call.status, answer = self._sent(request, seconds)
            crash.here("media_answer", "sender")
            if not answer.startswith(b"{"):
                return answer
            if errcode := _held(Answer, answer, MEDIA_GET).errcode:
                raise WeChatSays(errcode, after(errcode))
            raise ContractBroken(MEDIA_GET, (("body", "neither media nor an error"),))  # a video's address, say

    def _answered(self, request: "Request[A]", on_behalf: OnBehalf) -> A:
        seconds = on_behalf.seconds(request.longest)
        with self.way.asking(WeChatSays), self._noted(request, on_behalf) as call:
            call.status, answer = self._sent(request, seconds)
            if errcode := _held(Answer, answer, request.path).errcode:
                raise WeChatSays(errcode, request.means(errcode))
            return _held(request.answers, answer, request.path)

    @contextmanager
    def _noted(self, request: "Request[A]", on_behalf: OnBehalf) -> Iterator[_Call]:
        """Every call is written down, however it ends; the path without its query, which holds the token."""
        call, span = _Call(), tracing.called(PARTNER, request.method, on_behalf.message_id)
        started_at, began = datetime.now(UTC), time.monotonic()
        outcome = "ok"
        try:
            yield call
        except WeChatSays as said:
            outcome = said.next.value
            raise
        except Unavailable:
            outcome = "unavailable"
            raise
        except ContractBroken:
            outcome = "contract"
            raise
        finally:
            operation = f"{request.method} {request.path}"
            done = PartnerCall(PARTNER, operation, started_at, (time.monotonic() - began) * 1000, call.status, outcome, attempt=0)
            self._calls.add(on_behalf.message_id, done)
            span.note({"http.route": request.path, "cheqiao.outcome": outcome})
            span.end("" if outcome == "ok" else outcome)

    def _sent(self, request: "Request[A]", seconds: float) -> tuple[int, bytes]:
        """Status and body of a 200. Raises Unavailable for anything else: WeChat says its noes in a 200."""
        # WeChat shows \\uXXXX to followers as it stands
        body = None if request.body is None else json.dumps(request.body, ensure_ascii=False).encode()
        try:
            with (
                within(seconds, PARTNER),
                self._session.request(
                    request.method,
                    self._base_url + request.path,
                    params=request.query,
                    data=body,
                    timeout=(min(CONNECT_SECONDS, seconds), seconds),
                    allow_redirects=False,
                    stream=True,
                ) as response,
            ):
                if response.status_code != requests.codes.ok:
                    asked = seconds_asked(response.headers.get("Retry-After"), datetime.now(UTC))
                    raise Unavailable(f"{PARTNER} answered {response.status_code}", retry_after=asked)
                return response.status_code, _read(response, request.largest)
        except (requests.RequestException, HTTPError) as error:
            raise Unavailable(f"{PARTNER}: {type(error).__name__}") from None  # its text quotes the address with the token


def _read(response: requests.Response, most: int) -> bytes:
    """The body, or one byte more than `most` of it. Raises HTTPError where it breaks off before the length that was said."""
    body: bytes = response.raw.read(most + 1)
    if len(body) <= most:
        response.raw.read(1)  # urllib3 speaks of what is missing only when it is asked for more
    return body


def _held(form: type[A], body: bytes, where: str) -> A:
    """A body that is no JSON was cut, or comes from a proxy on the way: not WeChat's answer. One off its form breaks the contract."""
    if len(body) > LARGEST_ANSWER:
        raise ContractBroken(where, (("body", "longer than 64 KiB"),))
    try:
        return form.model_validate_json(body)
    except ValidationError as error:
        if any(problem["type"] == "json_invalid" for problem in error.errors(include_input=False, include_url=False)):
            raise Unavailable(f"{PARTNER}: the answer is not JSON") from None  # pydantic's text quotes the values
        raise ContractBroken(where, violations_of(error)) from None


def open_session() -> requests.Session:
    """No proxies or passwords from the environment, no cookies, no compression (its size cannot be bounded by what came)."""
    session = requests.Session()
    session.trust_env = False
    session.headers.update({"User-Agent": "cheqiao", "Content-Type": "application/json", "Accept-Encoding": "identity"})
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    return session
