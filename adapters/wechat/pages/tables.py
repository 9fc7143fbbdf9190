"""The tables of the pages: what followers submitted, who visits, and a copy of what is shown (decision 0010).

Times are milliseconds since the epoch. What is personal is sealed; of a registration nothing is kept that was typed but a masked mobile.
"""

from uuid import UUID

from sqlalchemy import BigInteger, Boolean, Column, Date, Float, Index, Integer, MetaData, SmallInteger, String, Table, Text, Uuid

from chassis.janitor import Keeping
from chassis.privacy import Sealed

metadata = MetaData()


def _id() -> Uuid[UUID]:
    return Uuid(native_uuid=False)


submission = Table(
    "submission",
    metadata,
    Column("appointment_id", _id(), primary_key=True, comment="made on the phone"),
    Column("follower_id", _id(), nullable=False),
    Column("digest", String(64), nullable=False, comment="keyed hash of the form; empty: not submitted here, e.g. after a transfer"),
    Column("status_answer", SmallInteger, nullable=False, comment="what the first post was answered with"),
    Column("at", BigInteger, nullable=False),
    Column("form", Sealed("booking_form"), comment="the form as JSON, to be shown"),
    Column("withdrawn_at", BigInteger, comment="when the follower last wanted it taken back"),
    Column("withdrawn_version", Integer, comment="of the appointment as it was shown then"),
    Column("request_no", SmallInteger, nullable=False, default=1, comment="wishes for a day so far"),
    Column("moved_version", Integer, comment="of the appointment as it was shown when another day was last asked for"),
    Index("ix_submission_follower", "follower_id", "at"),
    Index("ix_submission_at", "at"),
)

post = Table(
    "post",
    metadata,
    Column("post_id", _id(), primary_key=True, comment="made on the phone"),
    Column("follower_id", _id(), nullable=False),
    Column("digest", String(64), nullable=False, comment="keyed hash of what was posted and where"),
    Column("at", BigInteger, nullable=False),
    Index("ix_post_at", "at"),
)
"""Every post but a booking: enough to tell a repeat from another one."""

visitor = Table(
    "visitor",
    metadata,
    Column("follower_id", _id(), primary_key=True),
    Column("account", String(32), nullable=False),
    Column("openid", Sealed("openid"), nullable=False),
    Column("seen_at", BigInteger, nullable=False, comment="when WeChat last said who it is"),
    Index("ix_visitor_seen_at", "seen_at"),
)

consent = Table(
    "consent",
    metadata,
    Column("follower_id", _id(), primary_key=True),
    Column("text_version", String(32), nullable=False),
    Column("granted", Boolean, nullable=False),
    Column("at", BigInteger, nullable=False),
)
"""The follower's last word on it; the record of all of them is with customers."""

car = Table(
    "car",
    metadata,
    Column("binding_id", _id(), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("follower_id", _id(), nullable=False),
    Column("vehicle_id", _id(), nullable=False),
    Column("vin", Sealed("vin"), nullable=False),
    Column("plate", Sealed("plate")),
    Column("name", Sealed("name"), nullable=False),
    Column("mobile", Sealed("mobile"), nullable=False),
    Column("model", String(64), nullable=False),
    Column("dealer_code", String(32), nullable=False),
    Column("active", Boolean, nullable=False),
    Column("ending_version", Integer, comment="of the binding as it was shown when its end was last asked for"),
    Index("ix_car_follower", "follower_id"),
    Index("ix_car_vehicle", "vehicle_id"),
)

appointment = Table(
    "appointment",
    metadata,
    Column("appointment_id", _id(), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("follower_id", _id(), nullable=False),
    Column("news", Text, nullable=False, comment="the last news as JSON; nothing in it is personal"),
    Column("timeline", Text, nullable=False, comment="JSON: version, state, what happened, when"),
    Column("changed_at", BigInteger, nullable=False),
    Index("ix_appointment_follower", "follower_id"),
    Index("ix_appointment_changed_at", "changed_at"),
)

registration = Table(
    "registration",
    metadata,
    Column("registration_id", _id(), primary_key=True, comment="made on the phone"),
    Column("version", Integer, nullable=False, comment="0 until there was news of it"),
    Column("follower_id", _id(), nullable=False),
    Column("account", String(32), nullable=False),
    Column("mobile_masked", Sealed("mobile"), comment="138****8000"),
    Column("state", String(16), nullable=False),
    Column("late", Boolean, nullable=False),
    Column("code_no", Integer, nullable=False),
    Column("code_expires_at", BigInteger),
    Column("next_code_at", BigInteger),
    Column("tries_left", Integer, nullable=False),
    Column("binding_id", _id()),
    Column("at", BigInteger, nullable=False),
    Index("ix_registration_follower", "follower_id", "at"),
    Index("ix_registration_at", "at"),
)

dealer = Table(
    "dealer",
    metadata,
    Column("dealer_code", String(32), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("name", String(64), nullable=False),
    Column("address", String(200), nullable=False),
    Column("phone", String(32), nullable=False),
    Column("latitude", Float(53)),
    Column("longitude", Float(53)),
    Column("hours", Text, nullable=False, comment="JSON"),
    Column("active", Boolean, nullable=False),
)

place = Table(
    "place",
    metadata,
    Column("dealer_code", String(32), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("slot", String(11), primary_key=True, comment="empty: the whole day"),
    Column("version", Integer, nullable=False),
    Column("left", Integer, nullable=False),
    Column("closed", Boolean, nullable=False),
    Column("over_at", BigInteger, nullable=False, comment="the end of the day"),
    Index("ix_place_over_at", "over_at"),
)

ticket = Table(
    "ticket",
    metadata,
    Column("account", String(32), primary_key=True),
    Column("ticket", Sealed("js_ticket"), nullable=False),
    Column("expires_at", BigInteger, nullable=False),
)

asked = Table(
    "asked",
    metadata,
    Column("what", String(64), primary_key=True, comment="dealers, or ticket:<account>"),
    Column("at", BigInteger, nullable=False),
)
"""When we last asked for something to be told anew."""

KEEPINGS = (
    Keeping(submission, submission.c.appointment_id, submission.c.at, days=400),
    Keeping(appointment, appointment.c.appointment_id, appointment.c.changed_at, days=400),
    Keeping(registration, registration.c.registration_id, registration.c.at, days=30),
    Keeping(post, post.c.post_id, post.c.at, days=30),
    Keeping(visitor, visitor.c.follower_id, visitor.c.seen_at, days=2),  # longer than a session
    Keeping(place, place.c.day, place.c.over_at, days=2),
)
"""What is shown of the past, and how long; cars go with their bindings, and a consent's last word stays."""
