"""How the console asks the services of the internal zone: JSON over HTTP, in the name of who is logged in, with a deadline.

Every question raises Unavailable when there is no usable answer within three seconds, and Problem for a clear no.
"""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, TypeVar
from urllib.parse import quote

import requests
from pydantic import BaseModel, ValidationError

from chassis.deadline import within
from chassis.errors import Unavailable
from services.console.problems import Problem

DEADLINE_SECONDS = 3.0
"""For a whole call: a page that waits longer had better say that there is no answer."""

M = TypeVar("M", bound=BaseModel)


def _everywhere() -> str:
    return ""


class Asked:
    """One service's addresses below `base`. `operator` names who asks, for X-Operator; `scope` what they may see, for X-Scope.

    `role`: in which role they ask, for X-Role.
    """

    def __init__(
        self,
        service: str,
        base: str,
        token: str,
        operator: Callable[[], str],
        *,
        scope: Callable[[], str] = _everywhere,
        role: Callable[[], str] = _everywhere,
        deadline_seconds: float = DEADLINE_SECONDS,
    ) -> None:
        self._service = service
        self._base = base
        self._token = token
        self._operator = operator
        self._scope = scope
        self._role = role
        self._deadline = deadline_seconds

    def get(self, path: str, answers: type[M], **query: str | None) -> M:
        return self._read(answers, self.ask("GET", path, None, {name: value for name, value in query.items() if value is not None}))

    def post(self, path: str, answers: type[M], body: BaseModel | dict[str, Any] | None = None) -> M:
        given = body.model_dump(mode="json") if isinstance(body, BaseModel) else body or {}
        return self._read(answers, self.ask("POST", path, given))

    def put(self, path: str, answers: type[M], data: bytes, *, name: str) -> M:
        """A file, as it is. What it is called stands in a header: addresses are logged."""
        return self._read(answers, self.ask("PUT", path, None, data=data, headers={"X-File-Name": quote(name)}))

    def ask(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | None,
        query: Mapping[str, str] | None = None,
        *,
        data: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> bytes:
        told = {
            **(headers or {}),
            "Authorization": f"Bearer {self._token}",
            "X-Operator": self._operator().encode("ascii", "replace").decode(),
        }
        told |= {name: value for name, value in (("X-Scope", self._scope()), ("X-Role", self._role())) if value}
        try:
            with within(self._deadline, self._service), requests.Session() as session:
                session.trust_env = False  # the internal zone is not behind anybody's proxy
                answer = session.request(
                    method,
                    self._base + path,
                    params=query,
                    json=body,
                    data=data,
                    headers=told,
                    timeout=self._deadline,
                    allow_redirects=False,
                )
        except requests.RequestException as error:
            raise Unavailable(f"{self._service}: nothing answers") from error
        if answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise Unavailable(f"{self._service}: {answer.status_code}")
        if answer.status_code >= HTTPStatus.BAD_REQUEST:
            raise self._problem_of(answer)
        return answer.content

    def _read(self, answers: type[M], body: bytes) -> M:
        try:
            return answers.model_validate_json(body)
        except ValidationError as error:
            # A service of another version: no usable answer, and nothing that the reader of a page could mend.
            raise Unavailable(f"{self._service}: an answer that is no {answers.__name__}") from error

    def _problem_of(self, answer: requests.Response) -> Problem:
        """Raises Unavailable where the answer is none of ours, such as a proxy's."""
        try:
            said = answer.json()
            return Problem(str(said["code"]), str(said["message"]), str(said["message_en"]), answer.status_code)
        except (ValueError, KeyError, TypeError) as error:
            raise Unavailable(f"{self._service}: {answer.status_code}") from error
