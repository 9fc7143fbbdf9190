"""The tables of `services/reminders`. Moments are milliseconds since the epoch; days and periods are those of Asia/Shanghai."""

from uuid import UUID

from sqlalchemy import JSON, BigInteger, Boolean, Column, Date, Index, Integer, MetaData, SmallInteger, String, Table, Uuid

from chassis.privacy import Sealed

metadata = MetaData()
ID: Uuid[UUID] = Uuid(native_uuid=False)


cars = Table(
    "cars",
    metadata,
    Column("vehicle_id", ID, primary_key=True),
    Column("vin", Sealed("vin"), nullable=False),
    # the DMS's half, as it told it last
    Column("record_id", String(64), nullable=False, comment="the DMS's key of the row; empty: others knew of it first"),
    Column("sale_version", Integer, nullable=False, comment="0: never told"),
    Column("told_customer_id", String(64), nullable=False),
    Column("told_state", String(8), nullable=False, comment="in_use, sold, scrapped"),
    Column("told_region_code", String(32), nullable=False),
    Column("told_birthday", SmallInteger, comment="month * 100 + day, of told_customer_id"),
    Column("told_first_maintenance_on", Date),
    Column("told_last_visit_on", Date),
    Column("model_code", String(32), nullable=False),
    Column("model_name", String(64), nullable=False),
    Column("model_year", SmallInteger),
    Column("dealer_code", String(32), nullable=False),
    Column("invoice_date", Date),
    Column("purchase_date", Date),
    Column("warranty_end_date", Date),
    Column("quiet", String(32), nullable=False, comment="channels, comma-separated"),
    # what came by itself
    Column("owner_version", Integer, nullable=False, comment="of the last change of owner; 0: none came"),
    Column("owner_customer_id", String(64), nullable=False),
    Column("maintained_on", Date, comment="the first visit at which the first maintenance was done"),
    Column("visited_on", Date, comment="the last visit"),
    # what follows from these
    Column("customer_id", String(64), nullable=False),
    Column("state", String(8), nullable=False, comment="in_use, sold, scrapped"),
    Column("region_code", String(32), nullable=False, comment="the dealer's, where that is known"),
    Column("first_maintenance_on", Date),
    Column("last_visit_on", Date),
    Column("birth_month", SmallInteger, comment="of customer_id"),
    Column("birth_day", SmallInteger),
    # CSC's half
    Column("dates_record_id", String(64), nullable=False),
    Column("dates_version", Integer, nullable=False, comment="0: never told"),
    Column("next_maintenance_date", Date),
    Column("compulsory_insurance_expiry", Date),
    Column("mandatory_maintenance_expiry", Date),
    Column("next_inspection_date", Date),
    Column("mileage_km", Integer),
    # ours
    Column("registered", Boolean, nullable=False, comment="an active binding is there"),
    Column("due_first_maintenance", Date),
    Column("due_maintenance", Date),
    Column("due_warranty", Date),
    Column("due_insurance", Date),
    Column("due_inspection", Date),
    Column("rulebook", Integer, nullable=False, comment="version of the rules that the due dates were worked out by; 0: not yet"),
    Index("ix_cars_record", "record_id"),
    Index("ix_cars_dealer", "dealer_code"),
    Index("ix_cars_rulebook", "rulebook", "vehicle_id"),
)
"""A car's facts, and when what is due: worked out by the rules whenever a fact or a rule changes, so that a month is one selection."""

rival_records = Table(
    "rival_records",
    metadata,
    Column("record_id", String(64), primary_key=True),
    Column("vehicle_id", ID, nullable=False),
    Column("version", Integer, nullable=False),
    Column("facts", JSON, nullable=False, comment="CarFacts without the VIN"),
    Index("ix_rival_records_vehicle", "vehicle_id"),
)
"""The DMS's other rows about a car that has several: the one that counts stands in `cars`."""

bindings = Table(
    "bindings",
    metadata,
    Column("binding_id", ID, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("account", String(32), nullable=False),
    Column("follower_id", ID, nullable=False),
    Column("vehicle_id", ID, nullable=False),
    Index("ix_bindings_vehicle", "vehicle_id"),
    Index("ix_bindings_follower", "follower_id"),
)

campaigns = Table(
    "campaigns",
    metadata,
    Column("campaign_id", ID, primary_key=True),
    Column("campaign_no", String(64), nullable=False),
    Column("version", Integer, nullable=False),
    Column("kind", String(8), nullable=False, comment="national, dealer"),
    Column("dealer_code", String(32), nullable=False),
    Column("name", String(64), nullable=False),
    Column("text", String(500), nullable=False),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date, nullable=False),
    Column("audience", JSON, nullable=False),
    Column("withdrawn", Boolean, nullable=False),
    Index("ix_campaigns_days", "starts_on", "ends_on"),
)

dealers = Table(
    "dealers",
    metadata,
    Column("dealer_code", String(32), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("name", String(64), nullable=False),
    Column("region_code", String(32), nullable=False),
)

rulebooks = Table(
    "rulebooks",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("rules", JSON, nullable=False, comment="all seven types"),
    Column("made_by", String(64), nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("applied_up_to", ID, comment="cars up to here have due dates by it; null: none yet"),
    Column("applied", Boolean, nullable=False, comment="all cars have"),
)

loads = Table(
    "loads",
    metadata,
    Column("load_id", ID, primary_key=True),
    Column("source", String(16), nullable=False, comment="cars, dates, campaigns"),
    Column("changed_since", BigInteger, comment="null: all"),
    Column("state", String(8), nullable=False, comment="running, done, stopped"),
    Column("page_no", Integer, nullable=False, comment="the last page that was taken in"),
    Column("cursor", String(200), nullable=False),
    Column("rows", Integer, nullable=False),
    Column("dirty", Integer, nullable=False),
    Column("total", Integer),
    Column("started_at", BigInteger, nullable=False),
    Column("moved_at", BigInteger, nullable=False),
    Column("finished_at", BigInteger),
    Column("ordered_by", String(64), nullable=False),
    Index("ix_loads_source", "source", "started_at"),
    Index("ix_loads_state", "state"),
)

dirty_rows = Table(
    "dirty_rows",
    metadata,
    Column("source", String(16), primary_key=True, comment="cars, dates, campaigns, items"),
    Column("record_id", String(64), primary_key=True),
    Column("field", String(48), primary_key=True),
    Column("flaw", String(16), primary_key=True),
    Column(
        "version", Integer, nullable=False, comment="of the row, where the row itself is at fault; 0: what else is known contradicts it"
    ),
    Column("vehicle_id", ID, comment="null: it names no car"),
    Column("dealer_code", String(32), nullable=False),
    Column("seen_at", BigInteger, nullable=False),
    Index("ix_dirty_rows_flaw", "flaw", "seen_at"),
    Index("ix_dirty_rows_dealer", "dealer_code", "seen_at"),
    Index("ix_dirty_rows_vehicle", "vehicle_id"),
)
"""脏数据: what could not be used, with the reason. A row that comes clean is taken off the list."""

runs = Table(
    "runs",
    metadata,
    Column("run_id", ID, primary_key=True),
    Column("period", String(7), nullable=False),
    Column("run_no", Integer, nullable=False),
    Column("origin", String(4), nullable=False, comment="ours, dms"),
    Column("state", String(8), nullable=False, comment="running, tasks, done, differs"),
    Column("rulebook", Integer, nullable=False),
    Column("made_up_to", ID, comment="cars up to here have their items; null: none yet"),
    Column("tasked_up_to", ID, comment="items up to here have been handed to CSC"),
    Column("cars", Integer, nullable=False, comment="looked at so far"),
    Column("items", Integer, nullable=False, comment="made so far"),
    Column("tasks", Integer, nullable=False, comment="handed to CSC so far"),
    Column("pages", Integer, nullable=False, comment="of the DMS's: taken in so far"),
    Column("counts", JSON, comment="by type, so far"),
    Column("checksum", String(32), comment="so far"),
    Column("told", JSON, comment="what the DMS said: which pages, rows we could not use; at the end counts and checksum"),
    Column("campaigns", JSON, comment="those that were on when it began: the version of each; null: not ours to make"),
    Column("ordered_by", String(64), nullable=False),
    Column("started_at", BigInteger, nullable=False),
    Column("finished_at", BigInteger),
    Index("ux_runs_period", "period", "origin", "run_no", unique=True),
    Index("ix_runs_state", "state"),
)

task_pages = Table(
    "task_pages",
    metadata,
    Column("page_id", ID, primary_key=True),
    Column("run_id", ID, comment="null: carried items"),
    Column("first_item", ID, nullable=False),
    Column("last_item", ID, nullable=False),
    Column("carried", JSON, comment="ids of carried items: other pages' lie between them; null: a run's"),
    Column("tasks", Integer, nullable=False),
    Column("opened", Integer, comment="null: CSC has not answered yet"),
    Column("refused", Integer),
    Column("told_at", BigInteger, nullable=False),
    Index("ix_task_pages_run", "run_id", "opened"),
)
"""Pages of call tasks on their way to CSC."""

differences = Table(
    "differences",
    metadata,
    Column("run_id", ID, primary_key=True),
    Column("item_id", ID, primary_key=True),
    Column("vehicle_id", ID, nullable=False),
    Column("type", String(24), nullable=False),
    Column("due_date", Date, nullable=False),
    Column("kind", String(8), nullable=False, comment="added, gone"),
    Column("dealer_code", String(32), nullable=False),
)
"""What a later run of a period found otherwise than the first: what is gone is void, where nobody was told of it yet."""

items = Table(
    "items",
    metadata,
    Column("item_id", ID, primary_key=True, comment="follows from period, car, type and due date (or campaign)"),
    Column("version", Integer, nullable=False),
    Column("origin_item_id", ID, nullable=False, comment="the first of a row of carried ones"),
    Column("carried_from", ID),
    Column("carry_count", SmallInteger, nullable=False),
    Column("run_id", ID, comment="null: carried"),
    Column("period", String(7), nullable=False),
    Column("type", String(24), nullable=False),
    Column("vehicle_id", ID, nullable=False),
    Column("customer_id", String(64), nullable=False),
    Column("dealer_code", String(32), nullable=False),
    Column("region_code", String(32), nullable=False),
    Column("due_date", Date, nullable=False),
    Column("campaign_id", ID),
    Column("rulebook", Integer, nullable=False, comment="0: the DMS's rules"),
    Column("registered", Boolean, nullable=False, comment="when it was made"),
    Column("priority", String(8), nullable=False, comment="normal, high"),
    Column("wechat_state", String(16), nullable=False),
    Column("wechat_reason", String(32), nullable=False),
    Column("message_id", ID, comment="the message that tells of it"),
    Column("contact_state", String(16), nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("reason", String(64), nullable=False, comment="of the decision, or why it is void"),
    Column("appointment_id", ID),
    Column("visit_id", ID),
    Column("visit_dealer", String(32), nullable=False, comment="where it came in"),
    Column("message_sent_at", BigInteger),
    Column("reached_at", BigInteger, comment="first call that reached the owner"),
    Column("returned_at", BigInteger),
    Column("slip_version", Integer, nullable=False),
    Column("tracked", Boolean, nullable=False, comment="a call reached the owner within the period, and the slip is saved"),
    Column("created_at", BigInteger, nullable=False),
    Index("ix_items_period", "period", "vehicle_id"),
    Index("ix_items_run", "run_id", "item_id"),
    Index("ix_items_vehicle", "vehicle_id", "outcome"),
    Index("ix_items_sending", "wechat_state", "type", "period", "message_id", "due_date"),
    Index("ix_items_lists", "period", "dealer_code", "outcome", "due_date"),
    Index("ix_items_message", "message_id"),
)
"""提醒明细. Its id alone keeps it from being made twice. wechat_state, contact_state and outcome move independently (flows 2.2)."""

messages = Table(
    "messages",
    metadata,
    Column("message_id", ID, primary_key=True),
    Column("version", Integer, nullable=False, comment="days on which it was tried"),
    Column("period", String(7), nullable=False),
    Column("vehicle_id", ID, nullable=False),
    Column("follower_id", ID, nullable=False),
    Column("account", String(32), nullable=False),
    Column("urgency", String(8), nullable=False, comment="service, campaign"),
    Column("state", String(16), nullable=False, comment="planned, asked, sent, delivered, clicked, failed, suppressed"),
    Column("reason", String(32), nullable=False),
    Column("not_before", BigInteger, nullable=False),
    Column("asked_at", BigInteger),
    Column("sent_at", BigInteger),
    Column("clicked_at", BigInteger),
    Index("ix_messages_turn", "state", "urgency", "not_before", "account"),
    Index("ix_messages_asked", "asked_at", "state"),
    Index("ix_messages_vehicle", "vehicle_id", "period"),
)
"""One message to one follower about one car. A car with two followers has two: an item is as far as the farthest of them."""

message_items = Table(
    "message_items",
    metadata,
    Column("message_id", ID, primary_key=True),
    Column("item_id", ID, primary_key=True),
    Index("ix_message_items_item", "item_id"),
)

opt_outs = Table(
    "opt_outs",
    metadata,
    Column("follower_id", ID, primary_key=True),
    Column("type", String(24), primary_key=True),
    Column("wanted", Boolean, nullable=False),
    Column("said_at", BigInteger, nullable=False),
)
"""不再提醒, by type: the last word of each."""

wish_versions = Table(
    "wish_versions",
    metadata,
    Column("follower_id", ID, primary_key=True),
    Column("version", Integer, nullable=False),
)
"""How often a follower's wishes changed: the version of `ReminderWishesSet`."""

slips = Table(
    "slips",
    metadata,
    Column("item_id", ID, primary_key=True),
    Column("slip_id", String(64), nullable=False),
    Column("slip_version", Integer, nullable=False),
    Column("staff_id", String(64), nullable=False),
    Column("calls", JSON, nullable=False),
    Column("customer_answer", String(16), nullable=False),
    Column("appointment_id", ID),
    Column("remark", Sealed("concern")),
    Column("saved_at", BigInteger),
    Index("ix_slips_appointment", "appointment_id"),
)
"""车辆提醒单. One that came before its item waits here for it."""

visits = Table(
    "visits",
    metadata,
    Column("visit_id", ID, primary_key=True),
    Column("vehicle_id", ID, nullable=False),
    Column("dealer_code", String(32), nullable=False),
    Column("arrived_at", BigInteger, nullable=False),
    Column("closed_at", BigInteger),
    Column("maintained", Boolean, nullable=False, comment="the first maintenance was done"),
    Index("ix_visits_vehicle", "vehicle_id", "arrived_at"),
)

bookings = Table(
    "bookings",
    metadata,
    Column("appointment_id", ID, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("item_id", ID, comment="the reminder whose link was used"),
    Column("vehicle_id", ID, nullable=False),
    Column("dealer_code", String(32), nullable=False),
    Column("standing", Boolean, nullable=False, comment="neither turned down nor taken back"),
    Column("requested_at", BigInteger, nullable=False),
    Column("expected_on", Date, nullable=False, comment="the day of the slip, or the one that was asked for"),
    Index("ix_bookings_date", "expected_on"),
    Index("ix_bookings_vehicle", "vehicle_id"),
    Index("ix_bookings_item", "item_id"),
)

decisions = Table(
    "decisions",
    metadata,
    Column("item_id", ID, primary_key=True),
    Column("decision", String(8), nullable=False),
    Column("reason", String(64), nullable=False),
    Column("made_by", String(64), nullable=False, comment="a staff number; `system`: nobody decided in time"),
    Column("way", String(8), nullable=False, comment="csc, console, system"),
    Column("made_at", BigInteger, nullable=False),
)
"""The first decision about an item counts. One that came before its item waits here for it."""

unreported = Table(
    "unreported",
    metadata,
    Column("item_id", ID, primary_key=True),
    Column("since", BigInteger, nullable=False, comment="the first change that has not been told"),
)
"""Items whose standing CSC and the DMS have not been told yet."""

periods = Table(
    "periods",
    metadata,
    Column("period", String(7), primary_key=True),
    Column("ended_at", BigInteger, comment="when its open items went to the lists"),
    Column("ended_up_to", ID, comment="of cars whose items were gone through"),
    Column("settled_at", BigInteger, comment="when what nobody had decided was carried over"),
    Column("settled_up_to", ID),
)

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
"""What is counted of each item (flows 6); `services/reminders/figures` says how."""

freezes = Table(
    "freezes",
    metadata,
    Column("period", String(7), primary_key=True),
    Column("frozen_at", BigInteger, comment="from then on changes are corrections; null: not yet"),
)
"""Whoever changes figures of a period shares its row until the transaction ends: so nothing reaches the sums that freezing did not see."""

ALL_SERVICE = "service"
"""Instead of a type: the five service types together, for what cannot be added up over types."""

sums = Table(
    "sums",
    metadata,
    Column("period", String(7), primary_key=True),
    Column("dealer_code", String(32), primary_key=True),
    Column("type", String(24), primary_key=True),
    Column("region_code", String(32), primary_key=True),
    *(Column(name, Integer, nullable=False) for name in MEASURES),
    Index("ix_sums_region", "region_code", "period"),
)
"""Figures by period, dealer, type and region (of the items); regions and the nation are sums of these. Frozen, they stay as they were.

`returned_cars` of a type are the cars with a returned item of it; those of the service types together have a row of their own.
"""

corrections = Table(
    "corrections",
    metadata,
    Column("correction_id", ID, primary_key=True),
    Column("period", String(7), nullable=False),
    Column("dealer_code", String(32), nullable=False),
    Column("type", String(24), nullable=False),
    Column("region_code", String(32), nullable=False),
    Column("item_id", ID, nullable=False),
    Column("at", BigInteger, nullable=False),
    *(Column(name, Integer, nullable=False) for name in MEASURES),
    Index("ix_corrections_period", "period", "dealer_code"),
)
"""What changed about an item after its period was frozen."""
