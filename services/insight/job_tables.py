"""The tables of jobs and of payloads that were asked for. They follow from no report, and are never made anew."""

from sqlalchemy import JSON, BigInteger, Boolean, Column, Float, Index, Integer, SmallInteger, String, Table

from services.insight.tables import ID, LongText, metadata

jobs = Table(
    "jobs",
    metadata,
    Column("id", ID, primary_key=True),
    Column("kind", String(12), nullable=False),
    Column("state", String(12), nullable=False),
    Column("filter", JSON, nullable=False),
    Column("ordered_by", String(64), nullable=False),
    Column("per_second", Float, nullable=False),
    Column("reason", String(200), nullable=False),
    Column("begun_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
    Column("paced_at", BigInteger, nullable=False),
    Column("fixed", Boolean, nullable=False),
    Column("up_to", BigInteger, nullable=False, comment="parked messages with a higher number came after it"),
    Column("fixed_at", BigInteger, nullable=False, comment="with fixed_number: the last parked message that was looked at"),
    Column("fixed_number", BigInteger, nullable=False),
    Column("ordered_to", Integer, nullable=False),
    Column("settled", Boolean, nullable=False, comment="nothing more can become of its messages by its order"),
    Column("counts", JSON, nullable=False, comment="once settled"),
    Index("ix_jobs_settled", "settled", "state"),
    Index("ix_jobs_begun", "begun_at"),
)

job_items = Table(
    "job_items",
    metadata,
    Column("job_id", ID, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False, comment="in the order of their turns"),
    Column("message_id", ID, nullable=False),
    Column("service", String(32), nullable=False),
    Column("open", SmallInteger, comment="1 until its order has been carried out or will not be; then null"),
    Column("ordered_at", BigInteger),
    Column("change", SmallInteger, comment="of the parked message that the order made; 0: it was parked no more"),
    Column("parked_change", SmallInteger, nullable=False, comment="the highest change of the message that was reported"),
    Column("handled", Boolean, nullable=False),
    Index("uq_job_items_open", "message_id", "service", "open", unique=True),
    Index("ix_job_items_open", "job_id", "open", "number"),
)
"""A message has one open item at most: nulls are all different."""

payloads = Table(
    "payloads",
    metadata,
    Column("message_id", ID, primary_key=True),
    Column("service", String(32), primary_key=True),
    Column("number", BigInteger, nullable=False, comment="how the message stood when it was asked for: as in parked_now"),
    Column("asked_at", BigInteger, nullable=False),
    Column("came_at", BigInteger),
    Column("sealed_body", LongText, comment="as it came; opened only to answer"),
    Index("ix_payloads_asked", "asked_at"),
)
