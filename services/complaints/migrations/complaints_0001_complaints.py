"""Cases and their steps, limits, what stands beside a case, files, and figures."""

import sqlalchemy as sa
from alembic import op

revision = "complaints_0001"
down_revision = None
branch_labels = ("complaints",)

ID = sa.Uuid(native_uuid=False)

MEASURES = (
    "received",
    "received_grievances",
    "closed_invalid",
    "solved_direct",
    "closed",
    "closed_withdrawn",
    "closed_satisfied",
    "closed_accepted_pending",
    "closed_not_supported",
    "closed_settled",
    "closed_reopened",
    "reopened",
    "first_reply_met",
    "first_reply_kept",
    "first_reply_breached",
    "dealer_plan_met",
    "dealer_plan_kept",
    "dealer_plan_breached",
    "vrt_conclusion_met",
    "vrt_conclusion_kept",
    "vrt_conclusion_breached",
    "close_met",
    "close_kept",
    "close_breached",
    "custom_met",
    "custom_kept",
    "custom_breached",
    "drafted",
    "escalated",
    "escalated_overdue",
    "escalated_foreseen_overdue",
    "escalated_vrt_late",
    "escalated_no_proposal",
    "escalated_plan_late",
    "escalated_level_1",
    "escalated_level_2",
    "escalated_level_3",
    "escalated_level_4",
    "escalated_level_5",
    "escalated_level_6",
    "escalated_level_7",
    "escalated_level_8",
    "escalated_level_9",
    "supported",
    "refused",
    "surveyed",
    "answered",
    "score_total",
    "content",
    "low",
)


def upgrade() -> None:
    _create_cases()
    _create_clocks()
    _create_support()
    _create_closing()
    _create_people()
    _create_files()
    _create_numbers()
    _create_figures()


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)


TABLES = (
    "freezes",
    "corrections",
    "sums",
    "calendar_head",
    "calendar_changes",
    "case_numbers",
    "file_parts",
    "files",
    "looking",
    "dealers",
    "owners",
    "participants",
    "surveys",
    "closures",
    "authority_tables",
    "disputes",
    "escalations",
    "plans",
    "vrts",
    "calendar_days",
    "deadlines",
    "steps",
    "cases",
)


def _create_cases() -> None:
    op.create_table(
        "cases",
        sa.Column("complaint_id", ID, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("number", sa.String(20), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("channel", sa.String(24), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("is_open", sa.Boolean, nullable=False),
        sa.Column("escalated", sa.Boolean, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("mobile", sa.Text, nullable=False),
        sa.Column("mobile_lookup", sa.String(44), nullable=False),
        sa.Column("customer_id", sa.String(64), nullable=False),
        sa.Column("account", sa.String(32), nullable=False),
        sa.Column("follower_id", ID),
        sa.Column("matched", sa.Boolean, nullable=False),
        sa.Column("vehicle_id", ID),
        sa.Column("vin", sa.Text, nullable=False),
        sa.Column("vin_lookup", sa.String(44), nullable=False),
        sa.Column("plate", sa.Text, nullable=False),
        sa.Column("plate_lookup", sa.String(44), nullable=False),
        sa.Column("model_name", sa.String(64), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("demand", sa.Text, nullable=False),
        sa.Column("expected_value", sa.Text, nullable=False),
        sa.Column("received_at", sa.BigInteger, nullable=False),
        sa.Column("source_dealer", sa.String(32), nullable=False),
        sa.Column("wanted_type", sa.String(16)),
        sa.Column("type", sa.String(16)),
        sa.Column("subtypes", sa.JSON, nullable=False),
        sa.Column("grade", sa.String(16)),
        sa.Column("safety", sa.Boolean, nullable=False),
        sa.Column("media", sa.Boolean, nullable=False),
        sa.Column("institution", sa.Boolean, nullable=False),
        sa.Column("region_code", sa.String(32), nullable=False),
        sa.Column("dealer_code", sa.String(32), nullable=False),
        sa.Column("handler", sa.String(64), nullable=False),
        sa.Column("plan_minutes", sa.Integer),
        sa.Column("plan_basis", sa.String(16), nullable=False),
        sa.Column("first_replied_at", sa.BigInteger),
        sa.Column("filed_at", sa.BigInteger),
        sa.Column("assigned_at", sa.BigInteger),
        sa.Column("accepted_at", sa.BigInteger),
        sa.Column("closed_at", sa.BigInteger),
        sa.Column("close_reason", sa.String(24)),
        sa.Column("reopen_until", sa.BigInteger),
        sa.Column("reopened_count", sa.SmallInteger, nullable=False),
        sa.Column("closings", sa.JSON, nullable=False),
        sa.Column("reopenings", sa.JSON, nullable=False),
        sa.Column("additions", sa.JSON, nullable=False),
        sa.Column("linked", sa.JSON, nullable=False),
        sa.Column("next_due_at", sa.BigInteger),
        sa.Column("changed_at", sa.BigInteger, nullable=False),
        sa.Index("ix_cases_changed", "changed_at", "complaint_id"),
        sa.Index("ix_cases_closed", "closed_at"),
        sa.Index("ix_cases_customer", "customer_id"),
        sa.Index("ix_cases_dealer", "dealer_code", "is_open", "next_due_at"),
        sa.Index("ix_cases_follower", "follower_id"),
        sa.Index("ix_cases_handler", "handler", "is_open", "next_due_at"),
        sa.Index("ix_cases_mobile", "mobile_lookup"),
        sa.Index("ix_cases_plate", "plate_lookup"),
        sa.Index(
            "ix_cases_queue",
            "is_open",
            "next_due_at",
            "complaint_id",
            "received_at",
            "escalated",
            "type",
            "grade",
            "kind",
            "channel",
            "state",
            "safety",
            "media",
            "institution",
            "region_code",
            "dealer_code",
            "handler",
        ),
        sa.Index(
            "ix_cases_received",
            "received_at",
            "complaint_id",
            "next_due_at",
            "type",
            "grade",
            "kind",
            "channel",
            "state",
            "safety",
            "media",
            "institution",
            "region_code",
            "dealer_code",
            "handler",
        ),
        sa.Index("ix_cases_region", "region_code", "is_open", "next_due_at"),
        sa.Index("ix_cases_source", "source_dealer", "is_open", "next_due_at"),
        sa.Index("ix_cases_state", "state", "next_due_at"),
        sa.Index("ix_cases_vin", "vin_lookup"),
        sa.Index("ux_cases_number", "number", unique=True),
    )
    op.create_table(
        "steps",
        sa.Column("complaint_id", ID, primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("step_id", ID, nullable=False),
        sa.Column("step", sa.String(32), nullable=False),
        sa.Column("form", sa.Text, nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("via", sa.String(16), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Index("ix_steps_at", "at"),
        sa.Index("ux_steps_id", "step_id", unique=True),
    )


def _create_clocks() -> None:
    op.create_table(
        "deadlines",
        sa.Column("deadline_id", ID, primary_key=True),
        sa.Column("complaint_id", ID, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("label", sa.Text),
        sa.Column("basis", sa.String(16), nullable=False),
        sa.Column("calendar_id", sa.String(40), nullable=False),
        sa.Column("minutes", sa.Integer, nullable=False),
        sa.Column("started_at", sa.BigInteger, nullable=False),
        sa.Column("due_at", sa.BigInteger, nullable=False),
        sa.Column("set_by", sa.String(64), nullable=False),
        sa.Column("next_look_at", sa.BigInteger),
        sa.Column("about_id", ID),
        sa.Column("pauses", sa.JSON, nullable=False),
        sa.Column("revisions", sa.Text),
        sa.Column("warned", sa.JSON, nullable=False),
        sa.Column("met_at", sa.BigInteger),
        sa.Column("breached_at", sa.BigInteger),
        sa.Column("dropped_at", sa.BigInteger),
        sa.Index("ix_deadlines_breached", "kind", "breached_at"),
        sa.Index("ix_deadlines_calendar", "calendar_id", "next_look_at"),
        sa.Index("ix_deadlines_case", "complaint_id", "kind", "breached_at", "met_at", "dropped_at"),
        sa.Index("ix_deadlines_look", "next_look_at"),
    )
    op.create_table(
        "calendar_days",
        sa.Column("calendar_id", sa.String(40), primary_key=True),
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("periods", sa.JSON, nullable=False),
        sa.Column("reason", sa.String(64), nullable=False),
        sa.Column("set_by", sa.String(64), nullable=False),
    )


def _create_support() -> None:
    op.create_table(
        "vrts",
        sa.Column("vrt_id", ID, primary_key=True),
        sa.Column("complaint_id", ID, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("lead", sa.String(64), nullable=False),
        sa.Column("members", sa.JSON, nullable=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("started_at", sa.BigInteger, nullable=False),
        sa.Column("ended_at", sa.BigInteger),
        sa.Column("result", sa.String(16)),
        sa.Column("problem_exists", sa.Boolean),
        sa.Column("responsibility", sa.Text, nullable=False),
        sa.Column("conclusion", sa.Text, nullable=False),
        sa.Column("proposal", sa.Text, nullable=False),
        sa.Column("concluded_by", sa.String(64), nullable=False),
        sa.Index("ix_vrts_case", "complaint_id"),
    )
    op.create_table(
        "plans",
        sa.Column("plan_id", ID, primary_key=True),
        sa.Column("complaint_id", ID, nullable=False),
        sa.Column("plan_no", sa.SmallInteger, nullable=False),
        sa.Column("dealer_code", sa.String(32), nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("fee", sa.Numeric(10, 2), nullable=False),
        sa.Column("level", sa.SmallInteger, nullable=False),
        sa.Column("submitted_by", sa.String(64), nullable=False),
        sa.Column("submitted_at", sa.BigInteger, nullable=False),
        sa.Column("decided_by", sa.String(64), nullable=False),
        sa.Column("decided_at", sa.BigInteger),
        sa.Column("authorised", sa.Boolean),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("executed_at", sa.BigInteger),
        sa.Column("customer_accepts", sa.Boolean),
        sa.Index("ix_plans_case", "complaint_id"),
    )
    op.create_table(
        "escalations",
        sa.Column("escalation_id", ID, primary_key=True),
        sa.Column("complaint_id", ID, nullable=False),
        sa.Column("trigger", sa.String(24), nullable=False),
        sa.Column("about_id", ID),
        sa.Column("drafted_at", sa.BigInteger, nullable=False),
        sa.Column("level", sa.SmallInteger, nullable=False),
        sa.Column("rule_id", sa.String(36), nullable=False),
        sa.Column("fee", sa.Numeric(10, 2), nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("raised_by", sa.String(64), nullable=False),
        sa.Column("raised_at", sa.BigInteger),
        sa.Column("decision", sa.String(16), nullable=False),
        sa.Column("decision_note", sa.Text, nullable=False),
        sa.Column("decided_by", sa.String(64), nullable=False),
        sa.Column("decided_at", sa.BigInteger),
        sa.Column("dropped_by", sa.String(64), nullable=False),
        sa.Column("dropped_at", sa.BigInteger),
        sa.Index("ix_escalations_case", "complaint_id"),
        sa.Index("ix_escalations_drafts", "raised_at", "dropped_at", "drafted_at"),
        sa.Index("ix_escalations_waiting", "decided_at", "level", "raised_at"),
    )
    op.create_table(
        "disputes",
        sa.Column("dispute_id", ID, primary_key=True),
        sa.Column("complaint_id", ID, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("filed_on", sa.Date, nullable=False),
        sa.Column("people", sa.JSON, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("opened_by", sa.String(64), nullable=False),
        sa.Column("opened_at", sa.BigInteger, nullable=False),
        sa.Column("came_from", sa.String(24)),
        sa.Column("result", sa.Text, nullable=False),
        sa.Column("ended_at", sa.BigInteger),
        sa.Index("ix_disputes_case", "complaint_id"),
    )
    op.create_table(
        "authority_tables",
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("rules", sa.JSON, nullable=False),
        sa.Column("set_by", sa.String(64), nullable=False),
        sa.Column("set_at", sa.BigInteger, nullable=False),
    )


def _create_closing() -> None:
    op.create_table(
        "closures",
        sa.Column("closure_id", ID, primary_key=True),
        sa.Column("complaint_id", ID, nullable=False),
        sa.Column("closure_no", sa.SmallInteger, nullable=False),
        sa.Column("reason", sa.String(24), nullable=False),
        sa.Column("evidence", sa.Text, nullable=False),
        sa.Column("files", sa.JSON, nullable=False),
        sa.Column("proposed_by", sa.String(64), nullable=False),
        sa.Column("proposed_at", sa.BigInteger, nullable=False),
        sa.Column("came_from", sa.String(24), nullable=False),
        sa.Column("follow_up_on", sa.Date),
        sa.Column("follow_up_at", sa.BigInteger),
        sa.Column("followed_up_at", sa.BigInteger),
        sa.Column("survey_at", sa.BigInteger),
        sa.Column("approved", sa.Boolean),
        sa.Column("decided_by", sa.String(64), nullable=False),
        sa.Column("decided_at", sa.BigInteger),
        sa.Column("note", sa.Text, nullable=False),
        sa.Index("ix_closures_case", "complaint_id"),
        sa.Index("ix_closures_follow_up", "follow_up_at"),
        sa.Index("ix_closures_survey", "survey_at"),
    )
    op.create_table(
        "surveys",
        sa.Column("survey_id", ID, primary_key=True),
        sa.Column("complaint_id", ID, nullable=False),
        sa.Column("closure_id", ID, nullable=False),
        sa.Column("requested_at", sa.BigInteger, nullable=False),
        sa.Column("due_at", sa.BigInteger, nullable=False),
        sa.Column("call_at", sa.BigInteger),
        sa.Column("score", sa.SmallInteger),
        sa.Column("comment", sa.Text, nullable=False),
        sa.Column("answered_at", sa.BigInteger),
        sa.Column("answered_by", sa.String(16), nullable=False),
        sa.Column("call_by", sa.BigInteger),
        sa.Column("low", sa.Boolean, nullable=False),
        sa.Index("ix_surveys_call_at", "call_at"),
        sa.Index("ix_surveys_call_by", "call_by"),
        sa.Index("ix_surveys_case", "complaint_id"),
    )


def _create_people() -> None:
    op.create_table(
        "participants",
        sa.Column("complaint_id", ID, primary_key=True),
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("part", sa.String(16), primary_key=True),
        sa.Index("ix_participants_name", "name", "part"),
    )
    op.create_table(
        "owners",
        sa.Column("binding_id", ID, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("account", sa.String(32), nullable=False),
        sa.Column("follower_id", ID, nullable=False),
        sa.Column("vehicle_id", ID, nullable=False),
        sa.Column("customer_id", sa.String(64), nullable=False),
        sa.Column("vin", sa.Text, nullable=False),
        sa.Column("plate", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("mobile", sa.Text, nullable=False),
        sa.Column("mobile_lookup", sa.String(44), nullable=False),
        sa.Column("model", sa.String(64), nullable=False),
        sa.Column("dealer_code", sa.String(32), nullable=False),
        sa.Index("ix_owners_follower", "follower_id", "vehicle_id"),
        sa.Index("ix_owners_mobile", "mobile_lookup"),
    )
    op.create_table(
        "dealers",
        sa.Column("dealer_code", sa.String(32), primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("region_code", sa.String(32), nullable=False),
        sa.Column("region_name", sa.String(64), nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Index("ix_dealers_region", "region_code"),
    )
    op.create_table(
        "looking",
        sa.Column("complaint_id", ID, primary_key=True),
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Index("ix_looking_at", "at"),
    )


def _create_files() -> None:
    op.create_table(
        "files",
        sa.Column("file_id", ID, primary_key=True),
        sa.Column("complaint_id", ID, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("reason", sa.String(64), nullable=False),
        sa.Column("media_type", sa.String(64), nullable=False),
        sa.Column("bytes", sa.Integer, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("shown", sa.Boolean, nullable=False),
        sa.Column("attached", sa.Boolean, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Index("ix_files_case", "complaint_id", "at"),
        sa.Index("ix_files_loose", "attached", "at"),
        sa.Index("ix_files_state", "state", "at"),
    )
    op.create_table(
        "file_parts",
        sa.Column("file_id", ID, primary_key=True),
        sa.Column("part_no", sa.SmallInteger, primary_key=True, autoincrement=False),
        sa.Column("content", sa.Text, nullable=False),
    )


def _create_numbers() -> None:
    op.create_table(
        "case_numbers",
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("last", sa.Integer, nullable=False),
    )


def _create_figures() -> None:
    op.create_table(
        "calendar_changes",
        sa.Column("change_no", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("calendar_id", sa.String(40), nullable=False),
        sa.Column("reason", sa.String(64), nullable=False),
        sa.Column("made_by", sa.String(64), nullable=False),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.Column("rule", sa.String(64), nullable=False),
        sa.Column("applied_up_to", ID),
        sa.Column("applied", sa.Boolean, nullable=False),
        sa.Index("ix_calendar_changes_applied", "applied", "change_no"),
    )
    op.create_table(
        "calendar_head",
        sa.Column("one", sa.SmallInteger, primary_key=True, autoincrement=False),
        sa.Column("change_no", sa.Integer, nullable=False),
    )
    op.create_table(
        "sums",
        sa.Column("period", sa.String(7), primary_key=True),
        sa.Column("region_code", sa.String(32), primary_key=True),
        sa.Column("dealer_code", sa.String(32), primary_key=True),
        sa.Column("type", sa.String(16), primary_key=True),
        sa.Column("grade", sa.String(16), primary_key=True),
        *(sa.Column(name, sa.Integer, nullable=False) for name in MEASURES),
    )
    op.create_table(
        "corrections",
        sa.Column("correction_id", ID, primary_key=True),
        sa.Column("period", sa.String(7), nullable=False),
        sa.Column("region_code", sa.String(32), nullable=False),
        sa.Column("dealer_code", sa.String(32), nullable=False),
        sa.Column("type", sa.String(16), nullable=False),
        sa.Column("grade", sa.String(16), nullable=False),
        sa.Column("complaint_id", ID, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        *(sa.Column(name, sa.Integer, nullable=False) for name in MEASURES),
        sa.Index("ix_corrections_period", "period", "dealer_code"),
    )
    op.create_table(
        "freezes",
        sa.Column("period", sa.String(7), primary_key=True),
        sa.Column("frozen_at", sa.BigInteger),
    )
