"""The one call that the pages make to WeChat themselves: whose code is this? (design section 7, A-ITF-13)

Bounded in time and size. No error or log line holds the code, the secret, the token or the openid.
"""

from http.cookiejar import DefaultCookiePolicy

import requests
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from urllib3.exceptions import HTTPError

from chassis.deadline import within
from chassis.errors import ContractBroken, Unavailable
from chassis.privacy import violations_of
from chassis.settings import Account

PARTNER = "wechat"
PATH = "/sns/oauth2/access_token"
SECONDS = 5.0
CONNECT_SECONDS = 3.0
LARGEST_ANSWER = 65_536

CODE_VOID = frozenset({40029, 40163, 42003, 41008})
"""Not a code, used already, too old, none: with another code it may go well."""
COME_AGAIN = frozenset({-1, 45009, 45011, 50002, 61006})
"""Busy, or too many calls. Anything else is a fault of ours or of the account's settings."""


class CodeVoid(Exception):
    """The code is good for nothing (any more)."""


class OauthRefused(Exception):
    """WeChat does not let us: secret, allow-list of addresses, rights of the account … An operator has to look."""

    def __init__(self, errcode: int) -> None:
        super().__init__(f"errcode {errcode}")
        self.errcode = errcode


class CodeAnswer(BaseModel):
    """Only what we use of it. `errmsg` is left out: it may quote what was sent."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    errcode: int = 0
    openid: str | None = Field(default=None, min_length=1, max_length=128, pattern=r"^[\x21-\x7e]+$")
    is_snapshotuser: int = Field(default=0, description="1: a made-up person, shown to who only looks in; never to be bound.")


class WhoIsIt:
    """`openid` and whether it is a made-up one."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers.update({"User-Agent": "cheqiao", "Accept-Encoding": "identity"})
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))

    def __call__(self, code: str) -> tuple[str, bool]:
        """Raises CodeVoid, OauthRefused, Unavailable, ContractBroken."""
        answer = self._ask(code)
        if answer.errcode in CODE_VOID:
            raise CodeVoid
        if answer.errcode in COME_AGAIN:
            raise Unavailable(f"{PARTNER}: errcode {answer.errcode}")
        if answer.errcode:
            raise OauthRefused(answer.errcode)
        if answer.openid is None:
            raise ContractBroken(PATH, (("openid", "missing"),))
        return answer.openid, answer.is_snapshotuser == 1

    def _ask(self, code: str) -> CodeAnswer:
        body = self._get(code)
        if len(body) > LARGEST_ANSWER:
            raise ContractBroken(PATH, (("body", "longer than 64 KiB"),))
        try:
            return CodeAnswer.model_validate_json(body)
        except ValidationError as error:
            if any(problem["type"] == "json_invalid" for problem in error.errors(include_input=False, include_url=False)):
                raise Unavailable(f"{PARTNER}: the answer is not JSON") from None  # pydantic's text quotes the values
            raise ContractBroken(PATH, violations_of(error)) from None

    def _get(self, code: str) -> bytes:
        secret = self._account.secret.get_secret_value()
        try:
            with (
                within(SECONDS, PARTNER),
                self._session.get(
                    self._account.api_url + PATH,
                    params={"appid": self._account.appid, "secret": secret, "code": code, "grant_type": "authorization_code"},
                    timeout=(CONNECT_SECONDS, SECONDS),
                    allow_redirects=False,
                    stream=True,
                ) as response,
            ):
                if response.status_code != requests.codes.ok:
                    raise Unavailable(f"{PARTNER} answered {response.status_code}")
                return bytes(response.raw.read(LARGEST_ANSWER + 1))
        except (requests.RequestException, HTTPError) as error:
            raise Unavailable(f"{PARTNER}: {type(error).__name__}") from None  # its text quotes the address with the secret
