"""Photos and voices that followers sent, shown to them again: complaints keep them, and give them to nobody but whose case it is."""

from dataclasses import dataclass
from uuid import UUID

import requests
from urllib3.exceptions import HTTPError

from chassis.deadline import within
from chassis.errors import Unavailable
from chassis.settings import Operator

COMPLAINTS = "complaints"
SECONDS = 10.0
SHOWN = frozenset({"image/jpeg", "audio/mpeg"})
"""What complaints make of what was sent; nothing else is shown as the follower's own."""


@dataclass(frozen=True)
class Content:
    media_type: str
    content: bytes


class KeptFiles:
    """Complaints, as far as it shows files."""

    def __init__(self, settings: Operator) -> None:
        self._url = settings.complaints_url.rstrip("/")
        self._token = settings.token.get_secret_value()
        self._session = requests.Session()
        self._session.trust_env = False

    def of(self, follower_id: UUID, file_id: UUID) -> Content | None:
        """None where there is none of theirs. Raises Unavailable."""
        url = f"{self._url}/complaints/v1/followers/{follower_id}/files/{file_id}"
        try:
            with within(SECONDS, COMPLAINTS):
                answer = self._session.get(url, headers={"Authorization": f"Bearer {self._token}"}, timeout=SECONDS, allow_redirects=False)
        except (requests.RequestException, HTTPError) as error:
            raise Unavailable(f"{COMPLAINTS}: {type(error).__name__}") from error
        if answer.status_code == requests.codes.not_found:
            return None
        if answer.status_code != requests.codes.ok:
            raise Unavailable(f"{COMPLAINTS} answered {answer.status_code}")
        media_type = answer.headers.get("Content-Type", "").partition(";")[0]
        return Content(media_type, answer.content) if media_type in SHOWN else None
