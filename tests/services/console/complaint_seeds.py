"""Complaints in every state, with what people write, that follow from a day: for the console's tests and for looking at its pages."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

from contracts.complaint_case import (
    CaseAnswer,
    CaseRow,
    Clock,
    ClosureAnswer,
    DisputeAnswer,
    EscalationAnswer,
    FileAnswer,
    PlanAnswer,
    StepTaken,
    SurveyAnswer,
    VrtAnswer,
)
from contracts.complaint_words import (
    Basis,
    CaseType,
    Channel,
    CloseReason,
    DeadlineKind,
    DisputeKind,
    Grade,
    Kind,
    Role,
    State,
    Trigger,
    VrtKind,
    VrtResult,
)
from services.complaints.cases.case import SHOWN

SEED_ID = UUID("0d6d6f4e-33b2-5f0c-8f3e-7a1e5c9d2b10")
DEALERS = (
    ("D001", "上海浦东店", "EAST", "华东大区"),
    ("D002", "上海闵行店", "EAST", "华东大区"),
    ("D003", "杭州滨江店", "EAST", "华东大区"),
    ("D007", "北京朝阳店", "NORTH", "华北大区"),
    ("D012", "广州天河店", "SOUTH", "华南大区"),
)
ALL_DEALERS = (
    *DEALERS,
    ("D004", "南京江宁店", "EAST", "华东大区"),
    ("D005", "苏州园区店", "EAST", "华东大区"),
    ("D006", "宁波鄞州店", "EAST", "华东大区"),
    ("D008", "北京大兴店", "NORTH", "华北大区"),
    ("D009", "天津滨海店", "NORTH", "华北大区"),
    ("D010", "石家庄裕华店", "NORTH", "华北大区"),
    ("D011", "济南历下店", "NORTH", "华北大区"),
    ("D013", "深圳宝安店", "SOUTH", "华南大区"),
    ("D014", "佛山顺德店", "SOUTH", "华南大区"),
    ("D015", "厦门湖里店", "SOUTH", "华南大区"),
    ("D016", "成都高新店", "WEST", "西南大区"),
    ("D017", "重庆渝北店", "WEST", "西南大区"),
    ("D018", "昆明官渡店", "WEST", "西南大区"),
)
"""What the DMS has told of; the cases are of the first."""
TEXTS = (
    "车买了三个月，仪表盘报变速箱故障灯，去店里两次都说没问题，昨天在高架上突然失去动力，差点被追尾。",
    "保养时说好 680 元，结账变成 1,260 元，事先没有告诉我换了什么。",
    "预约上午十点，等到下午两点才进工位，没有人道歉。",
    "订车时销售承诺送三年保养，提车后说没有这回事，合同上也没写。",
    "等一个后视镜等了 46 天，每次打电话都说快了。",
    "空调异味很重，孩子坐车就咳嗽，要求检测并给出书面结论。",
    "交车时里程已经 187 公里，怀疑是试驾车当新车卖。",
    "服务顾问态度恶劣，当着其他客户说我“不懂车”。",
    "刹车异响，跑了四趟没修好，要求换车。",
    "发票开错抬头，一个月了还没重开。",
)
STATES = (
    State.RECEIVED,
    State.RECEIVED,
    State.INVALID,
    State.FILED,
    State.ASSIGNED,
    State.RETURNED,
    State.ACCEPTED,
    State.PLANNING,
    State.PLAN_SUBMITTED,
    State.EXECUTING,
    State.CLOSURE_PROPOSED,
    State.CLOSED,
    State.SURVEYED,
    State.REOPENED,
    State.DISPUTED,
    State.SOLVED_DIRECT,
    State.CLOSED_INVALID,
)
FILED = tuple(state for state in State if state not in (State.RECEIVED, State.INVALID, State.CLOSED_INVALID, State.SOLVED_DIRECT))
WITH_DEALER = tuple(state for state in FILED if state not in (State.FILED, State.RETURNED))
NAMES = ("王建国", "李晓梅", "张伟", "刘洋", "陈静", "杨帆", "赵敏", "周强", "吴婷", "郑凯")
CAROLINE = "complaint_handler"


def seed_id(*parts: object) -> UUID:
    return uuid5(SEED_ID, "|".join(map(str, parts)))


def seeds(now: datetime) -> list[CaseAnswer]:
    """The first of each state is fully told; another run of them fills the queue."""
    return [_case(now, number, state) for number, state in enumerate((*STATES, *STATES, *STATES))]


def _case(now: datetime, number: int, state: State) -> CaseAnswer:
    complaint_id = seed_id("case", number)
    received = now - timedelta(hours=5 + 7 * number % 90, minutes=13 * number % 60)
    filed, dealt = state in FILED, state in WITH_DEALER
    dealer = DEALERS[number % len(DEALERS) if number >= len(STATES) else 0]
    given: dict[str, Any] = {
        "complaint_id": complaint_id,
        "version": 6,
        "number": f"TS{received:%y%m%d}{number + 1:04}",
        "kind": Kind.GRIEVANCE if state in (State.SOLVED_DIRECT, State.CLOSED_INVALID) else Kind.COMPLAINT,
        "channel": list(Channel)[number % 4],
        "state": state,
        "shown": SHOWN[state],
        "name": NAMES[number % len(NAMES)],
        "mobile": f"139{number:08}",
        "customer_id": f"C{70000 + number}",
        "follower_id": seed_id("follower", number) if number % 3 else None,
        "vin": f"LSVAA4187E2{number:06}",
        "plate": f"沪A{10000 + number}",
        "model_name": ("悦行 1.5T", "远山 2.0", "晨光 EV")[number % 3],
        "text": TEXTS[number % len(TEXTS)],
        "demand": ("更换变速箱，并报销拖车费 800 元", "退还差价", "道歉并说明原因")[number % 3],
        "expected_value": "一周内给出书面答复" if number % 2 else "",
        "wanted_type": CaseType.QUALITY,
        "received_at": received,
        "first_replied_at": received + timedelta(hours=2) if filed else None,
        "clocks": tuple(_clocks(now, number, state)),
        "history": tuple(_history(received, state, dealer)),
        "safety": number % 9 == 0,
        "media": number % 11 == 4,
    }
    if filed:
        given |= {
            "type": list(CaseType)[number % 5],
            "subtypes": ("变速箱",) if number % 5 == 0 else (),
            "grade": list(Grade)[number % 3],
            "handler": CAROLINE,
            "filed_at": received + timedelta(hours=3),
        }
    if dealt:
        given |= {"dealer_code": dealer[0], "dealer_name": dealer[1], "region_code": dealer[2], "region_name": dealer[3]}
        given["dealer_names"] = {dealer[0]: dealer[1]}
    return CaseAnswer.model_validate(given | _work(now, number, state))


def _clocks(now: datetime, number: int, state: State) -> list[Clock]:
    """The nearer, the graver: some are over, some stand still."""
    ends = [timedelta(hours=-26), timedelta(minutes=42), timedelta(hours=5), timedelta(hours=31), timedelta(days=4), timedelta(minutes=-7)]

    def clock(kind: DeadlineKind, left: timedelta, **more: Any) -> Clock:
        minutes = 72 * 60
        used = 1 - left.total_seconds() / 60 / minutes
        known: dict[str, Any] = {
            "basis": Basis.WORKING,
            "calendar_id": "default",
            "minutes": minutes,
            "started_at": now + left - timedelta(hours=72),
        }
        over = {"breached_at": now + left} if left < timedelta() else {}
        left_minutes = int(left.total_seconds() // 60)
        return Clock(
            deadline_id=seed_id("limit", number, kind),
            kind=kind,
            due_at=now + left,
            share=used,
            left_minutes=left_minutes,
            **known | over | more,
        )

    if state in (State.CLOSED_INVALID, State.SOLVED_DIRECT, State.CLOSED, State.SURVEYED):
        return [clock(DeadlineKind.CLOSE, timedelta(hours=9), met_at=now - timedelta(hours=1))]
    if state in (State.RECEIVED, State.INVALID):
        return [clock(DeadlineKind.FIRST_REPLY, ends[number % 6])]
    close = clock(DeadlineKind.CLOSE, ends[(number + 3) % 6] + timedelta(days=2))
    if state is State.EXECUTING:
        close = close.model_copy(update={"paused": True, "pause_reason": "等零件"})
    first = clock(DeadlineKind.FIRST_REPLY, timedelta(hours=3), met_at=now - timedelta(hours=30))
    plan = clock(DeadlineKind.DEALER_PLAN, ends[number % 6])
    return [first, close, plan] if state in (State.ASSIGNED, State.ACCEPTED, State.PLANNING) else [first, close]


def _history(received: datetime, state: State, dealer: tuple[str, ...]) -> list[StepTaken]:
    told: list[tuple[str, dict[str, object], str, Role, State]] = [
        ("receive", {}, "", Role.CUSTOMER, State.RECEIVED),
        (
            "contact",
            {
                "how": "phone",
                "reached": True,
                "note": "客户情绪激动，要求 24 小时内答复。",
                "said": "我们已经收到您的投诉，专人会在今天内联系您。",
            },
            "agent",
            Role.AGENT,
            State.RECEIVED,
        ),
    ]
    if state in FILED:
        told += [
            (
                "file",
                {"type": "quality", "grade": "serious", "safety": True, "close_minutes": 4320, "basis": "working"},
                CAROLINE,
                Role.HANDLER,
                State.FILED,
            ),
            (
                "note",
                {"text": "同车型上月有过两起，请技术支持留意。", "mentions": ["technical", "leader"]},
                CAROLINE,
                Role.HANDLER,
                State.FILED,
            ),
        ]
    if state in WITH_DEALER:
        told += [
            (
                "assign",
                {"region_code": dealer[2], "dealer_code": dealer[0], "note": "请今天先安排代步车。"},
                CAROLINE,
                Role.HANDLER,
                State.ASSIGNED,
            ),
            ("draft_escalation", {"trigger": "plan_late"}, "system", Role.SYSTEM, State.ASSIGNED),
        ]
    told = [*told[: 6 if state in WITH_DEALER else 4]]
    if told[-1][4] is not state:
        told.append(("accept", {"said": "门店已受理，两个工作日内给出方案。"}, "dealer_staff", Role.DEALER, state))
    steps = [
        StepTaken(version=place, step=step, form=form, by=by, role=role, via="desk", state=at, at=received + timedelta(minutes=50 * place))
        for place, (step, form, by, role, at) in enumerate(told, start=1)
    ]
    return [*steps[:-1], steps[-1].model_copy(update={"version": 6})]


def _work(now: datetime, number: int, state: State) -> dict[str, Any]:
    """Plans, groups and what else stands beside."""
    day = timedelta(days=1)
    plan = PlanAnswer(
        plan_id=seed_id("plan", number),
        plan_no=1,
        dealer_code="D001",
        content="更换变速箱阀体总成，免费；报销拖车费 800 元；维修期间提供代步车。",
        fee=Decimal("8600.00"),
        level=2,
        submitted_by="dealer_staff",
        submitted_at=now - day,
    )
    decided = plan.model_copy(update={"authorised": True, "decided_by": "leader", "decided_at": now - day / 2})
    vrt = VrtAnswer(
        vrt_id=seed_id("vrt", number),
        kind=VrtKind.QUALITY,
        lead="technical",
        members=("vrt_member", "technical"),
        question="失去动力是否由阀体卡滞引起？同批次是否有风险？",
        started_at=now - 2 * day,
    )
    concluded = vrt.model_copy(
        update={
            "ended_at": now - day,
            "result": VrtResult.SOLUTION,
            "problem_exists": True,
            "responsibility": "供应商",
            "conclusion": "阀体滑阀有毛刺，低温时卡滞。",
            "proposal": "更换改进后的阀体。",
            "concluded_by": "technical",
        }
    )
    draft = EscalationAnswer(
        escalation_id=seed_id("escalation", number), trigger=Trigger.PLAN_LATE, drafted_at=now - day / 3, level=2, fee=Decimal(0)
    )
    raised = draft.model_copy(update={"raised_at": now - day / 4, "raised_by": CAROLINE, "note": "门店两次未按时提交方案。"})
    closure = ClosureAnswer(
        closure_id=seed_id("closure", number),
        closure_no=1,
        reason=CloseReason.SATISFIED,
        evidence="客户试驾确认故障消除，签字的交车单已上传。",
        files=(),
        proposed_by="dealer_staff",
        proposed_at=now - day / 5,
    )
    closed = closure.model_copy(update={"approved": True, "decided_by": CAROLINE, "decided_at": now - day / 6})
    survey = SurveyAnswer(survey_id=seed_id("survey", number), requested_at=now - 4 * day, due_at=now - day, call_by=now + day)
    answered = survey.model_copy(
        update={"score": 4, "comment": "处理还算及时。", "answered_at": now, "answered_by": "customer", "call_by": None}
    )
    photo = FileAnswer(
        file_id=seed_id("file", number),
        kind="photo",
        name="仪表盘.jpg",
        state="kept",
        media_type="image/png",
        bytes=8000,
        role=Role.CUSTOMER,
        shown=True,
        at=now,
    )
    voice = photo.model_copy(update={"file_id": seed_id("voice", number), "kind": "voice", "name": "", "media_type": "audio/mpeg"})
    waits = photo.model_copy(update={"file_id": seed_id("waits", number), "state": "awaited"})
    similar = CaseRow(
        complaint_id=seed_id("case", 16),
        version=6,
        number="TS2601110007",
        kind=Kind.GRIEVANCE,
        channel=Channel.LETTER,
        state=State.CLOSED_INVALID,
        beginning="同一辆车，去年冬天反映过换挡顿挫",
        received_at=now - 57 * day,
        changed_at=now - 55 * day,
    )
    files = {"files": (photo, voice, waits) if number % 3 == 0 else (photo,), "similar": (similar,) if number % 4 == 0 else ()}
    dispute = DisputeAnswer(
        dispute_id=seed_id("dispute", number),
        kind=DisputeKind.LITIGATION,
        body="上海市浦东新区人民法院",
        filed_on=(now - 3 * day).date(),
        people=("legal",),
        opened_by=CAROLINE,
        opened_at=now - 3 * day,
    )
    by_state: dict[State, dict[str, Any]] = {
        State.ASSIGNED: {"escalations": (draft,), "vrts": (vrt,)},
        State.ACCEPTED: {"vrts": (vrt,)},
        State.PLANNING: {"vrts": (concluded,), "escalations": (raised,)},
        State.PLAN_SUBMITTED: {"plans": (plan,), "vrts": (concluded,)},
        State.EXECUTING: {"plans": (decided,), "vrts": (concluded,)},
        State.CLOSURE_PROPOSED: {"plans": (decided,), "closures": (closure,)},
        State.CLOSED: {
            "plans": (decided,),
            "closures": (closed,),
            "surveys": (survey,),
            "closed_at": now - day,
            "close_reason": CloseReason.SATISFIED,
        },
        State.SURVEYED: {"plans": (decided,), "closures": (closed,), "surveys": (answered,), "closed_at": now - day},
        State.REOPENED: {"plans": (decided,), "closures": (closed,), "reopened_count": 1},
        State.DISPUTED: {"plans": (decided,), "disputes": (dispute,)},
    }
    return files | by_state.get(state, {})
