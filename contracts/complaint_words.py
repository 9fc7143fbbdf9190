"""The words of complaints that all sides share: kinds, states, roles, reasons (flows 4)."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field


class Kind(StrEnum):
    """A grievance (抱怨) wants to be heard, a complaint (投诉) wants a result (S-03)."""

    GRIEVANCE = "grievance"
    COMPLAINT = "complaint"


class Channel(StrEnum):
    """A-CMP-01, 04, 35."""

    OFFICIAL_ACCOUNT = "official_account"
    CALL_CENTRE_PHONE = "call_centre_phone"
    LETTER = "letter"
    EMAIL = "email"
    FAX = "fax"
    DEALER = "dealer"
    MEDIA = "media"
    INSTITUTION = "institution"
    INTERNAL = "internal"
    OTHER = "other"


class CaseType(StrEnum):
    """品质, 销售, 服务, 部品, 其他 (A-CMP-06, A-GEN-07, 08)."""

    QUALITY = "quality"
    SALES = "sales"
    SERVICE = "service"
    PARTS = "parts"
    OTHER = "other"


class Grade(StrEnum):
    """一般, 严重, 重大 (S-03)."""

    GENERAL = "general"
    SERIOUS = "serious"
    MAJOR = "major"


class State(StrEnum):
    """Flows 4.2. `services/complaints/cases/steps.py` says which step leads from which to which."""

    RECEIVED = "received"
    INVALID = "invalid"
    CLOSED_INVALID = "closed_invalid"
    SOLVED_DIRECT = "solved_direct"
    FILED = "filed"
    ASSIGNED = "assigned"
    RETURNED = "returned"
    ACCEPTED = "accepted"
    PLANNING = "planning"
    PLAN_SUBMITTED = "plan_submitted"
    EXECUTING = "executing"
    CLOSURE_PROPOSED = "closure_proposed"
    CLOSED = "closed"
    SURVEYED = "surveyed"
    REOPENED = "reopened"
    DISPUTED = "disputed"


ENDED = frozenset({State.CLOSED_INVALID, State.SOLVED_DIRECT, State.CLOSED, State.SURVEYED})
"""States from which nothing need follow; from the last two a case may be opened again."""


class FollowerState(StrEnum):
    """What the follower is shown of a state: plain words, nothing of what happens inside."""

    RECEIVED = "received"
    CHECKING = "checking"
    HANDLING = "handling"
    ANSWERED = "answered"
    CLOSED = "closed"


class Role(StrEnum):
    """Who takes steps (A-GEN-02, A-CMP-01..33). `CUSTOMER` and `SYSTEM` are not staff."""

    CUSTOMER = "customer"
    AGENT = "agent"
    HANDLER = "handler"
    TECHNICAL = "technical"
    VRT = "vrt"
    REGION = "region"
    DEALER = "dealer"
    LEADER = "leader"
    LEGAL = "legal"
    MARKETING = "marketing"
    MONITOR = "monitor"
    SYSTEM = "system"


class CloseReason(StrEnum):
    """A-CMP-27..30: withdrawn, satisfied, 方案暂未实施, 不符合法规保修政策; `SETTLED` with a dispute (A-CMP-32)."""

    WITHDRAWN = "withdrawn"
    SATISFIED = "satisfied"
    ACCEPTED_PENDING = "accepted_pending"
    NOT_SUPPORTED = "not_supported"
    SETTLED = "settled"


class DeadlineKind(StrEnum):
    FIRST_REPLY = "first_reply"
    DEALER_PLAN = "dealer_plan"
    VRT_CONCLUSION = "vrt_conclusion"
    CLOSE = "close"
    CUSTOM = "custom"


class Basis(StrEnum):
    """How time is counted: by the clock, or in working hours of a calendar."""

    CALENDAR = "calendar"
    WORKING = "working"


class Trigger(StrEnum):
    """Why a case is escalated (A-CMP-14, 19..22)."""

    OVERDUE = "overdue"
    FORESEEN_OVERDUE = "foreseen_overdue"
    VRT_LATE = "vrt_late"
    NO_PROPOSAL = "no_proposal"
    PLAN_LATE = "plan_late"


class VrtKind(StrEnum):
    QUALITY = "quality"
    OTHER = "other"


class VrtResult(StrEnum):
    SOLUTION = "solution"
    PROPOSAL = "proposal"
    NONE = "none"


class DisputeKind(StrEnum):
    """仲裁, 诉讼 (A-CMP-32); an image crisis (A-CMP-33) runs beside the case and is no state."""

    ARBITRATION = "arbitration"
    LITIGATION = "litigation"
    CRISIS = "crisis"


Code = Annotated[str, Field(max_length=32)]
StaffName = Annotated[str, Field(min_length=1, max_length=64)]
