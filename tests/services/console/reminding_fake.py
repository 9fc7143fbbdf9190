"""Reminders and appointments as the console asks them: figures, lists, runs, loads and rules that follow from a seed, over HTTP.

It speaks `contracts/reminding.py`, keeps to `X-Scope` as the services do, and remembers what it was asked and told.
"""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid5

from pydantic import BaseModel
from werkzeug.wrappers import Request, Response

from contracts.reminder_figures import (
    AppointmentFigure,
    AppointmentFigures,
    AppointmentSums,
    Recount,
    RecountRow,
    ReminderFigure,
    ReminderFigures,
    ReminderSums,
)
from contracts.reminders import SERVICE_TYPES, ContactState, Outcome, ReminderType, WechatState
from contracts.reminding import (
    DealerAnswer,
    Dealers,
    DecisionAnswer,
    DecisionForm,
    DifferenceRow,
    Differences,
    DirtyAnswer,
    DirtyRows,
    Explanation,
    ItemPage,
    ItemRow,
    ItemStory,
    LoadAnswer,
    Loads,
    Reason,
    RuleAnswer,
    Rulebook,
    RunAnswer,
    Runs,
    SendingAnswer,
    Step,
)
from contracts.vehicles import Flaw
from services.console.periods import moved
from services.console.reckoning import added
from tests.serving import Server

ROOT_ID = UUID("5f2b3d7c-9f53-5a34-8a0e-0d8f5f0a1b11")
REGIONS = {"EAST": "华东大区", "NORTH": "华北大区", "SOUTH": "华南大区", "WEST": "西南大区"}
CITIES = {
    "EAST": ("上海浦东", "上海闵行", "杭州滨江", "南京江宁", "苏州园区", "宁波鄞州"),
    "NORTH": ("北京朝阳", "北京大兴", "天津滨海", "石家庄裕华", "济南历下"),
    "SOUTH": ("广州天河", "深圳宝安", "佛山顺德", "厦门湖里", "南宁青秀"),
    "WEST": ("成都高新", "重庆渝北", "昆明官渡", "西安雁塔"),
}
DEALERS = {
    f"D{number:03}": (f"{city}店", region)
    for number, (city, region) in enumerate(((city, region) for region, cities in CITIES.items() for city in cities), start=1)
}
MODELS = ("悦行 1.5T", "远山 2.0", "晨光 EV", "揽胜旅行版")
PAGE = 25


def id_of(*parts: object) -> UUID:
    return uuid5(ROOT_ID, "|".join(map(str, parts)))


class RemindingFake:
    """`asked`: method, path, query, operator and scope of each request; `today`: the day its figures are of.

    `off`: what a recount finds otherwise.
    """

    def __init__(self, today: date) -> None:
        self.today = today
        self.asked: list[tuple[str, str, dict[str, str], str, str | None]] = []
        self.decided: dict[UUID, tuple[str, str, str]] = {}
        self.rulebook = the_rules()
        self.runs: dict[UUID, RunAnswer] = {run.run_id: run for run in the_runs(self.now, self.period)}
        self.dealers = tuple(DEALERS.items())
        self.off: tuple[RecountRow, ...] = ()
        self.loads: dict[UUID, LoadAnswer] = {load.load_id: load for load in the_loads(self.now)}
        self._server = Server(self._answer)
        self.url = self._server.url

    @property
    def now(self) -> datetime:
        return datetime(self.today.year, self.today.month, self.today.day, 2, 30, tzinfo=UTC)

    @property
    def period(self) -> str:
        return f"{self.today:%Y-%m}"

    def stop(self) -> None:
        self._server.stop()

    def _answer(self, environ: Any, start_response: Any) -> Any:
        request = Request(environ)
        scope = request.headers.get("X-Scope")
        self.asked.append((request.method, request.path, request.args.to_dict(), request.headers.get("X-Operator", ""), scope))
        try:
            answer: Any = self._route(request, scope)
        except _No as no:
            body = {"code": no.code, "message": no.words[0], "message_en": no.words[1]}
            return Response(json.dumps(body), no.status, mimetype="application/json")(environ, start_response)
        return Response(answer.model_dump_json(), mimetype="application/json")(environ, start_response)

    def _route(self, request: Request, scope: str | None) -> BaseModel:
        match request.method, request.path.strip("/").split("/"):
            case "GET", ["reminders" | "appointments" as of, "v1", "figures"]:
                return self._figures(request, scope) if of == "reminders" else self._appointments(request, scope)
            case "GET", ["reminders", "v1", "lists", which]:
                return self._list(which, request, scope)
            case "GET", ["reminders", "v1", "items", item_id]:
                return self._story(UUID(item_id), scope)
            case "POST", ["reminders", "v1", "decisions"]:
                return self._decide(DecisionForm.model_validate_json(request.get_data()), scope)
            case _ if scope:
                raise _No(403, "scope", ("不在您的范围内。", "Not within your scope."))
            case "GET", ["reminders" | "appointments", "v1", "recount" | "dealers" | "sending" as what]:
                return self._told(what, request)
            case "POST", ["reminders", "v1", "explain"]:
                return the_explanation(json.loads(request.get_data()))
            case _, ["reminders", "v1", "rules"]:
                return self._rules(request)
            case _, ["reminders", "v1", "runs", *rest]:
                return self._runs(request, rest)
            case _, ["reminders", "v1", "loads", *rest]:
                return self._loads(request, rest)
            case "GET", ["reminders", "v1", "dirty"]:
                return the_dirty(request.args, self.now)
        raise _No(404, "unknown", ("没有这个地址。", "There is no such address."))

    def _told(self, what: str, request: Request) -> BaseModel:
        match what:
            case "recount":
                return Recount(period=request.args["period"], off=len(self.off), rows=self.off[:500])
            case "dealers":
                known = (DealerAnswer(code=code, name=name, region_code=region) for code, (name, region) in self.dealers)
                return Dealers(dealers=tuple(known))
            case _:
                today = {"planned": 1840, "asked": 36, "sent": 11_420, "failed": 212, "suppressed": 318, "postponed": 25}
                return SendingAnswer(queued=8_610, later=96_300, **today)

    # figures

    def _places(self, request: Request, scope: str | None) -> list[tuple[str, str, list[str]]]:
        """Code, name and dealers of each row that is asked for. Raises _No for what lies outside of the scope."""
        level, code = request.args["level"], request.args.get("code", "")
        kind, _, own = (scope or "").partition(":")
        inside = {dealer for dealer, (_, region) in DEALERS.items() if not kind or own in (dealer, region)}
        if level == "nation" or (level == "region" and kind == "dealer"):
            if kind:
                raise _No(403, "scope", ("不在您的范围内。", "Not within your scope."))
            return [("", "", list(DEALERS))]
        if level == "region":
            rows = [(region, name, [d for d in inside if DEALERS[d][1] == region]) for region, name in REGIONS.items()]
            return [row for row in rows if row[2] and code in ("", row[0])]
        return [(dealer, DEALERS[dealer][0], [dealer]) for dealer in sorted(inside) if code in ("", dealer, DEALERS[dealer][1])]

    def _figures(self, request: Request, scope: str | None) -> ReminderFigures:
        places, typed, periods = self._places(request, scope), "by_type" in request.args, _periods(request)
        rows = []
        for period in periods:
            for code, name, dealers in places:
                by_type = {type: added((self.sums(period, one, type) for one in dealers), ReminderSums()) for type in ReminderType}
                service = added((by_type[type] for type in SERVICE_TYPES), ReminderSums())
                corrections = ReminderSums(returned=3, not_returned=-3) if period == moved(self.period, -1) else None
                rows.append(
                    ReminderFigure(
                        period=period,
                        code=code,
                        name=name,
                        service=service,
                        birthday=by_type[ReminderType.BIRTHDAY],
                        campaign=by_type[ReminderType.CAMPAIGN],
                        by_type=by_type if typed else {},
                        corrections=corrections,
                    )
                )
        return ReminderFigures(rows=tuple(rows), frozen=self._frozen(periods))

    def _appointments(self, request: Request, scope: str | None) -> AppointmentFigures:
        periods = _periods(request)
        rows = tuple(
            AppointmentFigure(period=period, code=code, name=name, sums=added((self.booked(period, d) for d in dealers), AppointmentSums()))
            for period in periods
            for code, name, dealers in self._places(request, scope)
        )
        return AppointmentFigures(rows=rows, frozen=self._frozen(periods))

    def _frozen(self, periods: list[str]) -> dict[str, datetime]:
        return {
            period: datetime.fromisoformat(f"{moved(period, 1)}-06T00:00:00+08:00") for period in periods if period < moved(self.period, 0)
        }

    def sums(self, period: str, dealer: str, type: ReminderType) -> ReminderSums:
        """Nothing for a month to come; less for the one that runs."""
        if period > self.period:
            return ReminderSums()
        chance, good = Random(f"{period}|{dealer}|{type}"), Random(dealer).uniform(0.62, 0.9)
        done = self.today.day / 31 if period == self.period else 1.0
        new, carried = chance.randint(60, 320), chance.randint(4, 40)
        all = new + carried
        registered = int(all * chance.uniform(0.5, 0.7))
        failed = int(registered * 0.06 * done)
        delivered = int((registered - failed) * done)
        reached = int(all * good * done)
        returned = int(all * good * chance.uniform(0.55, 0.75) * done)
        return ReminderSums(
            due_new=new,
            due_carried=carried,
            reminded=min(all, reached + int(delivered * 0.25)),
            delivered=delivered,
            clicked=int(delivered * 0.42),
            failed=failed,
            tracked=int(reached * 0.96),
            reached_either=min(all, reached + int(delivered * 0.25)),
            booked=int(returned * 0.8),
            returned=returned,
            returned_elsewhere=int(returned * 0.07),
            returned_cars=int(returned * 0.9),
            not_reminded=max(0, all - reached - int(delivered * 0.25)),
            not_tracked=max(0, registered - int(reached * 0.6)),
            not_returned=all - returned,
            carried_on=int((all - returned) * 0.4) if done == 1 else 0,
            dropped=int((all - returned) * 0.2) if done == 1 else 0,
        )

    def booked(self, period: str, dealer: str) -> AppointmentSums:
        if period > self.period:
            return AppointmentSums()
        chance = Random(f"{period}|{dealer}|booked")
        done = self.today.day / 31 if period == self.period else 1.0
        requested = int(chance.randint(80, 260) * done)
        confirmed = int(requested * chance.uniform(0.78, 0.9))
        arrived = int(confirmed * chance.uniform(0.7, 0.92))
        called = int(requested * chance.uniform(0.86, 0.97))
        return AppointmentSums(
            requested=requested,
            due=confirmed,
            withdrawn_uncalled=int(requested * 0.02),
            called=called,
            called_in_time=int(called * 0.88),
            confirmed=confirmed,
            arrived=arrived,
            no_show=confirmed - arrived,
            arrived_of_requested=arrived,
        )

    # lists and decisions

    def items(self) -> Iterator[ItemRow]:
        """Of the month before: what came to its end."""
        period = moved(self.period, -1)
        for number in range(180):
            chance = Random(number)
            dealer = chance.choice(sorted(DEALERS))
            registered = chance.random() < 0.6
            wechat = chance.choice(list(WechatState)[2:6]) if registered else WechatState.NONE
            decided = self.decided.get(id_of("item", number))
            yield ItemRow(
                item_id=id_of("item", number),
                version=3,
                period=period,
                type=chance.choice(sorted(SERVICE_TYPES)),
                vin=f"{chance.randint(0, 999_999):06}",
                model_name=chance.choice(MODELS),
                customer_id=f"C{chance.randint(10_000, 99_999)}",
                dealer_code=dealer,
                dealer_name=DEALERS[dealer][0],
                due_date=date.fromisoformat(f"{period}-{chance.randint(1, 28):02}"),
                registered=registered,
                priority=chance.choice(("normal", "normal", "high")),
                wechat_state=wechat,
                wechat_reason="user_blocked" if wechat is WechatState.FAILED else "",
                contact_state=chance.choice((ContactState.MISSED, ContactState.ATTEMPTED, ContactState.SLIP_SAVED)),
                outcome=Outcome({"carry": "carried", "drop": "dropped", "void": "void"}[decided[0]]) if decided else Outcome.FOR_DECISION,
                reason=decided[1] if decided else "",
                carry_count=chance.choice((0, 0, 0, 1, 2)),
                customer_answer=chance.choice(("", "will_come", "call_later", "declined")),
                decided_by=decided[2] if decided else "",
            )

    def _seen(self, scope: str | None) -> dict[UUID, ItemRow]:
        own = (scope or "").partition(":")[2]
        return {item.item_id: item for item in self.items() if own in ("", item.dealer_code, DEALERS[item.dealer_code][1])}

    def _list(self, which: str, request: Request, scope: str | None) -> ItemPage:
        wanted = [item for item in self._seen(scope).values() if item.period == request.args["period"]]
        wanted = [item for item in wanted if item.outcome is Outcome.FOR_DECISION or which == "not_returned"]
        if which == "not_tracked":
            wanted = [item for item in wanted if item.registered]
        for name, of in (
            ("dealer", lambda item: item.dealer_code),
            ("region", lambda item: DEALERS[item.dealer_code][1]),
            ("type", lambda item: item.type),
        ):
            if value := request.args.get(name):
                wanted = [item for item in wanted if of(item) == value]
        start = int(request.args.get("after", 0))
        more = str(start + PAGE) if len(wanted) > start + PAGE else None
        return ItemPage(items=tuple(wanted[start : start + PAGE]), number=len(wanted), next=more)

    def _decide(self, form: DecisionForm, scope: str | None) -> DecisionAnswer:
        known, operator = self._seen(scope), self.asked[-1][3]
        new = [one for one in form.item_ids if one in known and one not in self.decided]
        already = tuple(one for one in form.item_ids if one in known and one in self.decided)
        self.decided |= dict.fromkeys(new, (form.decision, form.reason, operator))
        return DecisionAnswer(decided=len(new), already=already, not_open=tuple(one for one in form.item_ids if one not in known))

    def _story(self, item_id: UUID, scope: str | None) -> ItemStory:
        item = self._seen(scope).get(item_id)
        if item is None:
            raise _No(404, "unknown", ("没有这条提醒。", "There is no such item."))
        at = datetime.combine(item.due_date, datetime.min.time(), UTC) - timedelta(days=12)
        told = [("made", item.due_date.isoformat()), ("sent", "service"), ("called", "no_answer"), ("called", "no_answer")]
        steps = tuple(Step(at=at + timedelta(days=4 * place, hours=3), what=what, detail=more) for place, (what, more) in enumerate(told))
        return ItemStory(item=item, steps=steps, carried_from=id_of("before", item_id) if item.carry_count else None)

    # the month, loads, rules

    def _runs(self, request: Request, rest: list[str]) -> BaseModel:
        match request.method, rest:
            case "GET", []:
                return Runs(runs=tuple(sorted(self.runs.values(), key=lambda run: (run.period, run.run_no), reverse=True)))
            case "POST", []:
                period = json.loads(request.get_data())["period"]
                number = 1 + sum(run.period == period for run in self.runs.values())
                run = a_run(period, number, self.now, state="running", cars=0, items=0, ordered_by=request.headers["X-Operator"])
                self.runs[run.run_id] = run
                return run
            case "POST", [run_id, "accept"]:
                run = self._known(self.runs, run_id)
                if run.state != "differs":
                    raise _No(409, "not_differing", ("这次生成没有等待放行。", "This run does not wait to be accepted."))
                run = run.model_copy(update={"state": "tasks", "accepted_by": request.headers["X-Operator"]})
                self.runs[run.run_id] = run
                return run
            case "GET", [run_id]:
                return self._known(self.runs, run_id)
            case "GET", [run_id, "differences"]:
                self._known(self.runs, run_id)
                return the_differences(request.args.get("after"), self.period)
        raise _No(404, "unknown", ("没有这个地址。", "There is no such address."))

    def _loads(self, request: Request, rest: list[str]) -> BaseModel:
        match request.method, rest:
            case "GET", []:
                return Loads(loads=tuple(sorted(self.loads.values(), key=lambda load: load.started_at, reverse=True)))
            case "POST", []:
                order = json.loads(request.get_data())
                if any(load.state == "running" and load.source == order["source"] for load in self.loads.values()):
                    raise _No(409, "running", ("这一项正在读取。", "It is being loaded already."))
                load = a_load(order["source"], self.now, state="running", rows=0, total=None, ordered_by=request.headers["X-Operator"])
            case "GET", [load_id]:
                load = self._known(self.loads, load_id)
            case "POST", [load_id, "stop" | "resume" as what]:
                load = self._known(self.loads, load_id).model_copy(update={"state": {"stop": "stopped", "resume": "running"}[what]})
            case _:
                raise _No(404, "unknown", ("没有这个地址。", "There is no such address."))
        self.loads[load.load_id] = load
        return load

    def _rules(self, request: Request) -> Rulebook:
        if request.method == "POST":
            wanted = Rulebook.model_validate_json(request.get_data())
            if wanted.version != self.rulebook.version:
                raise _No(409, "version", ("规则已被别人改过，请刷新后再改。", "Somebody else has changed the rules: please reload."))
            update = {"version": wanted.version + 1, "made_by": request.headers["X-Operator"], "made_at": self.now, "cars_applied": 312_400}
            self.rulebook = wanted.model_copy(update=update)
        return self.rulebook

    def _known(self, all: dict[UUID, Any], id: str) -> Any:
        if UUID(id) not in all:
            raise _No(404, "unknown", ("没有这条记录。", "There is no such record."))
        return all[UUID(id)]


class _No(Exception):
    def __init__(self, status: int, code: str, words: tuple[str, str]) -> None:
        super().__init__(code)
        self.status, self.code, self.words = status, code, words


def _periods(request: Request) -> list[str]:
    periods = [request.args["first"]]
    while periods[-1] < request.args["last"]:
        periods.append(moved(periods[-1], 1))
    return periods


def the_rules() -> Rulebook:
    rule = RuleAnswer
    return Rulebook(
        version=4,
        rules={
            ReminderType.FIRST_MAINTENANCE: rule(months=6, months_by_model={"EV7": 12}, lead_days=14, window_days=60),
            ReminderType.MAINTENANCE: rule(months=12, lead_days=14, window_days=60),
            ReminderType.WARRANTY: rule(months=36, lead_days=30, window_days=60),
            ReminderType.INSURANCE: rule(lead_days=30, window_days=30),
            ReminderType.INSPECTION: rule(lead_days=30, window_days=30),
            ReminderType.BIRTHDAY: rule(),
            ReminderType.CAMPAIGN: rule(enabled=False, lead_days=3),
        },
        made_by="operator",
        made_at=datetime(2026, 1, 12, 3, 4, tzinfo=UTC),
    )


def a_run(period: str, number: int, at: datetime, **more: Any) -> RunAnswer:
    given = {
        "origin": "ours",
        "state": "done",
        "rulebook": 4,
        "cars": 1_000_000,
        "cars_total": 1_000_000,
        "items": 91_344,
        "tasks": 74_120,
        **more,
    }
    return RunAnswer.model_validate({"run_id": id_of(period, number), "period": period, "run_no": number, "started_at": at, **given})


def the_runs(now: datetime, period: str) -> Iterator[RunAnswer]:
    counts = dict(zip(ReminderType, (6_120, 31_404, 4_480, 17_316, 14_800, 7_924, 9_300), strict=True))
    told = counts | {ReminderType.INSURANCE: 17_310}
    yield a_run(moved(period, 1), 1, now - timedelta(minutes=6), state="running", cars=412_000, items=37_633, tasks=0)
    before, month_ago = now - timedelta(days=9), now - timedelta(days=30)
    yield a_run(
        period,
        2,
        before,
        counts=counts,
        checksum="198443190321",
        added=214,
        gone=31,
        ordered_by="operator",
        finished_at=before + timedelta(minutes=4),
    )
    yield a_run(period, 1, month_ago, counts=counts, checksum="198442790321", finished_at=month_ago + timedelta(minutes=4))
    differs: dict[str, Any] = {"state": "differs", "origin": "dms", "told_counts": told, "told_checksum": "198442790320"}
    yield a_run(moved(period, -1), 1, now - timedelta(days=61), counts=counts, checksum="198442790321", **differs)


def the_differences(after: str | None, period: str) -> Differences:
    start, rows = int(after or 0), []
    for number in range(start, min(start + 20, 245)):
        chance = Random(number)
        rows.append(
            DifferenceRow(
                vin=f"{chance.randint(0, 999_999):06}",
                type=chance.choice(list(ReminderType)),
                due_date=date.fromisoformat(f"{period}-{chance.randint(1, 28):02}"),
                kind=chance.choice(("added", "added", "gone")),
                dealer_code=chance.choice(sorted(DEALERS)),
            )
        )
    return Differences(rows=tuple(rows), next=str(start + 20) if start + 20 < 245 else None)


def a_load(source: str, at: datetime, **more: Any) -> LoadAnswer:
    given = {"state": "done", "page_no": 2_000, "rows": 1_000_000, "dirty": 20_417, "total": 1_000_000, "moved_at": at, **more}
    return LoadAnswer.model_validate({"load_id": id_of(source, at), "source": source, "started_at": at, **given})


def the_loads(now: datetime) -> Iterator[LoadAnswer]:
    hour = timedelta(hours=1)
    yield a_load("cars", now - hour / 4, state="running", page_no=731, rows=365_500, dirty=7_412, ordered_by="operator", moved_at=now)
    since: dict[str, Any] = {"changed_since": now - 25 * hour, "finished_at": now - hour}
    yield a_load("dates", now - hour, page_no=9, rows=4_212, dirty=38, total=4_212, **since)
    yield a_load("campaigns", now - 2 * hour, page_no=1, rows=12, dirty=0, total=None, **since)
    yield a_load("dates", now - 60 * hour, state="stopped", page_no=88, rows=44_000, dirty=512)


def the_dirty(query: Any, now: datetime) -> DirtyRows:
    flaws = {Flaw.MISSING: 11_208, Flaw.ZERO: 4_630, Flaw.PLACEHOLDER: 2_911, Flaw.CONTRADICTION: 1_204, Flaw.TWO_OWNERS: 388}
    fields, start, rows = ("purchase_date", "next_maintenance_date", "next_inspection_date", "owner"), int(query.get("after", 0)), []
    for number in range(start, start + 25):
        chance = Random(number)
        rows.append(
            DirtyAnswer(
                source=query.get("source") or chance.choice(("cars", "dates")),
                record_id=f"R-{chance.randint(100_000, 999_999)}",
                field=chance.choice(fields),
                flaw=Flaw(query["flaw"]) if "flaw" in query else chance.choice(list(flaws)),
                dealer_code=query.get("dealer") or chance.choice(sorted(DEALERS)),
                vin=f"{chance.randint(0, 999_999):06}" if chance.random() < 0.9 else "",
                seen_at=now - timedelta(minutes=chance.randint(1, 3_000)),
            )
        )
    return DirtyRows(rows=tuple(rows), by_flaw=flaws, next=str(start + 25) if start < 100 else None)


def the_explanation(form: dict[str, str]) -> Explanation:
    """A VIN that begins with X is nobody's."""
    if form["vin"].startswith("X"):
        return Explanation(known=False, rulebook=4)
    due = date.fromisoformat(f"{form['period']}-18")
    reasons = (
        (ReminderType.FIRST_MAINTENANCE, False, None, "first_maintenance_done", "首保已经做过", "The first maintenance is done"),
        (ReminderType.MAINTENANCE, True, due, "due_in_period", "本月到期", "Due in this month"),
        (ReminderType.WARRANTY, False, date(2028, 5, 4), "due_later", "以后才到期", "Due later"),
        (ReminderType.INSURANCE, False, None, "no_date", "没有到期日", "There is no date"),
        (ReminderType.INSPECTION, False, date(2027, 8, 1), "due_later", "以后才到期", "Due later"),
        (ReminderType.BIRTHDAY, False, None, "no_date", "没有生日", "There is no birthday"),
        (ReminderType.CAMPAIGN, False, None, "not_in_audience", "不在活动范围内", "Not in any campaign's audience"),
    )
    rows = tuple(Reason(type=a, has=b, due_date=c, code=d, text=e, text_en=f) for a, b, c, d, e, f in reasons)
    return Explanation(known=True, rulebook=4, reasons=rows, dirty=("compulsory_insurance_expiry: placeholder",))
