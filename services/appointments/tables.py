"""The tables of `services/appointments`."""

from uuid import UUID

from sqlalchemy import JSON, BigInteger, Boolean, Column, Date, Index, Integer, MetaData, String, Table, Uuid

from chassis.privacy import Sealed

metadata = MetaData()
ID: Uuid[UUID] = Uuid(native_uuid=False)

appointments = Table(
    "appointments",
    metadata,
    Column("appointment_id", ID, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("state", String(16), nullable=False, comment="follows from the rest; kept for looking up"),
    Column("follower_id", ID, nullable=False),
    Column("vehicle_id", ID, nullable=False),
    Column("binding_id", ID),
    Column("dealer_code", String(32), nullable=False),
    Column("requested_date", Date, nullable=False),
    Column("slot", String(16), nullable=False),
    Column("request_no", Integer, nullable=False, comment="the request that dealer, day and slot are from"),
    Column("open_key", String(48), unique=True, comment="car and day while it is open: one open request for both"),
    Column("items", JSON, nullable=False),
    Column("mileage_km", Integer),
    Column("concern", Sealed("concern")),
    Column("source", String(16), nullable=False),
    Column("reminder_item_id", ID),
    Column("predecessor_id", ID),
    Column("submitted_at", BigInteger, nullable=False),
    Column("answered_no", Integer, nullable=False),
    Column("kept_because", String(64), nullable=False),
    Column("replaced", JSON, comment="earlier requests: number, day, slot"),
    Column("turned_away", String(64), nullable=False),
    Column("dms_asked", Boolean, nullable=False),
    Column("dms_no", String(64)),
    Column("refused", String(64), nullable=False),
    Column("call_due_at", BigInteger),
    Column("first_due_at", BigInteger),
    Column("first_call_at", BigInteger),
    Column("reached_at", BigInteger, comment="first call that reached the follower"),
    Column("task_id", String(64)),
    Column("task_version", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("given_up", Boolean, nullable=False),
    Column("day_passed", Boolean, nullable=False),
    Column("declined", Boolean, nullable=False),
    Column("transferred_to", String(32), nullable=False),
    Column("slip_id", String(64)),
    Column("slip_version", Integer),
    Column("slip_dealer_code", String(32)),
    Column("appointment_at", BigInteger),
    Column("slip_items", JSON),
    Column("confirmed_by", String(64)),
    Column("slip_request_no", Integer),
    Column("called_off", String(64), nullable=False),
    Column("on_record_id", String(64), nullable=False),
    Column("on_record_version", Integer, nullable=False),
    Column("announced", Integer, nullable=False),
    Column("sent", Integer, nullable=False),
    Column("missed_id", String(64), nullable=False),
    Column("missed_version", Integer, nullable=False),
    Column("visit_id", ID),
    Column("arrived_at", BigInteger),
    Column("completed_at", BigInteger),
    Column("taken_back", Boolean, nullable=False),
    Column("taken_back_because", Sealed("concern"), nullable=False, comment="the follower's own words"),
    Column("troubles", JSON, nullable=False),
    Index("ix_appointments_follower", "follower_id", "requested_date"),
    Index("ix_appointments_state", "state", "requested_date"),
    Index("ix_appointments_state_slip", "state", "appointment_at"),
    Index("ix_appointments_vehicle", "vehicle_id", "state"),
    Index("ix_appointments_visit", "visit_id"),
    Index("ix_appointments_dealer", "dealer_code", "requested_date"),
    Index("ix_appointments_slip_dealer", "slip_dealer_code", "appointment_at"),
)

early_withdrawals = Table(
    "early_withdrawals",
    metadata,
    Column("appointment_id", ID, primary_key=True),
    Column("follower_id", ID, primary_key=True),
    Column("because", Sealed("concern"), nullable=False),
)
"""Withdrawals that overtook the wish. Keyed by follower too: nobody can withdraw what another one will ask for."""

owners = Table(
    "owners",
    metadata,
    Column("binding_id", ID, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("follower_id", ID, nullable=False),
    Column("vehicle_id", ID, nullable=False),
    Column("customer_id", String(64), nullable=False),
    Column("vin", Sealed("vin"), nullable=False),
    Column("name", Sealed("name"), nullable=False),
    Column("mobile", Sealed("mobile"), nullable=False),
    Index("ix_owners_follower", "follower_id", "vehicle_id"),
)

capacity = Table(
    "capacity",
    metadata,
    Column("places_id", ID, primary_key=True),
    Column("dealer_code", String(32), nullable=False),
    Column("day", Date, nullable=False),
    Column("slot", String(16), nullable=False, comment="empty: the whole day"),
    Column("total", Integer, comment="null: the DMS never told"),
    Column("closed", Boolean, nullable=False),
    Column("capacity_version", Integer, nullable=False),
    Column("taken", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Index("ix_capacity_day", "dealer_code", "day"),
)
"""The row of a whole day is there from its first booking on, so that whoever books, or counts what is booked, can hold it."""

stray_visits = Table(
    "stray_visits",
    metadata,
    Column("visit_id", ID, primary_key=True),
    Column("vehicle_id", ID, nullable=False),
    Column("arrived_at", BigInteger, nullable=False),
    Column("closed_at", BigInteger),
    Column("named_id", ID),
    Index("ix_stray_visits_vehicle", "vehicle_id"),
    Index("ix_stray_visits_arrived", "arrived_at"),
)
"""Visits that match no appointment yet: the news of the slip may be late."""

dealers = Table(
    "dealers",
    metadata,
    Column("dealer_code", String(32), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("name", String(64), nullable=False),
    Column("region_code", String(32), nullable=False),
)

MEASURES = (
    "requested",
    "due",
    "withdrawn_uncalled",
    "called",
    "called_in_time",
    "confirmed",
    "arrived",
    "no_show",
    "arrived_of_requested",
)
"""What is counted of each appointment (flows 6); `figures/measures.py` says how."""

sums = Table(
    "sums",
    metadata,
    Column("period", String(7), primary_key=True),
    Column("dealer_code", String(32), primary_key=True),
    *(Column(name, Integer, nullable=False) for name in MEASURES),
)

corrections = Table(
    "corrections",
    metadata,
    Column("correction_id", ID, primary_key=True),
    Column("period", String(7), nullable=False),
    Column("dealer_code", String(32), nullable=False),
    Column("appointment_id", ID, nullable=False),
    Column("at", BigInteger, nullable=False),
    *(Column(name, Integer, nullable=False) for name in MEASURES),
    Index("ix_corrections_period", "period", "dealer_code"),
)
"""What changed about an appointment after its period was frozen."""

freezes = Table(
    "freezes",
    metadata,
    Column("period", String(7), primary_key=True),
    Column("frozen_at", BigInteger, comment="from then on changes are corrections; null: not yet"),
)
