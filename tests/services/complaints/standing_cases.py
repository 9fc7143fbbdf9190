"""Cases as they stand somewhere on their way, for tests of steps without a database."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

from chassis.hours import weekdays_of
from chassis.settings import Complaints
from contracts.complaint_steps.form import Form
from contracts.complaint_words import Channel, Kind, Role, State
from services.complaints.cases.case import Case, Complainant
from services.complaints.cases.taking import Acting, World, take
from services.complaints.clocks.calendars import Calendars
from services.complaints.closing import doing as closing
from services.complaints.support import doing as support
from services.complaints.support.authority import Authority, Rule

CASE = UUID("11111111-1111-4111-8111-111111111111")
FOLLOWER = UUID("22222222-2222-4222-8222-222222222222")
MONDAY = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
"""09:00 in Shanghai, of a week without holidays."""

HANDLER = Acting("李处理", Role.HANDLER)
AGENT = Acting("王客服", Role.AGENT)
DEALER = Acting("赵经理", Role.DEALER, dealer_code="D001")
TECHNICAL = Acting("孙技术", Role.TECHNICAL)
CUSTOMER = Acting("customer", Role.CUSTOMER)

DOINGS = {**support.DOINGS, **closing.DOINGS}


def leader(level: int) -> Acting:
    return Acting(f"领导{level}", Role.LEADER, level=level)


def a_case(state: State = State.EXECUTING, **more: Any) -> Case:
    told = {
        "complaint_id": CASE,
        "version": 7,
        "number": "TS2611230001",
        "kind": Kind.COMPLAINT,
        "channel": Channel.OFFICIAL_ACCOUNT,
        "state": state,
        "complainant": Complainant(name="张三", mobile="13800000000", account="main", follower_id=FOLLOWER),
        "text": "变速箱异响",
        "demand": "更换",
        "expected_value": "",
        "received_at": MONDAY - timedelta(days=3),
        "dealer_code": "D001",
        "region_code": "EAST",
        "handler": HANDLER.name,
        "filed_at": MONDAY - timedelta(days=2),
        "assigned_at": MONDAY - timedelta(days=2),
    }
    return Case(**{**told, **more})


def rule(level: int, fee_min: str, fee_max: str | None, **more: Any) -> Rule:
    told = {
        "rule_id": f"1.{level}",
        "title": f"{level} 级",
        "types": (),
        "active_from": MONDAY.date() - timedelta(days=300),
    }
    return Rule(level=level, fee_min=Decimal(fee_min), fee_max=Decimal(fee_max) if fee_max else None, **{**told, **more})


THREE_LEVELS = Authority((rule(1, "0", "500"), rule(2, "500", "5000"), rule(4, "5000", None)))


def a_world(now: datetime = MONDAY, authority: Authority = THREE_LEVELS, **terms: Any) -> World:
    settings = Complaints(**terms)
    return World(now, settings, Calendars(weekdays_of(settings.working_hours)), authority)


def taken(case: Case, form: Form, by: Acting, world: World | None = None) -> Case:
    return take(case, form, by, world or a_world(), DOINGS)


def an_id(name: str) -> UUID:
    return uuid5(CASE, name)
