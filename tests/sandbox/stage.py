"""A stage for the stand-ins: they are served for real, and a listener plays Cheqiao."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID, uuid4

import requests
from werkzeug.exceptions import NotFound
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.wrappers import Request, Response

from sandbox.compose import create_sandbox
from sandbox.secrets import SandboxSecrets
from tests.serving import served

SECRETS = SandboxSecrets.known()
OPENID = "oSandboxFollower0001"
DMS_KEY = {"Authorization": f"Bearer {SECRETS.dms_api_key}"}
CSC_KEY = {"Authorization": f"Bearer {SECRETS.csc_api_key}"}


@dataclass
class Heard:
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: str


@dataclass
class Cheqiao:
    """Answers as told, 200 otherwise, and keeps what it heard."""

    url: str = ""
    heard: list[Heard] = field(default_factory=list)
    answers: list[Response] = field(default_factory=list)
    reply: Callable[[Heard], Response] = lambda _heard: Response("")
    delays: list[float] = field(default_factory=list)

    def __call__(self, environ, start_response):
        request = Request(environ)
        heard = Heard(request.path, request.args.to_dict(), dict(request.headers), request.get_data(as_text=True))
        self.heard.append(heard)
        answer = self.answers.pop(0) if self.answers else self.reply(heard)
        time.sleep(self.delays.pop(0) if self.delays else 0)
        return answer(environ, start_response)


@contextmanager
def under_werkzeug(state: Path, target: str, **more) -> Iterator[str]:
    sandbox = create_sandbox(state, target=target, secrets=SECRETS, **more)
    try:
        with served(DispatcherMiddleware(NotFound(), sandbox)) as url:
            yield url
    finally:
        sandbox.close()


SERVER = """
import sys
from pathlib import Path
if sys.argv[3] == "eventlet":
    import eventlet
    eventlet.monkey_patch()
from werkzeug.exceptions import NotFound
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from sandbox.compose import create_sandbox
from sandbox.secrets import SandboxSecrets
app = DispatcherMiddleware(NotFound(), create_sandbox(Path(sys.argv[1]), target=sys.argv[2], secrets=SandboxSecrets.known()))
if sys.argv[3] == "eventlet":
    from eventlet import wsgi
    listener = eventlet.listen(("127.0.0.1", 0), reuse_port=False)
    print(listener.getsockname()[1], flush=True)
    wsgi.server(listener, app, log_output=False)
else:
    from werkzeug.serving import make_server
    server = make_server("127.0.0.1", 0, app, threaded=True)
    print(server.server_port, flush=True)
    server.serve_forever()
"""


@contextmanager
def in_a_process(state: Path, target: str, server: str) -> Iterator[str]:
    """Served by eventlet, which is how it runs, or by werkzeug with real threads. What it writes to stderr is `state`/stderr."""
    state.mkdir(parents=True, exist_ok=True)
    with (state / "stderr").open("w") as errors:
        process = subprocess.Popen(
            [sys.executable, "-c", SERVER, str(state), target, server],
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            cwd=Path(__file__).parents[2],
        )
    try:
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


@dataclass
class Stage:
    """The stand-ins at `url`, and the Cheqiao that they know."""

    url: str
    cheqiao: Cheqiao

    def at(self, path: str) -> str:
        return f"{self.url}/sandbox{path}"

    def store(self, record=None, *, key: str = "k-1", timeout: float = 10, stream: bool = False) -> requests.Response:
        url, headers = self.at("/dms/api/v1/appointments"), {**DMS_KEY, "Idempotency-Key": key, "Correlation-Id": "c-1"}
        return requests.post(url, json=record or a_store_record(), headers=headers, timeout=timeout, stream=stream)

    def cancel(self, appointment_id: UUID, *, key: str = "k-cancel") -> requests.Response:
        url = self.at(f"/dms/api/v1/appointments/{appointment_id}/cancel")
        return requests.post(url, json={"reason": "withdrawn"}, headers={**DMS_KEY, "Idempotency-Key": key}, timeout=30)

    def slip(self, slip_id: str, record, *, key: str = "k-slip") -> requests.Response:
        url = self.at(f"/dms/api/v1/slips/{slip_id}")
        return requests.put(url, json=record, headers={**DMS_KEY, "Idempotency-Key": key}, timeout=30)

    def open_task(self, record=None, *, key: str = "t-1") -> requests.Response:
        headers = {**CSC_KEY, "Idempotency-Key": key}
        return requests.post(self.at("/csc/api/v1/call-tasks"), json=record or a_task_record(), headers=headers, timeout=30)

    def close_task(self, appointment_id: UUID, *, key: str = "t-close") -> requests.Response:
        url = self.at(f"/csc/api/v1/call-tasks/{appointment_id}/close")
        return requests.post(url, json={"reason": "withdrawn"}, headers={**CSC_KEY, "Idempotency-Key": key}, timeout=30)

    def desk(self, path: str, **body) -> requests.Response:
        return requests.post(self.at(path), json=body, timeout=30)

    def desk_get(self, path: str, **query):
        return requests.get(self.at(path), params=query, timeout=30).json()

    def register(self, partner: str, binding_id: UUID, fact, *, key: str) -> requests.Response:
        headers = {**(DMS_KEY if partner == "dms" else CSC_KEY), "Idempotency-Key": key}
        return requests.put(self.at(f"/{partner}/api/v1/registrations/{binding_id}"), json=fact, headers=headers, timeout=30)

    def fault(self, partner: str, *plan, **fault) -> None:
        answer = requests.put(self.at(f"/{partner}/control/faults"), json=list(plan) if plan else fault, timeout=30)
        assert answer.status_code == 200, answer.text

    def state(self, partner: str):
        return requests.get(self.at(f"/{partner}/control/state"), timeout=30).json()

    def ledger(self, partner: str, **query):
        return requests.get(self.at(f"/{partner}/control/ledger"), params=query, timeout=30).json()["requests"]

    def wechat(self, path: str, **body):
        return requests.post(self.at(f"/wechat/control{path}"), json=body, timeout=60).json()

    def token(self) -> str:
        wish = {"grant_type": "client_credential", "appid": SECRETS.appid, "secret": SECRETS.appsecret}
        return requests.post(self.at("/wechat/cgi-bin/stable_token"), json=wish, timeout=30).json()["access_token"]

    def send_template(self, *, token: str | None = None, **changes):
        wish = {
            "touser": OPENID,
            "template_id": "sandbox-tpl-confirmed",
            "data": {"thing1": {"value": "保养"}, "time2": {"value": "2026年4月3日 09:30"}},
            "client_msg_id": "m-1",
        }
        url = self.at(f"/wechat/cgi-bin/message/template/send?access_token={self.token() if token is None else token}")
        return requests.post(url, json={**wish, **changes}, timeout=30).json()


def eventually(found: Callable[[], object], seconds: float = 60):
    """The first thing found that is true."""
    end = time.monotonic() + seconds
    while not (result := found()):
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.02)
    return result


def a_store_record(**changes):
    record = {
        "appointment_id": str(uuid4()),
        "customer_id": "C0001",
        "vin": "LS4AAAAA1AA000001",
        "name": "张伟",
        "mobile": "13800138000",
        "dealer_code": "D001",
        "requested_date": "2026-04-03",
        "items": [{"code": "M1", "name": "保养"}],
        "mileage_km": 12000,
        "concern": "异响",
        "source": "menu",
        "submitted_at": "2026-04-01T09:00:00+08:00",
    }
    return record | changes


def a_slip_record(appointment_id, **changes):
    record = {
        "appointment_id": str(appointment_id),
        "version": 1,
        "dealer_code": "D001",
        "appointment_at": "2026-04-03T09:30:00+08:00",
        "items": [{"code": "M1", "name": "保养"}],
        "confirmed_by": "DCRC-01",
    }
    return record | changes


def a_task_record(**changes):
    record = a_store_record(dms_no="DMS-000001", due_at="2026-04-02T18:00:00+08:00")
    for field_of_the_dms in ("mileage_km", "source", "submitted_at"):
        del record[field_of_the_dms]
    return record | changes


def said(heard: Heard):
    return json.loads(heard.body)
