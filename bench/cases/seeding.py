"""Open complaints by the ten thousand: patterns that went through the service's own steps, copied by the database under other ids."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

from bench.cases import NOW, TERMS
from chassis.database import Database, Transaction
from chassis.upserts import replace
from contracts.complaint_steps.beside import DeclareCrisis, Dispute, StartVrt
from contracts.complaint_steps.closing import ProposeClosure
from contracts.complaint_steps.form import Form
from contracts.complaint_steps.handling import Accept, Assign, AuthorisePlan, CarryOut, FileCase, StartPlanning, SubmitPlan
from contracts.complaint_steps.intake import Contact, JudgeInvalid, Receive
from contracts.complaint_words import CaseType, Channel, CloseReason, DisputeKind, Grade, Kind, Role, VrtKind
from services.complaints.cases import store
from services.complaints.cases.intake import complainant_of, receive
from services.complaints.cases.stepping import step
from services.complaints.cases.taking import Acting, Asked
from services.complaints.cases.world import world_of
from services.complaints.clocks import book
from services.complaints.clocks.sweep import sweep
from services.complaints.tables import dealers, metadata

DEALERS, REGIONS, HANDLERS = 400, 8, 20
LEADER_LEVEL = 1
WORKING_DAYS = tuple(day for day in range(1, 20) if (NOW - timedelta(days=day)).isoweekday() < 6)
AGENT = Acting("agent-1", Role.AGENT)
COPIED = ("cases", "steps", "deadlines", "vrts", "plans", "escalations", "closures", "disputes", "surveys", "participants")
IDS = frozenset({"complaint_id", "step_id", "deadline_id", "about_id", "vrt_id", "plan_id", "escalation_id", "closure_id", "dispute_id"})
ROOT = UUID(int=6)
Run = Callable[[str], Any]
Step = Callable[[], None]
By = tuple[Acting, Form]


@dataclass(frozen=True)
class Size:
    """How many cases; of each pattern there are as many."""

    cases: int
    patterns: int


def seed(database: Database, run: Run, schema: str, size: Size, step_done: Step) -> None:
    """So many open cases, as many copies of each pattern; each stands where the sweep leaves it at this time."""
    with database.write() as tx:
        replace(tx, dealers, [_dealer(number) for number in range(DEALERS)], "name")
        book.follow_configuration(tx, TERMS, NOW)
    for pattern in range(size.patterns):
        _make(database, pattern)
        step_done()
    while sweep(database, TERMS, lambda: NOW):
        continue
    for table in COPIED:
        _copy(run, schema, table, size.cases // size.patterns - 1)
        step_done()
    run(f"TRUNCATE {schema}.outbox")


def handler(pattern: int) -> Acting:
    return Acting(f"handler-{pattern % HANDLERS}", Role.HANDLER)


def dealer(pattern: int) -> Acting:
    return Acting(f"dealer-{pattern % DEALERS}", Role.DEALER, dealer_code=f"D{pattern % DEALERS:04d}")


def _make(database: Database, pattern: int) -> None:
    """Its steps at their times; how far it has come follows from its number, and so does all else about it."""
    complaint_id = uuid5(ROOT, f"case {pattern}")
    at = NOW - timedelta(days=WORKING_DAYS[pattern % len(WORKING_DAYS)], minutes=pattern * 37 % 280 - 260)
    form = _received(pattern)
    with database.write() as tx:
        asked = Asked(form, AGENT, "desk", uuid5(complaint_id, "receive"))
        receive(tx, complaint_id, asked, complainant_of(form), world_of(tx, at, TERMS))
    for count, (by, next_form) in enumerate(_way(pattern), start=1):
        at = min(at + timedelta(minutes=40), NOW)
        with database.write() as tx:
            _take(tx, complaint_id, Asked(next_form, by, "desk", uuid5(complaint_id, f"step {count}")), at)


def _take(tx: Transaction, complaint_id: UUID, asked: Asked, at: Any) -> None:
    case = store.find(tx, complaint_id)
    if case is not None:
        step(tx, case, asked, world_of(tx, at, TERMS))


def _received(pattern: int) -> Receive:
    channels = (Channel.CALL_CENTRE_PHONE, Channel.LETTER, Channel.EMAIL, Channel.DEALER, Channel.MEDIA)
    return Receive(
        kind=Kind.GRIEVANCE if pattern % 9 == 0 else Kind.COMPLAINT,
        channel=channels[pattern % 7 if pattern % 7 < len(channels) else 0],
        text="提车三个月, 空调异响, 两次到店未修好, 顾问答复不一致, 希望尽快给出说法",
        demand="请更换空调压缩机并致歉",
        name="张伟",
        mobile=f"138{pattern:08d}",
        vin=f"LSBENCH{pattern:010d}",
        source_dealer=f"D{pattern % DEALERS:04d}" if pattern % 7 == 3 else "",
    )


def _way(pattern: int) -> Sequence[By]:
    """Grievances wait for an agent; of the others a tenth each has come to the same place."""
    mine, theirs = handler(pattern), dealer(pattern)
    if pattern % 9 == 0:
        return ()
    type = tuple(CaseType)[pattern % len(CaseType)]
    grade = (Grade.GENERAL, Grade.GENERAL, Grade.SERIOUS, Grade.MAJOR)[pattern % 4]
    ways: Sequence[Sequence[By]] = (
        ((mine, Contact(how="phone")), (mine, FileCase(type=type, grade=grade, safety=pattern % 11 == 0))),
        ((mine, Assign(region_code=f"R{pattern % DEALERS % REGIONS}", dealer_code=theirs.dealer_code)),),
        ((theirs, Accept()),),
        ((theirs, StartPlanning()),),
        ((theirs, SubmitPlan(content="更换压缩机", fee=Decimal(800))),),
        ((mine, AuthorisePlan()),),
        ((theirs, CarryOut(accepted=True)), (theirs, ProposeClosure(reason=CloseReason.SATISFIED, evidence="客户签字"))),
        ((mine, _aside(pattern)),),
    )
    place = pattern // 9 % 10
    if place == len(ways):
        return ((mine, JudgeInvalid(reason="no_fault", note="属正常现象")),)
    if place > len(ways):
        return [*(one for some in ways[:4] for one in some), (mine, _group(mine))]
    return [one for some in ways[: place + 1] for one in some]


def _group(lead: Acting) -> Form:
    return StartVrt(kind=VrtKind.OTHER, lead=lead.name, members=("vrt-1", "tech-1"), minutes=2400, question="异响来自何处")


def _aside(pattern: int) -> Form:
    if pattern % 2:
        return DeclareCrisis(marketing=("marketing-1",), note="网上有视频")
    return Dispute(kind=DisputeKind.LITIGATION, body="渝北区人民法院", filed_on=NOW.date(), legal=("legal-1",))


def _dealer(number: int) -> dict[str, Any]:
    row = {"dealer_code": f"D{number:04d}", "version": 1, "name": f"{number} 店", "region_code": f"R{number % REGIONS}"}
    return row | {"region_name": "", "active": True}


def _copy(run: Run, schema: str, table: str, copies: int) -> None:
    names = [column.name for column in metadata.tables[table].c]
    values = ", ".join(_value(table, name) for name in names)
    columns = ", ".join(f"`{name}`" for name in names)
    run(f"CREATE OR REPLACE TABLE {schema}.pattern AS SELECT * FROM {schema}.{table}")
    if copies:
        run(f"INSERT INTO {schema}.{table} ({columns}) SELECT {values} FROM {schema}.pattern AS p JOIN {schema}.seq_1_to_{copies}")
    run(f"DROP TABLE {schema}.pattern")
    run(f"ANALYZE TABLE {schema}.{table}")


def _value(table: str, name: str) -> str:
    """Ids that belong together stay together. Phone numbers and cars are as many as the patterns: each has its many."""
    if name in IDS:
        return f"MD5(CONCAT(p.{name}, seq))"
    return f"CONCAT(p.{name}, LPAD(seq, 4, '0'))" if (table, name) == ("cases", "number") else f"p.`{name}`"
