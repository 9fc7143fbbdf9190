"""Jobs, their messages, and payloads that were asked for."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "insight_0003"
down_revision = "insight_0002"

ID = sa.Uuid(native_uuid=False)
LONG_TEXT = sa.Text().with_variant(mysql.MEDIUMTEXT(), "mysql", "mariadb")


def upgrade() -> None:
    op.create_table(
        "jobs",
        sa.Column("id", ID, primary_key=True),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("filter", sa.JSON, nullable=False),
        sa.Column("ordered_by", sa.String(64), nullable=False),
        sa.Column("per_second", sa.Float, nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("begun_at", sa.BigInteger, nullable=False),
        sa.Column("ended_at", sa.BigInteger),
        sa.Column("paced_at", sa.BigInteger, nullable=False),
        sa.Column("fixed", sa.Boolean, nullable=False),
        sa.Column("up_to", sa.BigInteger, nullable=False),
        sa.Column("fixed_at", sa.BigInteger, nullable=False),
        sa.Column("fixed_number", sa.BigInteger, nullable=False),
        sa.Column("ordered_to", sa.Integer, nullable=False),
        sa.Column("settled", sa.Boolean, nullable=False),
        sa.Column("counts", sa.JSON, nullable=False),
        sa.Index("ix_jobs_settled", "settled", "state"),
        sa.Index("ix_jobs_begun", "begun_at"),
    )
    op.create_table(
        "job_items",
        sa.Column("job_id", ID, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("message_id", ID, nullable=False),
        sa.Column("service", sa.String(32), nullable=False),
        sa.Column("open", sa.SmallInteger),
        sa.Column("ordered_at", sa.BigInteger),
        sa.Column("change", sa.SmallInteger),
        sa.Column("parked_change", sa.SmallInteger, nullable=False),
        sa.Column("handled", sa.Boolean, nullable=False),
        sa.Index("uq_job_items_open", "message_id", "service", "open", unique=True),
        sa.Index("ix_job_items_open", "job_id", "open", "number"),
    )
    op.create_table(
        "payloads",
        sa.Column("message_id", ID, primary_key=True),
        sa.Column("service", sa.String(32), primary_key=True),
        sa.Column("asked_at", sa.BigInteger, nullable=False),
        sa.Column("came_at", sa.BigInteger),
        sa.Column("sealed_body", LONG_TEXT),
        sa.Index("ix_payloads_asked", "asked_at"),
    )


def downgrade() -> None:
    op.drop_table("payloads")
    op.drop_table("job_items")
    op.drop_table("jobs")
