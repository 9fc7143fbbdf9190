"""Asks the running system at `/ops/v1/`, as the operator."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import requests

from launcher.var import announced

DEFAULT_VAR = "var"
DEFAULT_ADDRESS = "127.0.0.1:8000"
TOKEN_FILE = "operator.token"  # noqa: S105 - a file's name
Patience = tuple[float, float]
PATIENCE: Patience = (3, 15)
"""Seconds to connect, seconds to hear."""


class Away(Exception):
    """Nothing answers, or there is no token; the text says what to do."""


class Said(Exception):
    """The system answered no; the text is its own, in Chinese and English."""


@dataclass(frozen=True)
class Operator:
    address: str
    token: str
    name: str = "operator"
    """Who orders: written beside everything that is ordered."""

    @classmethod
    def here(cls, environ: Mapping[str, str] = os.environ) -> "Operator":
        """The address that the system using `CHEQIAO_VAR` announced there, unless the environment names another. Raises Away."""
        var = Path(environ.get("CHEQIAO_VAR") or DEFAULT_VAR)
        running = announced(var)
        address = environ.get("CHEQIAO_HTTP_INTERNAL") or (running.internal if running else environ.get("CHEQIAO_HTTP") or DEFAULT_ADDRESS)
        token = environ.get("CHEQIAO_OPERATOR_TOKEN") or _token_in(var)
        if not token:
            told = f"there is no {var / TOKEN_FILE}: start `cheqiao up --embedded` here, or set CHEQIAO_VAR or CHEQIAO_OPERATOR_TOKEN"
            raise Away(f"没有操作员令牌 / {told}")
        return cls(address, token, environ.get("CHEQIAO_OPERATOR") or environ.get("USER") or "operator")

    def ask(
        self, method: str, path: str, mount: str = "/ops/v1", *, role: str = "", patience: Patience = PATIENCE, **asked: Any
    ) -> dict[str, Any]:
        """`path` below `mount`, in this role where roles are asked for. Raises Away or Said."""
        url = f"http://{self.address}{mount}{path}"
        headers = {"Authorization": f"Bearer {self.token}", "X-Operator": quote(self.name)} | ({"X-Role": role} if role else {})
        try:
            with requests.Session() as session:
                session.trust_env = False  # the internal zone is not behind anybody's proxy
                answer = session.request(method, url, headers=headers, timeout=patience, allow_redirects=False, **asked)
        except requests.RequestException as error:
            raise Away(f"{self.address} 没有响应，系统启动了吗？ / nothing answers there; is Cheqiao up?") from error
        try:
            body: dict[str, Any] = answer.json()
        except ValueError as error:
            raise Away(f"{self.address}: 不是 Cheqiao / something else answers there ({answer.status_code})") from error
        if answer.status_code >= 400:
            raise Said(f"{body.get('message', answer.status_code)} / {body.get('message_en', body.get('code', ''))}")
        return body


def _token_in(var: Path) -> str:
    try:
        return (var / TOKEN_FILE).read_text().strip()
    except OSError:
        return ""
