"""Photos and voices of followers: fetched from WeChat while it keeps them, and brought to complaints, who keep them (A-CMP-35)."""

import time
from uuid import uuid5

import requests
from urllib3.exceptions import HTTPError

from adapters.wechat.sender.calling import Calling, Quota, SaidNo
from adapters.wechat.sender.client import LARGEST_MEDIA
from chassis.deadline import within
from chassis.errors import ContractBroken, Refused, Unavailable
from chassis.settings import Operator
from contracts.complaint_files import ComplaintFileFetched, ComplaintFileLost, FetchComplaintFile

MEDIA_GETS = Quota("media_get", 10_000)
"""The older of WeChat's numbers (A-LIM-10)."""
GONE = 40007
COMPLAINTS = "complaints"
BRING_SECONDS = 15.0
"""It is opened and cleaned meanwhile. What is not answered in time is kept, or refused, all the same, and a repeat finds that."""


class Lost(Refused):
    """It cannot be had, now or later."""


class Fetching:
    def __init__(self, calling: Calling) -> None:
        self._calling = calling

    def fetch(self, wish: FetchComplaintFile) -> bytes:
        """As WeChat has it.

        Raises Lost; Unavailable; ContractBroken for any other no, too: an operator can mend it and send the message again in time.
        """
        if wish.account not in self._calling.accounts:
            raise ContractBroken("FetchComplaintFile", (("account", "not in the configuration"),))
        try:
            content: bytes = self._calling.made(
                wish.account, wish.id, MEDIA_GETS, lambda client, token, on_behalf: client.media(token, wish.media_id, on_behalf)
            )
        except SaidNo as no:
            if no.errcode == GONE:
                raise Lost("gone") from no
            raise ContractBroken("FetchComplaintFile", (("media_id", f"refused by WeChat with {no.errcode}"),)) from no
        if len(content) > LARGEST_MEDIA:
            raise Lost("too_large")
        return content


class Keeper:
    """Complaints, as far as it takes files."""

    def __init__(self, settings: Operator, session: requests.Session, seconds: float) -> None:
        """`seconds` bounds the whole way of one file, fetched and brought: nothing of it goes on when its command is tried again."""
        self.seconds = seconds
        self._url = settings.complaints_url.rstrip("/")
        self._token = settings.token.get_secret_value()
        self._session = session

    def bring(self, wish: FetchComplaintFile, content: bytes, ends_at: float) -> None:
        """By `ends_at` (time.monotonic). A repeat is harmless.

        Raises Lost with the reason for which it is not kept, Unavailable, ContractBroken.
        """
        seconds = min(BRING_SECONDS, ends_at - time.monotonic())
        if seconds <= 0:
            raise Unavailable(f"{COMPLAINTS}: no time left")
        headers = {
            "Authorization": f"Bearer {self._token}",
            "Content-Type": "application/octet-stream",
            "Correlation-Id": str(wish.correlation_id),
        }
        url = f"{self._url}/complaints/v1/files/{wish.file_id}"
        try:
            with within(seconds, COMPLAINTS):
                answer = self._session.put(url, data=content, headers=headers, timeout=seconds, allow_redirects=False)
        except (requests.RequestException, HTTPError) as error:
            raise Unavailable(f"{COMPLAINTS}: {type(error).__name__}") from error
        match answer.status_code:
            case requests.codes.no_content:
                return
            case requests.codes.unprocessable_entity:
                raise Lost(_reason(answer))
            case requests.codes.not_found:
                raise ContractBroken("FetchComplaintFile", (("file_id", "not known to complaints"),))
            case status:
                raise Unavailable(f"{COMPLAINTS} answered {status}")


def _reason(answer: requests.Response) -> str:
    try:
        return str(answer.json()["code"])[:64]
    except (ValueError, KeyError, TypeError) as error:
        raise ContractBroken("PUT /files", (("code", "missing"),)) from error


def fetched(wish: FetchComplaintFile) -> ComplaintFileFetched:
    news = ComplaintFileFetched(file_id=wish.file_id, complaint_id=wish.complaint_id)
    return news.identified(uuid5(wish.id, "fetched"))


def lost(wish: FetchComplaintFile, reason: str) -> ComplaintFileLost:
    news = ComplaintFileLost(file_id=wish.file_id, complaint_id=wish.complaint_id, reason=reason)
    return news.identified(uuid5(wish.id, "lost"))
