"""Facts of cars, rules, runs, items, messages, slips, visits, decisions and figures."""

import sqlalchemy as sa
from alembic import op

revision = "reminders_0001"
down_revision = None
branch_labels = ("reminders",)

ID = sa.Uuid(native_uuid=False)

MEASURES = (
    "due_new",
    "due_carried",
    "reminded",
    "delivered",
    "clicked",
    "failed",
    "tracked",
    "reached_either",
    "booked",
    "returned",
    "returned_elsewhere",
    "returned_cars",
    "not_reminded",
    "not_tracked",
    "not_returned",
    "carried_on",
    "dropped",
    "voided",
)


def upgrade() -> None:
    _create_facts()
    _create_rivals()
    _create_sources()
    _create_rules()
    _create_loads()
    _create_month()
    _create_items()
    _create_sending()
    _create_following()
    _create_decisions()
    _create_figures()


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)


TABLES = (
    "corrections",
    "sums",
    "freezes",
    "periods",
    "unreported",
    "decisions",
    "bookings",
    "visits",
    "slips",
    "wish_versions",
    "opt_outs",
    "message_items",
    "messages",
    "items",
    "differences",
    "task_pages",
    "runs",
    "dirty_rows",
    "loads",
    "rulebooks",
    "dealers",
    "campaigns",
    "bindings",
    "rival_records",
    "cars",
)


def _create_facts() -> None:
    op.create_table(
        "cars",
        sa.Column("vehicle_id", ID, primary_key=True),
        sa.Column("vin", sa.Text, nullable=False),
        sa.Column("record_id", sa.String(64), nullable=False),
        sa.Column("sale_version", sa.Integer, nullable=False),
        sa.Column("told_customer_id", sa.String(64), nullable=False),
        sa.Column("told_state", sa.String(8), nullable=False),
        sa.Column("told_region_code", sa.String(32), nullable=False),
        sa.Column("told_birthday", sa.SmallInteger),
        sa.Column("told_first_maintenance_on", sa.Date),
        sa.Column("told_last_visit_on", sa.Date),
        sa.Column("model_code", sa.String(32), nullable=False),
        sa.Column("model_name", sa.String(64), nullable=False),
        sa.Column("model_year", sa.SmallInteger),
        sa.Column("dealer_code", sa.String(32), nullable=False),
        sa.Column("invoice_date", sa.Date),
        sa.Column("purchase_date", sa.Date),
        sa.Column("warranty_end_date", sa.Date),
        sa.Column("quiet", sa.String(32), nullable=False),
        sa.Column("owner_version", sa.Integer, nullable=False),
        sa.Column("owner_customer_id", sa.String(64), nullable=False),
        sa.Column("maintained_on", sa.Date),
        sa.Column("visited_on", sa.Date),
        sa.Column("customer_id", sa.String(64), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("region_code", sa.String(32), nullable=False),
        sa.Column("first_maintenance_on", sa.Date),
        sa.Column("last_visit_on", sa.Date),
        sa.Column("birth_month", sa.SmallInteger),
        sa.Column("birth_day", sa.SmallInteger),
        sa.Column("dates_record_id", sa.String(64), nullable=False),
        sa.Column("dates_version", sa.Integer, nullable=False),
        sa.Column("next_maintenance_date", sa.Date),
        sa.Column("compulsory_insurance_expiry", sa.Date),
        sa.Column("mandatory_maintenance_expiry", sa.Date),
        sa.Column("next_inspection_date", sa.Date),
        sa.Column("mileage_km", sa.Integer),
        sa.Column("registered", sa.Boolean, nullable=False),
        sa.Column("due_first_maintenance", sa.Date),
        sa.Column("due_maintenance", sa.Date),
        sa.Column("due_warranty", sa.Date),
        sa.Column("due_insurance", sa.Date),
        sa.Column("due_inspection", sa.Date),
        sa.Column("rulebook", sa.Integer, nullable=False),
        sa.Index("ix_cars_dealer", "dealer_code"),
        sa.Index("ix_cars_record", "record_id"),
        sa.Index("ix_cars_rulebook", "rulebook", "vehicle_id"),
    )


def _create_rivals() -> None:
    op.create_table(
        "rival_records",
        sa.Column("record_id", sa.String(64), primary_key=True),
        sa.Column("vehicle_id", ID, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("facts", sa.JSON, nullable=False),
        sa.Index("ix_rival_records_vehicle", "vehicle_id"),
    )


def _create_sources() -> None:
    op.create_table(
        "bindings",
        sa.Column("binding_id", ID, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("account", sa.String(32), nullable=False),
        sa.Column("follower_id", ID, nullable=False),
        sa.Column("vehicle_id", ID, nullable=False),
        sa.Index("ix_bindings_follower", "follower_id"),
        sa.Index("ix_bindings_vehicle", "vehicle_id"),
    )
    op.create_table(
        "campaigns",
        sa.Column("campaign_id", ID, primary_key=True),
        sa.Column("campaign_no", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("dealer_code", sa.String(32), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("text", sa.String(500), nullable=False),
        sa.Column("starts_on", sa.Date, nullable=False),
        sa.Column("ends_on", sa.Date, nullable=False),
        sa.Column("audience", sa.JSON, nullable=False),
        sa.Column("withdrawn", sa.Boolean, nullable=False),
        sa.Index("ix_campaigns_days", "starts_on", "ends_on"),
    )
    op.create_table(
        "dealers",
        sa.Column("dealer_code", sa.String(32), primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("region_code", sa.String(32), nullable=False),
    )


def _create_rules() -> None:
    op.create_table(
        "rulebooks",
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("rules", sa.JSON, nullable=False),
        sa.Column("made_by", sa.String(64), nullable=False),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.Column("applied_up_to", ID),
        sa.Column("applied", sa.Boolean, nullable=False),
    )


def _create_loads() -> None:
    op.create_table(
        "loads",
        sa.Column("load_id", ID, primary_key=True),
        sa.Column("source", sa.String(16), nullable=False),
        sa.Column("changed_since", sa.BigInteger),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("page_no", sa.Integer, nullable=False),
        sa.Column("cursor", sa.String(200), nullable=False),
        sa.Column("rows", sa.Integer, nullable=False),
        sa.Column("dirty", sa.Integer, nullable=False),
        sa.Column("total", sa.Integer),
        sa.Column("started_at", sa.BigInteger, nullable=False),
        sa.Column("moved_at", sa.BigInteger, nullable=False),
        sa.Column("finished_at", sa.BigInteger),
        sa.Column("ordered_by", sa.String(64), nullable=False),
        sa.Index("ix_loads_source", "source", "started_at"),
        sa.Index("ix_loads_state", "state"),
    )
    op.create_table(
        "dirty_rows",
        sa.Column("source", sa.String(16), primary_key=True),
        sa.Column("record_id", sa.String(64), primary_key=True),
        sa.Column("field", sa.String(48), primary_key=True),
        sa.Column("flaw", sa.String(16), primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("vehicle_id", ID),
        sa.Column("dealer_code", sa.String(32), nullable=False),
        sa.Column("seen_at", sa.BigInteger, nullable=False),
        sa.Index("ix_dirty_rows_dealer", "dealer_code", "seen_at"),
        sa.Index("ix_dirty_rows_flaw", "flaw", "seen_at"),
        sa.Index("ix_dirty_rows_vehicle", "vehicle_id"),
    )


def _create_month() -> None:
    op.create_table(
        "runs",
        sa.Column("run_id", ID, primary_key=True),
        sa.Column("period", sa.String(7), nullable=False),
        sa.Column("run_no", sa.Integer, nullable=False),
        sa.Column("origin", sa.String(4), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("rulebook", sa.Integer, nullable=False),
        sa.Column("made_up_to", ID),
        sa.Column("tasked_up_to", ID),
        sa.Column("cars", sa.Integer, nullable=False),
        sa.Column("items", sa.Integer, nullable=False),
        sa.Column("tasks", sa.Integer, nullable=False),
        sa.Column("pages", sa.Integer, nullable=False),
        sa.Column("counts", sa.JSON),
        sa.Column("checksum", sa.String(32)),
        sa.Column("told", sa.JSON),
        sa.Column("campaigns", sa.JSON),
        sa.Column("ordered_by", sa.String(64), nullable=False),
        sa.Column("started_at", sa.BigInteger, nullable=False),
        sa.Column("finished_at", sa.BigInteger),
        sa.Index("ix_runs_state", "state"),
        sa.Index("ux_runs_period", "period", "origin", "run_no", unique=True),
    )
    op.create_table(
        "task_pages",
        sa.Column("page_id", ID, primary_key=True),
        sa.Column("run_id", ID),
        sa.Column("first_item", ID, nullable=False),
        sa.Column("last_item", ID, nullable=False),
        sa.Column("carried", sa.JSON),
        sa.Column("tasks", sa.Integer, nullable=False),
        sa.Column("opened", sa.Integer),
        sa.Column("refused", sa.Integer),
        sa.Column("told_at", sa.BigInteger, nullable=False),
        sa.Index("ix_task_pages_run", "run_id", "opened"),
    )
    op.create_table(
        "differences",
        sa.Column("run_id", ID, primary_key=True),
        sa.Column("item_id", ID, primary_key=True),
        sa.Column("vehicle_id", ID, nullable=False),
        sa.Column("type", sa.String(24), nullable=False),
        sa.Column("due_date", sa.Date, nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("dealer_code", sa.String(32), nullable=False),
    )


def _create_items() -> None:
    op.create_table(
        "items",
        sa.Column("item_id", ID, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("origin_item_id", ID, nullable=False),
        sa.Column("carried_from", ID),
        sa.Column("carry_count", sa.SmallInteger, nullable=False),
        sa.Column("run_id", ID),
        sa.Column("period", sa.String(7), nullable=False),
        sa.Column("type", sa.String(24), nullable=False),
        sa.Column("vehicle_id", ID, nullable=False),
        sa.Column("customer_id", sa.String(64), nullable=False),
        sa.Column("dealer_code", sa.String(32), nullable=False),
        sa.Column("region_code", sa.String(32), nullable=False),
        sa.Column("due_date", sa.Date, nullable=False),
        sa.Column("campaign_id", ID),
        sa.Column("rulebook", sa.Integer, nullable=False),
        sa.Column("registered", sa.Boolean, nullable=False),
        sa.Column("priority", sa.String(8), nullable=False),
        sa.Column("wechat_state", sa.String(16), nullable=False),
        sa.Column("wechat_reason", sa.String(32), nullable=False),
        sa.Column("message_id", ID),
        sa.Column("contact_state", sa.String(16), nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("reason", sa.String(64), nullable=False),
        sa.Column("appointment_id", ID),
        sa.Column("visit_id", ID),
        sa.Column("visit_dealer", sa.String(32), nullable=False),
        sa.Column("message_sent_at", sa.BigInteger),
        sa.Column("reached_at", sa.BigInteger),
        sa.Column("returned_at", sa.BigInteger),
        sa.Column("slip_version", sa.Integer, nullable=False),
        sa.Column("tracked", sa.Boolean, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Index("ix_items_lists", "period", "dealer_code", "outcome", "due_date"),
        sa.Index("ix_items_message", "message_id"),
        sa.Index("ix_items_period", "period", "vehicle_id"),
        sa.Index("ix_items_run", "run_id", "item_id"),
        sa.Index("ix_items_sending", "wechat_state", "type", "period", "message_id", "due_date"),
        sa.Index("ix_items_vehicle", "vehicle_id", "outcome"),
    )


def _create_sending() -> None:
    op.create_table(
        "messages",
        sa.Column("message_id", ID, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("period", sa.String(7), nullable=False),
        sa.Column("vehicle_id", ID, nullable=False),
        sa.Column("follower_id", ID, nullable=False),
        sa.Column("account", sa.String(32), nullable=False),
        sa.Column("urgency", sa.String(8), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("reason", sa.String(32), nullable=False),
        sa.Column("not_before", sa.BigInteger, nullable=False),
        sa.Column("asked_at", sa.BigInteger),
        sa.Column("sent_at", sa.BigInteger),
        sa.Column("clicked_at", sa.BigInteger),
        sa.Index("ix_messages_asked", "asked_at", "state"),
        sa.Index("ix_messages_turn", "state", "urgency", "not_before", "account"),
        sa.Index("ix_messages_vehicle", "vehicle_id", "period"),
    )
    op.create_table(
        "message_items",
        sa.Column("message_id", ID, primary_key=True),
        sa.Column("item_id", ID, primary_key=True),
        sa.Index("ix_message_items_item", "item_id"),
    )
    op.create_table(
        "opt_outs",
        sa.Column("follower_id", ID, primary_key=True),
        sa.Column("type", sa.String(24), primary_key=True),
        sa.Column("wanted", sa.Boolean, nullable=False),
        sa.Column("said_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "wish_versions",
        sa.Column("follower_id", ID, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
    )


def _create_following() -> None:
    op.create_table(
        "slips",
        sa.Column("item_id", ID, primary_key=True),
        sa.Column("slip_id", sa.String(64), nullable=False),
        sa.Column("slip_version", sa.Integer, nullable=False),
        sa.Column("staff_id", sa.String(64), nullable=False),
        sa.Column("calls", sa.JSON, nullable=False),
        sa.Column("customer_answer", sa.String(16), nullable=False),
        sa.Column("appointment_id", ID),
        sa.Column("remark", sa.Text),
        sa.Column("saved_at", sa.BigInteger),
        sa.Index("ix_slips_appointment", "appointment_id"),
    )
    op.create_table(
        "visits",
        sa.Column("visit_id", ID, primary_key=True),
        sa.Column("vehicle_id", ID, nullable=False),
        sa.Column("dealer_code", sa.String(32), nullable=False),
        sa.Column("arrived_at", sa.BigInteger, nullable=False),
        sa.Column("closed_at", sa.BigInteger),
        sa.Column("maintained", sa.Boolean, nullable=False),
        sa.Index("ix_visits_vehicle", "vehicle_id", "arrived_at"),
    )
    op.create_table(
        "bookings",
        sa.Column("appointment_id", ID, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("item_id", ID),
        sa.Column("vehicle_id", ID, nullable=False),
        sa.Column("dealer_code", sa.String(32), nullable=False),
        sa.Column("standing", sa.Boolean, nullable=False),
        sa.Column("requested_at", sa.BigInteger, nullable=False),
        sa.Column("expected_on", sa.Date, nullable=False),
        sa.Index("ix_bookings_date", "expected_on"),
        sa.Index("ix_bookings_item", "item_id"),
        sa.Index("ix_bookings_vehicle", "vehicle_id"),
    )


def _create_decisions() -> None:
    op.create_table(
        "decisions",
        sa.Column("item_id", ID, primary_key=True),
        sa.Column("decision", sa.String(8), nullable=False),
        sa.Column("reason", sa.String(64), nullable=False),
        sa.Column("made_by", sa.String(64), nullable=False),
        sa.Column("way", sa.String(8), nullable=False),
        sa.Column("made_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "unreported",
        sa.Column("item_id", ID, primary_key=True),
        sa.Column("since", sa.BigInteger, nullable=False),
    )


def _create_figures() -> None:
    op.create_table(
        "periods",
        sa.Column("period", sa.String(7), primary_key=True),
        sa.Column("ended_at", sa.BigInteger),
        sa.Column("ended_up_to", ID),
        sa.Column("settled_at", sa.BigInteger),
        sa.Column("settled_up_to", ID),
    )
    op.create_table(
        "freezes",
        sa.Column("period", sa.String(7), primary_key=True),
        sa.Column("frozen_at", sa.BigInteger),
    )
    op.create_table(
        "sums",
        sa.Column("period", sa.String(7), primary_key=True),
        sa.Column("dealer_code", sa.String(32), primary_key=True),
        sa.Column("type", sa.String(24), primary_key=True),
        sa.Column("region_code", sa.String(32), primary_key=True),
        *(sa.Column(name, sa.Integer, nullable=False) for name in MEASURES),
        sa.Index("ix_sums_region", "region_code", "period"),
    )
    op.create_table(
        "corrections",
        sa.Column("correction_id", ID, primary_key=True),
        sa.Column("period", sa.String(7), nullable=False),
        sa.Column("dealer_code", sa.String(32), nullable=False),
        sa.Column("type", sa.String(24), nullable=False),
        sa.Column("region_code", sa.String(32), nullable=False),
        sa.Column("item_id", ID, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        *(sa.Column(name, sa.Integer, nullable=False) for name in MEASURES),
        sa.Index("ix_corrections_period", "period", "dealer_code"),
    )
