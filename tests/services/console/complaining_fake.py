"""Complaints as the console asks it, over HTTP: cases that go from step to step by the service's own table, each of a version.

It speaks `contracts/complaining.py`, goes by `X-Role` and `X-Scope`, and remembers what it was asked.
"""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import unquote
from uuid import UUID, uuid5

from pydantic import BaseModel, ValidationError
from werkzeug.wrappers import Request, Response

from contracts.complaining import (
    AuthorityRule,
    AuthorityTable,
    BulkAnswer,
    BulkOrder,
    BulkRefusal,
    CalendarAnswer,
    CalendarDay,
    CaseOrder,
    CasePage,
    CaseQuery,
    ChangedCase,
    Changes,
    DealerAnswer,
    Dealers,
    Looking,
    QueueCounts,
    StepOrder,
)
from contracts.complaint_case import CaseAnswer, CaseRow, FileAnswer, StepTaken
from contracts.complaint_steps.form import Form
from contracts.complaint_words import ENDED, Role, State
from services.complaints.cases.case import SHOWN
from services.complaints.cases.steps import STEPS, TABLE, leads
from tests.services.console.complaint_figures_fake import FiguresFake, NotForYou
from tests.services.console.complaint_seeds import ALL_DEALERS, seeds
from tests.serving import Server

ROOT_ID = UUID("7b7a3a52-0c1c-5a30-9d8e-2f5d1f0a4c11")
PAGE = 30
COLLIDES_NEVER = frozenset({"note", "add", "contact", "attach"})
NO_CASE = ("没有这张单", "There is no such case.")


def id_of(*parts: object) -> UUID:
    return uuid5(ROOT_ID, "|".join(map(str, parts)))


class ComplainingFake:
    """`asked`: method, path, query, operator, role and scope of each request; `taken`: the orders that were carried out."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.asked: list[tuple[str, str, dict[str, str], str, str, str]] = []
        self.taken: list[tuple[UUID, str, Any]] = []
        self.received: list[CaseOrder] = []
        self.brought: dict[UUID, bytes] = {}
        self.looking: dict[UUID, set[str]] = {}
        self.cases: dict[UUID, CaseAnswer] = {case.complaint_id: case for case in seeds(now)}
        self.changed: dict[UUID, int] = {}
        self.counter = 0
        self.reports = FiguresFake(now)
        self.authority = AuthorityTable(version=1, rules=the_rules())
        self.days: list[CalendarDay] = [
            CalendarDay(calendar_id="default", day=date(now.year, 10, 1), reason="国庆节"),
            CalendarDay(
                calendar_id="default", day=date(now.year, 10, 10), periods=(("08:30", "12:00"), ("13:30", "17:30")), reason="调休上班"
            ),
        ]
        self._server = Server(self._answer)
        self.url = self._server.url

    def stop(self) -> None:
        self._server.stop()

    def one(self, state: State) -> CaseAnswer:
        """A case that stands there."""
        return next(case for case in self.cases.values() if case.state is state)

    def move(self, complaint_id: UUID, form: Form, by: str, role: Role) -> CaseAnswer:
        """As somebody else does it."""
        case = self.cases[complaint_id]
        step = STEPS[form.step]  # type: ignore[attr-defined]
        to = next(iter(sorted(leads(step, case.state)))) if step.to else case.state
        line = StepTaken(
            version=case.version + 1,
            step=step.name,
            form=form.model_dump(mode="json"),
            by=by,
            role=role,
            via="desk",
            state=to,
            at=self.now,
        )
        values = {name: value for name, value in form.model_dump().items() if name in CaseAnswer.model_fields and name != "text"}
        if step.name == "attach":
            values = {}
        after = case.model_copy(
            update={**values, "version": case.version + 1, "state": to, "shown": SHOWN[to], "history": (*case.history, line)}
        )
        self.cases[complaint_id] = after
        self.counter += 1
        self.changed[complaint_id] = self.counter
        return after

    # the server

    def _answer(self, environ: Any, start_response: Any) -> Any:
        request = Request(environ)
        operator, role, scope = (request.headers.get(name, "") for name in ("X-Operator", "X-Role", "X-Scope"))
        said = request.get_json() if request.path.endswith("/search") else {}
        self.asked.append((request.method, request.full_path.rstrip("?"), request.args.to_dict() | said, operator, role, scope))
        try:
            answer = self._route(request, operator, role, scope)
        except _No as no:
            body = {"code": no.code, "message": no.words[0], "message_en": no.words[1]}
            return Response(json.dumps(body), no.status, mimetype="application/json")(environ, start_response)
        except ValidationError:
            body = {"code": "form", "message": "请检查", "message_en": "Please check."}
            return Response(json.dumps(body), 400, mimetype="application/json")(environ, start_response)
        if isinstance(answer, bytes):
            return Response(answer, mimetype="application/octet-stream")(environ, start_response)
        return Response(answer.model_dump_json(), mimetype="application/json")(environ, start_response)

    def _route(self, request: Request, operator: str, role: str, scope: str) -> BaseModel | bytes:
        match request.method, request.path.removeprefix("/complaints/v1/").split("/"):
            case "POST", ["cases", "search"]:
                return self._cases(CaseQuery.model_validate_json(request.get_data()), operator, role, scope)
            case "POST", ["cases"]:
                return self._receive(CaseOrder.model_validate_json(request.get_data()), operator, role)
            case "GET", ["counts"]:
                return self._counts(operator, role, scope)
            case "GET", ["changes"]:
                since = int(request.args.get("since", self.counter))
                cases = [(id, number) for id, number in self.changed.items() if number > since]
                told = tuple(ChangedCase(complaint_id=id, version=self.cases[id].version, changed_at=self.now) for id, _ in cases)
                return Changes(until=str(self.counter), cases=told)
            case "GET", ["dealers"]:
                kind, _, code = scope.partition(":")
                theirs = (one for one in ALL_DEALERS if not kind or code in (one[0], one[2]))
                return Dealers(dealers=tuple(DealerAnswer(dealer_code=a, name=b, region_code=c, region_name=d) for a, b, c, d in theirs))
            case "GET", ["figures", *_] | ["appraisal"]:
                return self._reports(request, scope)
            case "POST", ["bulk"]:
                return self._bulk(BulkOrder.model_validate_json(request.get_data()), operator, role)
            case "GET", ["authority"]:
                return self.authority
            case "POST", ["authority"]:
                return self._set_authority(AuthorityTable.model_validate_json(request.get_data()))
            case _, ["calendars", calendar_id, *rest]:
                return self._calendar(request, calendar_id, rest)
            case _, ["cases", complaint_id, *rest]:
                return self._one(self._seen(UUID(complaint_id), scope), rest, request, operator, role)
        raise _No(404, "unknown", ("没有这个地址", "There is no such address."))

    def _reports(self, request: Request, scope: str) -> BaseModel:
        try:
            return self.reports.answer(request.path.removeprefix("/complaints/v1"), request.args.to_dict(), scope)
        except NotForYou:
            raise _No(403, "scope", ("没有查看这一级统计的权限", "Figures of this level are not for you to see.")) from None

    def _seen(self, complaint_id: UUID, scope: str) -> CaseAnswer:
        case, (kind, _, code) = self.cases.get(complaint_id), scope.partition(":")
        if case is None or (kind == "dealer" and case.dealer_code != code) or (kind == "region" and case.region_code != code):
            raise _No(404, "unknown", NO_CASE)
        return case

    def _one(self, case: CaseAnswer, rest: list[str], request: Request, operator: str, role: str) -> BaseModel | bytes:
        match request.method, rest:
            case "GET", []:
                return self._shown(case, role, operator)
            case "POST", ["looking"]:
                return Looking(version=case.version, looking=tuple(sorted(self.looking.get(case.complaint_id, set()) | {operator})))
            case "POST", ["steps"]:
                return self._take(case, StepOrder.model_validate_json(request.get_data()), operator, role)
            case "GET", ["files", file_id]:
                return self.brought.get(UUID(file_id), PIXEL)
            case "PUT", ["files", file_id]:
                data = request.get_data()
                if not data.startswith((b"\xff\xd8", b"\x89PNG", b"%PDF")):
                    raise _No(422, "not_a_photo", ("只收照片和 PDF", "Photos and PDFs only."))
                self.brought[UUID(file_id)] = data
                return self._brought(UUID(file_id), unquote(request.headers["X-File-Name"]), operator, role, len(data))
        raise _No(404, "unknown", ("没有这个地址", "There is no such address."))

    def _brought(self, file_id: UUID, name: str, operator: str, role: str, size: int) -> FileAnswer:
        acts = Role(role.partition(":")[0])
        return FileAnswer(
            file_id=file_id, kind="photo", name=name, state="kept", media_type="image/png", bytes=size, by=operator, role=acts, at=self.now
        )

    def _shown(self, case: CaseAnswer, role: str, operator: str) -> CaseAnswer:
        acts = Role(role.partition(":")[0])
        allowed = tuple(step.name for step in TABLE if acts in step.roles(case.kind) and leads(step, case.state))
        clear = acts in (Role.AGENT, Role.HANDLER, Role.DEALER)
        mobile = case.mobile if clear else f"{case.mobile[:3]}••••{case.mobile[-4:]}" if case.mobile else ""
        others = tuple(sorted(self.looking.get(case.complaint_id, set()) - {operator}))
        return case.model_copy(update={"allowed": allowed, "mobile": mobile, "looking": others})

    def _take(self, case: CaseAnswer, order: StepOrder, operator: str, role: str) -> CaseAnswer:
        acts, step = Role(role.partition(":")[0]), STEPS[order.form.step]
        if order.version != case.version and step.name not in COLLIDES_NEVER:
            raise _No(409, "changed", (f"{case.history[-1].by} 刚刚动过这张单", f"{case.history[-1].by} has changed the case meanwhile."))
        if acts not in step.roles(case.kind):
            raise _No(422, "not_yours", ("您的角色不能做这一步", "This step is not for your role to take."))
        if not leads(step, case.state):
            raise _No(422, "not_here", ("单据当前状态不能做这一步", "This step cannot be taken where the case stands."))
        self.taken.append((case.complaint_id, operator, order.form))
        return self._shown(self.move(case.complaint_id, order.form, operator, acts), role, operator)

    def _bulk(self, order: BulkOrder, operator: str, role: str) -> BulkAnswer:
        done, refused = 0, []
        for one in order.cases:
            case = self.cases[one.complaint_id]
            try:
                self._take(case, StepOrder(version=one.version, step_id=order.bulk_id, form=order.form), operator, role)
            except _No as no:
                words = {"message": no.words[0], "message_en": no.words[1]}
                refused.append(BulkRefusal(complaint_id=one.complaint_id, number=case.number, code=no.code, **words))
            else:
                done += 1
        return BulkAnswer(done=done, refused=tuple(refused))

    def _receive(self, order: CaseOrder, operator: str, role: str) -> CaseAnswer:
        self.received.append(order)
        form, acts = order.form, Role(role.partition(":")[0])
        known = {name: value for name, value in form.model_dump().items() if name in CaseAnswer.model_fields and value is not None}
        case = CaseAnswer.model_validate(
            {
                **known,
                "complaint_id": order.complaint_id,
                "version": 0,
                "number": f"TS2603090{len(self.cases):03}",
                "state": State.RECEIVED,
                "shown": SHOWN[State.RECEIVED],
                "received_at": self.now,
            }
        )
        self.cases[order.complaint_id] = case
        line = StepTaken(version=1, step="receive", form={}, by=operator, role=acts, via="desk", state=State.RECEIVED, at=self.now)
        self.cases[order.complaint_id] = case.model_copy(update={"version": 1, "history": (line,)})
        return self.cases[order.complaint_id]

    # the queue

    def _listed(self, queue: str, operator: str, role: str, scope: str) -> list[CaseRow]:
        kind, _, code = scope.partition(":")
        cases = [case for case in self.cases.values() if not kind or code in (case.dealer_code, case.region_code)]
        acts = Role(role.partition(":")[0])
        wanted = {
            "mine": lambda case: case.state not in ENDED and (case.handler == operator or _waits_for(case.state, acts)),
            "unassigned": lambda case: case.state in (State.FILED, State.RETURNED, State.REOPENED),
            "overdue": lambda case: any(one.breached_at and not one.met_at for one in case.clocks),
            "escalated": lambda case: any(not one.decided_at and not one.dropped_at for one in case.escalations),
            "call_backs": lambda case: any(one.call_by and not one.answered_at for one in case.surveys),
            "open": lambda case: case.state not in ENDED,
            "all": lambda _: True,
        }[queue]
        rows = [self._row(case, operator) for case in cases if wanted(case)]
        return sorted(rows, key=lambda row: row.clock.due_at if row.clock else datetime.max.replace(tzinfo=UTC))

    def _row(self, case: CaseAnswer, operator: str) -> CaseRow:
        running = [one for one in case.clocks if not one.met_at and not one.dropped_at]
        first = min(running, key=lambda one: one.due_at, default=None)
        known = {name: getattr(case, name) for name in CaseRow.model_fields if name in CaseAnswer.model_fields and name != "linked"}
        mentioned = any(operator in (line.form.get("mentions") or ()) for line in case.history)
        others = tuple(sorted(self.looking.get(case.complaint_id, set()) - {operator}))
        return CaseRow.model_validate(
            known
            | {
                "name": f"{case.name[:1]}••" if case.name else "",
                "beginning": case.text[:60],
                "changed_at": case.history[-1].at if case.history else case.received_at,
                "clock": first,
                "overdue": bool(first and first.breached_at),
                "linked": len(case.linked),
                "mentions_me": mentioned,
                "looking": others,
            }
        )

    def _cases(self, query: CaseQuery, operator: str, role: str, scope: str) -> CasePage:
        rows = self._listed(query.queue, operator, role, scope)
        for name in ("state", "kind", "channel", "type", "grade"):
            if (wanted := getattr(query, name)) is not None:
                rows = [row for row in rows if getattr(row, name) is wanted]
        if query.q:
            rows = [row for row in rows if query.q in (row.number, self.cases[row.complaint_id].mobile, self.cases[row.complaint_id].plate)]
        if query.dealer:
            rows = [row for row in rows if row.dealer_code == query.dealer]
        begin = int(query.after or 0)
        more = begin + PAGE < len(rows)
        return CasePage(rows=tuple(rows[begin : begin + PAGE]), next=str(begin + PAGE) if more else None)

    def _counts(self, operator: str, role: str, scope: str) -> QueueCounts:
        return QueueCounts(**{name: len(self._listed(name, operator, role, scope)) for name in QueueCounts.model_fields})

    # authority and calendars

    def _set_authority(self, table: AuthorityTable) -> AuthorityTable:
        if table.version != self.authority.version:
            raise _No(409, "changed", ("授权表已被别人改过", "Somebody else has changed the table."))
        self.authority = table.model_copy(update={"version": table.version + 1})
        return self.authority

    def _calendar(self, request: Request, calendar_id: str, rest: list[str]) -> CalendarAnswer:
        if rest:
            self.days.append(CalendarDay.model_validate_json(request.get_data()))
        weekdays = {str(day): (("08:30", "12:00"), ("13:30", "17:30")) if day < 6 else () for day in range(1, 8)}
        days = tuple(day for day in self.days if day.calendar_id in (calendar_id, "default"))
        return CalendarAnswer(calendar_id=calendar_id, periods=weekdays, days=days, known_until=date(self.now.year, 12, 31))


class _No(Exception):
    def __init__(self, status: int, code: str, words: tuple[str, str]) -> None:
        super().__init__(code)
        self.status, self.code, self.words = status, code, words


def _waits_for(state: State, role: Role) -> bool:
    return any(role in step.by and state in step.since and step.to and len(step.since) < 5 for step in TABLE)


def the_rules() -> tuple[AuthorityRule, ...]:
    since = date(2026, 1, 1)
    return (
        AuthorityRule(level=1, title="投诉处理专员", fee_max=Decimal(2000), active_from=since),
        AuthorityRule(level=2, title="客户关怀科长", fee_min=Decimal("2000.01"), fee_max=Decimal(20000), active_from=since),
        AuthorityRule(level=3, title="客户服务部长", fee_min=Decimal("20000.01"), active_from=since),
    )


PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63d8dbdb0b00040b019a"
    "26b4b60b0000000049454e44ae426082"
)
