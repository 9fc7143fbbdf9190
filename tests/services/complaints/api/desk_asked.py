"""`/complaints/v1/` on a real server, over a real schema, asked by staff of every role."""

from contextlib import contextmanager
from types import SimpleNamespace
from uuid import uuid4

import requests
from pydantic import SecretStr

from services.complaints.api.app import create_complaints_api
from tests.services.complaints.cases.case_worlds import HANDLER, Desk
from tests.serving import Server

TOKEN = "a token that only operators have"


class AskedDesk(Desk):
    """A desk that is asked over HTTP."""

    port = 0
    app = None

    def ask(self, method, path, by=HANDLER, *, headers=(), **more):
        role = f"{by.role.value}:{by.level}" if by.level else by.role.value
        scope = f"dealer:{by.dealer_code}" if by.dealer_code else f"region:{by.region_code}" if by.region_code else ""
        told = (
            dict(headers)
            | {"Authorization": f"Bearer {TOKEN}", "X-Operator": by.name, "X-Role": role}
            | ({"X-Scope": scope} if scope else {})
        )
        return requests.request(method, f"http://127.0.0.1:{self.port}{path}", headers=told, timeout=30, **more)

    def order(self, complaint_id, form, by=HANDLER, version=None, step_id=None):
        """A step at the desk, of the version that is said, or of the present one."""
        said = version or self.case(complaint_id).version
        body = {"version": said, "step_id": str(step_id or uuid4()), "form": form.model_dump(mode="json")}
        return self.ask("POST", f"/cases/{complaint_id}/steps", by, json=body)

    def search(self, by=HANDLER, **asked):
        return self.ask("POST", "/cases/search", by, json=asked)

    def queue(self, name, by=HANDLER, **filters):
        """The ids in their order, of all pages."""
        ids, after = [], ""
        while after is not None:
            answered = self.search(by, queue=name, after=after, **filters).json()
            ids += [row["complaint_id"] for row in answered["rows"]]
            after = answered["next"]
        return ids


@contextmanager
def asked_desk(schema, **terms):
    desk = AskedDesk(schema, **terms)
    settings = SimpleNamespace(operator=SimpleNamespace(token=SecretStr(TOKEN)), complaints=desk.service.terms)
    runtime = desk.house.runtime(process=SimpleNamespace(settings=settings))
    desk.app = create_complaints_api(runtime, desk.service.now)
    server = Server(desk.app)
    desk.port = server.port
    yield desk
    server.stop()
