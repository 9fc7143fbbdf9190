"""Staff, their sessions, what was tried at the door, and the audit."""

import sqlalchemy as sa
from alembic import op

revision = "console_0001"
down_revision = None
branch_labels = ("console",)


def upgrade() -> None:
    _staff()
    _audit()


def _staff() -> None:
    op.create_table(
        "staff",
        sa.Column("name", sa.String(32), primary_key=True),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("password", sa.String(255), nullable=False),
        sa.Column("must_change", sa.Boolean, nullable=False),
        sa.Column("disabled", sa.Boolean, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("password_at", sa.BigInteger, nullable=False),
        sa.Column("login_at", sa.BigInteger),
    )
    op.create_table(
        "session",
        sa.Column("token_hash", sa.String(64), primary_key=True),
        sa.Column("name", sa.String(32), nullable=False),
        sa.Column("begun_at", sa.BigInteger, nullable=False),
        sa.Column("seen_at", sa.BigInteger, nullable=False),
        sa.Index("ix_session_name", "name"),
        sa.Index("ix_session_begun_at", "begun_at"),
    )
    op.create_table(
        "attempt",
        sa.Column("lookup", sa.String(64), primary_key=True),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("last_at", sa.BigInteger, nullable=False),
        sa.Column("locked_until", sa.BigInteger, nullable=False),
        sa.Index("ix_attempt_last_at", "last_at"),
    )


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("actor", sa.String(32), nullable=False),
        sa.Column("action", sa.String(64), nullable=False),
        sa.Column("about", sa.String(128), nullable=False),
        sa.Column("details", sa.Text, nullable=False),
        sa.Column("address", sa.String(45), nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("mac", sa.String(64), nullable=False),
        sa.Index("ix_audit_actor", "actor", "number"),
        sa.Index("ix_audit_action", "action", "number"),
        sa.Index("ix_audit_about", "about", "number"),
    )
    head = op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("mac", sa.String(64), nullable=False),
    )
    op.bulk_insert(head, [{"id": 1, "number": 0, "mac": ""}])


def downgrade() -> None:
    for table in ("audit_head", "audit", "attempt", "session", "staff"):
        op.drop_table(table)
