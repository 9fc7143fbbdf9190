"""The tables of `services/complaints`. Times are milliseconds since 1970; words about persons are sealed."""

from decimal import Decimal
from uuid import UUID

from sqlalchemy import JSON, BigInteger, Boolean, Column, Date, Index, Integer, MetaData, Numeric, SmallInteger, String, Table, Uuid

from chassis.privacy import Sealed

metadata = MetaData()
ID: Uuid[UUID] = Uuid(native_uuid=False)
MONEY: Numeric[Decimal] = Numeric(10, 2)

FILTERED = ("type", "grade", "kind", "channel", "state", "safety", "media", "institution", "region_code", "dealer_code", "handler")
"""By what queues are narrowed: it is in their indexes, so that what does not fit is passed over without looking at its row."""

cases = Table(
    "cases",
    metadata,
    Column("complaint_id", ID, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("number", String(20), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("channel", String(24), nullable=False),
    Column("state", String(24), nullable=False),
    Column("is_open", Boolean, nullable=False, comment="follows from state; for the queues"),
    Column("escalated", Boolean, nullable=False, comment="an escalation is drafted or waits for a leader; for the queues"),
    Column("name", Sealed("name"), nullable=False),
    Column("mobile", Sealed("mobile"), nullable=False),
    Column("mobile_lookup", String(44), nullable=False, comment="keyed hash; empty: none"),
    Column("customer_id", String(64), nullable=False),
    Column("account", String(32), nullable=False),
    Column("follower_id", ID),
    Column("matched", Boolean, nullable=False, comment="the follower was found by the number that was written down"),
    Column("vehicle_id", ID),
    Column("vin", Sealed("vin"), nullable=False),
    Column("vin_lookup", String(44), nullable=False),
    Column("plate", Sealed("plate"), nullable=False),
    Column("plate_lookup", String(44), nullable=False),
    Column("model_name", String(64), nullable=False),
    Column("text", Sealed("complaint_text"), nullable=False),
    Column("demand", Sealed("complaint_text"), nullable=False),
    Column("expected_value", Sealed("complaint_text"), nullable=False),
    Column("received_at", BigInteger, nullable=False),
    Column("source_dealer", String(32), nullable=False, comment="who passed it on"),
    Column("wanted_type", String(16)),
    Column("type", String(16)),
    Column("subtypes", JSON, nullable=False),
    Column("grade", String(16)),
    Column("safety", Boolean, nullable=False),
    Column("media", Boolean, nullable=False),
    Column("institution", Boolean, nullable=False),
    Column("region_code", String(32), nullable=False),
    Column("dealer_code", String(32), nullable=False, comment="whom it is about; once assigned, who handles it"),
    Column("handler", String(64), nullable=False),
    Column("plan_minutes", Integer, comment="that the dealer is given for a plan; null: the grade's"),
    Column("plan_basis", String(16), nullable=False),
    Column("first_replied_at", BigInteger),
    Column("filed_at", BigInteger),
    Column("assigned_at", BigInteger),
    Column("accepted_at", BigInteger),
    Column("closed_at", BigInteger),
    Column("close_reason", String(24)),
    Column("reopen_until", BigInteger),
    Column("reopened_count", SmallInteger, nullable=False),
    Column("closings", JSON, nullable=False, comment="when it was closed, each time"),
    Column("reopenings", JSON, nullable=False),
    Column("additions", JSON, nullable=False),
    Column("linked", JSON, nullable=False),
    Column("next_due_at", BigInteger, comment="of its open limits that do not stand still, the first; null: none"),
    Column("changed_at", BigInteger, nullable=False),
    Index("ux_cases_number", "number", unique=True),
    Index("ix_cases_queue", "is_open", "next_due_at", "complaint_id", "received_at", "escalated", *FILTERED),
    Index("ix_cases_handler", "handler", "is_open", "next_due_at"),
    Index("ix_cases_dealer", "dealer_code", "is_open", "next_due_at"),
    Index("ix_cases_region", "region_code", "is_open", "next_due_at"),
    Index("ix_cases_state", "state", "next_due_at"),
    Index("ix_cases_changed", "changed_at", "complaint_id"),
    Index("ix_cases_received", "received_at", "complaint_id", "next_due_at", *FILTERED),
    Index("ix_cases_closed", "closed_at"),
    Index("ix_cases_follower", "follower_id"),
    Index("ix_cases_source", "source_dealer", "is_open", "next_due_at"),
    Index("ix_cases_customer", "customer_id"),
    Index("ix_cases_mobile", "mobile_lookup"),
    Index("ix_cases_vin", "vin_lookup"),
    Index("ix_cases_plate", "plate_lookup"),
)
"""The case (flows 4.1). Its `version` counts the steps that were taken."""

steps = Table(
    "steps",
    metadata,
    Column("complaint_id", ID, primary_key=True),
    Column("version", Integer, primary_key=True, comment="of the case after it"),
    Column("step_id", ID, nullable=False, comment="who asks twice is done once"),
    Column("step", String(32), nullable=False),
    Column("form", Sealed("complaint_step"), nullable=False),
    Column("by", String(64), nullable=False),
    Column("role", String(16), nullable=False),
    Column("via", String(16), nullable=False, comment="desk, pages, csc, dms, system"),
    Column("state", String(24), nullable=False, comment="after it"),
    Column("at", BigInteger, nullable=False),
    Index("ux_steps_id", "step_id", unique=True),
    Index("ix_steps_at", "at"),
)
"""Everything that was ever done to a case: the raw rows from which all else can be told again."""

deadlines = Table(
    "deadlines",
    metadata,
    Column("deadline_id", ID, primary_key=True),
    Column("complaint_id", ID, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("label", Sealed("complaint_text"), comment="null: none"),
    Column("basis", String(16), nullable=False),
    Column("calendar_id", String(40), nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("started_at", BigInteger, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("set_by", String(64), nullable=False),
    Column("next_look_at", BigInteger, comment="next threshold or the end; null: met, dropped, breached or standing still"),
    Column("about_id", ID),
    Column("pauses", JSON, nullable=False),
    Column("revisions", Sealed("complaint_text"), comment="JSON, with the reasons that people gave; null: none"),
    Column("warned", JSON, nullable=False),
    Column("met_at", BigInteger),
    Column("breached_at", BigInteger),
    Column("dropped_at", BigInteger),
    Index("ix_deadlines_case", "complaint_id", "kind", "breached_at", "met_at", "dropped_at"),
    Index("ix_deadlines_look", "next_look_at"),
    Index("ix_deadlines_breached", "kind", "breached_at"),
    Index("ix_deadlines_calendar", "calendar_id", "next_look_at"),
)
"""时限 (flows 4.1, 4.3)."""

vrts = Table(
    "vrts",
    metadata,
    Column("vrt_id", ID, primary_key=True),
    Column("complaint_id", ID, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("lead", String(64), nullable=False),
    Column("members", JSON, nullable=False),
    Column("question", Sealed("complaint_text"), nullable=False),
    Column("started_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
    Column("result", String(16)),
    Column("problem_exists", Boolean),
    Column("responsibility", Sealed("complaint_text"), nullable=False),
    Column("conclusion", Sealed("complaint_text"), nullable=False),
    Column("proposal", Sealed("complaint_text"), nullable=False),
    Column("concluded_by", String(64), nullable=False),
    Index("ix_vrts_case", "complaint_id"),
)

plans = Table(
    "plans",
    metadata,
    Column("plan_id", ID, primary_key=True),
    Column("complaint_id", ID, nullable=False),
    Column("plan_no", SmallInteger, nullable=False),
    Column("dealer_code", String(32), nullable=False),
    Column("content", Sealed("complaint_text"), nullable=False),
    Column("fee", MONEY, nullable=False),
    Column("level", SmallInteger, nullable=False),
    Column("submitted_by", String(64), nullable=False),
    Column("submitted_at", BigInteger, nullable=False),
    Column("decided_by", String(64), nullable=False),
    Column("decided_at", BigInteger),
    Column("authorised", Boolean),
    Column("reason", Sealed("complaint_text"), nullable=False),
    Column("executed_at", BigInteger),
    Column("customer_accepts", Boolean),
    Index("ix_plans_case", "complaint_id"),
)

escalations = Table(
    "escalations",
    metadata,
    Column("escalation_id", ID, primary_key=True),
    Column("complaint_id", ID, nullable=False),
    Column("trigger", String(24), nullable=False),
    Column("about_id", ID),
    Column("drafted_at", BigInteger, nullable=False),
    Column("level", SmallInteger, nullable=False),
    Column("rule_id", String(36), nullable=False),
    Column("fee", MONEY, nullable=False),
    Column("note", Sealed("complaint_text"), nullable=False),
    Column("raised_by", String(64), nullable=False),
    Column("raised_at", BigInteger),
    Column("decision", String(16), nullable=False),
    Column("decision_note", Sealed("complaint_text"), nullable=False),
    Column("decided_by", String(64), nullable=False),
    Column("decided_at", BigInteger),
    Column("dropped_by", String(64), nullable=False),
    Column("dropped_at", BigInteger),
    Index("ix_escalations_case", "complaint_id"),
    Index("ix_escalations_waiting", "decided_at", "level", "raised_at"),
    Index("ix_escalations_drafts", "raised_at", "dropped_at", "drafted_at"),
)

closures = Table(
    "closures",
    metadata,
    Column("closure_id", ID, primary_key=True),
    Column("complaint_id", ID, nullable=False),
    Column("closure_no", SmallInteger, nullable=False),
    Column("reason", String(24), nullable=False),
    Column("evidence", Sealed("complaint_text"), nullable=False),
    Column("files", JSON, nullable=False),
    Column("proposed_by", String(64), nullable=False),
    Column("proposed_at", BigInteger, nullable=False),
    Column("came_from", String(24), nullable=False),
    Column("follow_up_on", Date),
    Column("follow_up_at", BigInteger, comment="when it counts as missed; null: nothing is awaited"),
    Column("followed_up_at", BigInteger),
    Column("survey_at", BigInteger, comment="when the customer is asked; null: they were, or will not be"),
    Column("approved", Boolean),
    Column("decided_by", String(64), nullable=False),
    Column("decided_at", BigInteger),
    Column("note", Sealed("complaint_text"), nullable=False),
    Index("ix_closures_case", "complaint_id"),
    Index("ix_closures_follow_up", "follow_up_at"),
    Index("ix_closures_survey", "survey_at"),
)

disputes = Table(
    "disputes",
    metadata,
    Column("dispute_id", ID, primary_key=True),
    Column("complaint_id", ID, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("body", Sealed("complaint_text"), nullable=False, comment="the court, and perhaps its number of the case"),
    Column("filed_on", Date, nullable=False),
    Column("people", JSON, nullable=False),
    Column("note", Sealed("complaint_text"), nullable=False),
    Column("opened_by", String(64), nullable=False),
    Column("opened_at", BigInteger, nullable=False),
    Column("came_from", String(24)),
    Column("result", Sealed("complaint_text"), nullable=False),
    Column("ended_at", BigInteger),
    Index("ix_disputes_case", "complaint_id"),
)

surveys = Table(
    "surveys",
    metadata,
    Column("survey_id", ID, primary_key=True),
    Column("complaint_id", ID, nullable=False),
    Column("closure_id", ID, nullable=False),
    Column("requested_at", BigInteger, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("call_at", BigInteger, comment="when an agent is to call if nobody answers; null: never"),
    Column("score", SmallInteger),
    Column("comment", Sealed("complaint_text"), nullable=False),
    Column("answered_at", BigInteger),
    Column("answered_by", String(16), nullable=False),
    Column("call_by", BigInteger, comment="in the list of calls; null: nobody need call"),
    Column("low", Boolean, nullable=False),
    Index("ix_surveys_case", "complaint_id"),
    Index("ix_surveys_call_at", "call_at"),
    Index("ix_surveys_call_by", "call_by"),
)

participants = Table(
    "participants",
    metadata,
    Column("complaint_id", ID, primary_key=True),
    Column("name", String(64), primary_key=True),
    Column("part", String(16), primary_key=True, comment="vrt, legal, marketing, mentioned"),
    Index("ix_participants_name", "name", "part"),
)
"""Who takes part beside handler, region and dealer: what they see, and what stands in their queue."""

files = Table(
    "files",
    metadata,
    Column("file_id", ID, primary_key=True),
    Column("complaint_id", ID, nullable=False),
    Column("kind", String(16), nullable=False, comment="photo, voice, paper"),
    Column("name", Sealed("complaint_text"), nullable=False),
    Column("state", String(16), nullable=False, comment="awaited, kept, lost"),
    Column("reason", String(64), nullable=False, comment="why it was lost"),
    Column("media_type", String(64), nullable=False),
    Column("bytes", Integer, nullable=False),
    Column("digest", String(64), nullable=False, comment="SHA-256 of what is kept, in clear"),
    Column("by", String(64), nullable=False),
    Column("role", String(16), nullable=False),
    Column("shown", Boolean, nullable=False, comment="the customer may see it"),
    Column("attached", Boolean, nullable=False, comment="by a step, or sent by the customer; else it is not part of the case"),
    Column("at", BigInteger, nullable=False),
    Index("ix_files_case", "complaint_id", "at"),
    Index("ix_files_loose", "attached", "at"),
    Index("ix_files_state", "state", "at"),
)

file_parts = Table(
    "file_parts",
    metadata,
    Column("file_id", ID, primary_key=True),
    Column("part_no", SmallInteger, primary_key=True),
    Column("content", Sealed("complaint_file"), nullable=False, comment="Base64 of up to 36 kB: sealed it fits into a TEXT"),
)

owners = Table(
    "owners",
    metadata,
    Column("binding_id", ID, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("account", String(32), nullable=False),
    Column("follower_id", ID, nullable=False),
    Column("vehicle_id", ID, nullable=False),
    Column("customer_id", String(64), nullable=False),
    Column("vin", Sealed("vin"), nullable=False),
    Column("plate", Sealed("plate"), nullable=False),
    Column("name", Sealed("name"), nullable=False),
    Column("mobile", Sealed("mobile"), nullable=False),
    Column("mobile_lookup", String(44), nullable=False, comment="keyed hash; empty: none"),
    Column("model", String(64), nullable=False),
    Column("dealer_code", String(32), nullable=False),
    Index("ix_owners_follower", "follower_id", "vehicle_id"),
    Index("ix_owners_mobile", "mobile_lookup"),
)
"""Bindings, as customers told them."""

dealers = Table(
    "dealers",
    metadata,
    Column("dealer_code", String(32), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("name", String(64), nullable=False),
    Column("region_code", String(32), nullable=False),
    Column("region_name", String(64), nullable=False),
    Column("active", Boolean, nullable=False),
    Index("ix_dealers_region", "region_code"),
)

authority_tables = Table(
    "authority_tables",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("rules", JSON, nullable=False),
    Column("set_by", String(64), nullable=False),
    Column("set_at", BigInteger, nullable=False),
)
"""客户关怀费用授权 (S-05, A-CMP-24): the highest version is in force; there is none before somebody gave one."""

calendar_days = Table(
    "calendar_days",
    metadata,
    Column("calendar_id", String(40), primary_key=True, comment="default, or dealer:D001"),
    Column("day", Date, primary_key=True),
    Column("periods", JSON, nullable=False, comment="[[08:30, 12:00], …]; empty: closed"),
    Column("reason", String(64), nullable=False),
    Column("set_by", String(64), nullable=False),
)
"""Days on which a calendar is otherwise than its rule says."""

calendar_changes = Table(
    "calendar_changes",
    metadata,
    Column("change_no", Integer, primary_key=True, autoincrement=False),
    Column("calendar_id", String(40), nullable=False),
    Column("reason", String(64), nullable=False),
    Column("made_by", String(64), nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("rule", String(64), nullable=False, comment="digest of working hours, holidays and make-up days as they were then"),
    Column("applied_up_to", ID, comment="open cases up to this one are reckoned anew"),
    Column("applied", Boolean, nullable=False),
    Index("ix_calendar_changes_applied", "applied", "change_no"),
)
"""Each change of a calendar, and how far it has come to bear on open limits."""

calendar_head = Table(
    "calendar_head",
    metadata,
    Column("one", SmallInteger, primary_key=True, autoincrement=False),
    Column("change_no", Integer, nullable=False),
)
"""One row: the last change. Who begins or moves a limit holds it shared, so that no limit is reckoned by what is about to change."""

case_numbers = Table(
    "case_numbers",
    metadata,
    Column("day", Date, primary_key=True),
    Column("last", Integer, nullable=False),
)

looking = Table(
    "looking",
    metadata,
    Column("complaint_id", ID, primary_key=True),
    Column("name", String(64), primary_key=True),
    Column("at", BigInteger, nullable=False),
    Index("ix_looking_at", "at"),
)
"""Who has a case open at the desk just now."""

LIMIT_MEASURES = tuple(
    f"{kind}_{end}" for kind in ("first_reply", "dealer_plan", "vrt_conclusion", "close", "custom") for end in ("met", "kept", "breached")
)
TRIGGER_MEASURES = tuple(f"escalated_{name}" for name in ("overdue", "foreseen_overdue", "vrt_late", "no_proposal", "plan_late"))
LEVEL_MEASURES = tuple(f"escalated_level_{level}" for level in range(1, 10))
MEASURES = (
    *("received", "received_grievances", "closed_invalid", "solved_direct"),
    *("closed", "closed_withdrawn", "closed_satisfied", "closed_accepted_pending", "closed_not_supported", "closed_settled"),
    *("closed_reopened", "reopened"),
    *LIMIT_MEASURES,
    *("drafted", "escalated", *TRIGGER_MEASURES, *LEVEL_MEASURES, "supported", "refused"),
    *("surveyed", "answered", "score_total", "content", "low"),
)
"""What is counted of each case (flows 6); `figures/measures.py` says how."""

sums = Table(
    "sums",
    metadata,
    Column("period", String(7), primary_key=True),
    Column("region_code", String(32), primary_key=True),
    Column("dealer_code", String(32), primary_key=True),
    Column("type", String(16), primary_key=True, comment="empty: not filed"),
    Column("grade", String(16), primary_key=True),
    *(Column(name, Integer, nullable=False) for name in MEASURES),
)

corrections = Table(
    "corrections",
    metadata,
    Column("correction_id", ID, primary_key=True),
    Column("period", String(7), nullable=False),
    Column("region_code", String(32), nullable=False),
    Column("dealer_code", String(32), nullable=False),
    Column("type", String(16), nullable=False),
    Column("grade", String(16), nullable=False),
    Column("complaint_id", ID, nullable=False),
    Column("at", BigInteger, nullable=False),
    *(Column(name, Integer, nullable=False) for name in MEASURES),
    Index("ix_corrections_period", "period", "dealer_code"),
)
"""What changed about a case after its period was frozen."""

freezes = Table(
    "freezes",
    metadata,
    Column("period", String(7), primary_key=True),
    Column("frozen_at", BigInteger, comment="from then on changes are corrections; null: not yet"),
)
