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

reminder = Table(
    "reminder",
    metadata,
    Column("message_id", _id(), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("follower_id", _id(), nullable=False),
    Column("news", Text, nullable=False, comment="the last news as JSON: what is due, of which car"),
    Column("at", BigInteger, nullable=False, comment="when it was told"),
    Column("opened_at", BigInteger, comment="when the follower first opened the page"),
    Index("ix_reminder_follower", "follower_id", "at"),
    Index("ix_reminder_at", "at"),
)
"""What a message reminds of."""

reminder_wishes = Table(
    "reminder_wishes",
    metadata,
    Column("follower_id", _id(), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("unwanted", Text, nullable=False, comment="JSON: types"),
)

reminder_word = Table(
    "reminder_word",
    metadata,
    Column("follower_id", _id(), primary_key=True),
    Column("type", String(24), primary_key=True),
    Column("wanted", Boolean, nullable=False),
    Column("awaited", Integer, nullable=False, comment="version of the wishes that will have it: until then it stands beside them"),
)
"""What the follower last said of a type of reminder: shown at once."""

complaint = Table(
    "complaint",
    metadata,
    Column("complaint_id", _id(), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("follower_id", _id(), nullable=False),
    Column("news", Text, nullable=False, comment="the last news as JSON; nothing in it is personal"),
    Column("changed_at", BigInteger, nullable=False),
    Index("ix_complaint_follower", "follower_id", "changed_at"),
    Index("ix_complaint_changed_at", "changed_at"),
)

complaint_step = Table(
    "complaint_step",
    metadata,
    Column("step_id", _id(), primary_key=True, comment="follows from the case and its version"),
    Column("complaint_id", _id(), nullable=False),
    Column("version", Integer, nullable=False),
    Column("step", String(32), nullable=False),
    Column("said", Sealed("complaint_text"), comment="what the follower was told"),
    Column("at", BigInteger, nullable=False),
    Index("ix_complaint_step_complaint", "complaint_id", "version"),
    Index("ix_complaint_step_at", "at"),
)
"""What happened to a case that its follower is shown."""

complaint_word = Table(
    "complaint_word",
    metadata,
    Column("word_id", _id(), primary_key=True, comment="made on the phone; of the complaint itself its own id"),
    Column("complaint_id", _id(), nullable=False),
    Column("follower_id", _id(), nullable=False),
    Column("kind", String(16), nullable=False, comment="submit, add, withdraw, reopen, survey"),
    Column("version", Integer, nullable=False, comment="of the case as it was shown then; 0: none was"),
    Column("word", Sealed("complaint_word"), nullable=False, comment="what was posted, as JSON, to be shown"),
    Column("at", BigInteger, nullable=False),
    Index("ix_complaint_word_complaint", "complaint_id"),
    Index("ix_complaint_word_follower", "follower_id", "at"),
    Index("ix_complaint_word_at", "at"),
)
"""What a follower said of a case from here: shown at once."""

complaint_refusal = Table(
    "complaint_refusal",
    metadata,
    Column("command_id", _id(), primary_key=True, comment="follows from the word and its kind"),
    Column("complaint_id", _id(), nullable=False),
    Column("follower_id", _id(), nullable=False),
    Column("reason", String(64), nullable=False),
    Column("state", String(24), nullable=False, comment="where the case stood"),
    Column("at", BigInteger, nullable=False),
    Index("ix_complaint_refusal_follower", "follower_id"),
    Index("ix_complaint_refusal_at", "at"),
)
"""Words that came too late to be done."""

complaint_file = Table(
    "complaint_file",
    metadata,
    Column("file_id", _id(), primary_key=True),
    Column("complaint_id", _id(), nullable=False),
    Column("kept", Boolean, nullable=False, comment="false: it is lost"),
    Column("reason", String(64), nullable=False, comment="why it was lost"),
    Column("at", BigInteger, nullable=False),
    Index("ix_complaint_file_complaint", "complaint_id"),
    Index("ix_complaint_file_at", "at"),
)
"""What became of the photos and voices that followers sent; the bytes are with complaints."""

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
    Keeping(reminder, reminder.c.message_id, reminder.c.at, days=400),
    Keeping(complaint, complaint.c.complaint_id, complaint.c.changed_at, days=400),
    Keeping(complaint_step, complaint_step.c.step_id, complaint_step.c.at, days=400),
    Keeping(complaint_word, complaint_word.c.word_id, complaint_word.c.at, days=400),
    Keeping(complaint_refusal, complaint_refusal.c.command_id, complaint_refusal.c.at, days=400),
    Keeping(complaint_file, complaint_file.c.file_id, complaint_file.c.at, days=400),
    Keeping(registration, registration.c.registration_id, registration.c.at, days=30),
    Keeping(post, post.c.post_id, post.c.at, days=30),
    Keeping(visitor, visitor.c.follower_id, visitor.c.seen_at, days=2),  # longer than a session
    Keeping(place, place.c.day, place.c.over_at, days=2),
)
"""What is shown of the past, and how long; cars go with their bindings, and the last word on a consent and on reminders stays."""
