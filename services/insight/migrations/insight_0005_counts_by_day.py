"""Parked messages are counted by owner and day too, so that no question about them reads them all."""

import sqlalchemy as sa
from alembic import op

revision = "insight_0005"
down_revision = "insight_0004"

DAY = "p.at - (p.at + 28800000) % 86400000"
GROUP = "service, type, kind, field, rule"


def upgrade() -> None:
    op.rename_table("parked_counts", "parked_counts_before")
    _create(sa.Column("owner", sa.String(64), primary_key=True), sa.Column("day", sa.BigInteger, primary_key=True, autoincrement=False))
    columns = f"p.group_id, p.state, p.status, p.owner, {DAY}, c.service, c.type, c.kind, c.field, c.rule"
    alike = "c.group_id = p.group_id AND c.state = p.state AND c.status = p.status"
    counted = f"SELECT {columns}, COUNT(*) FROM parked_now p JOIN parked_counts_before c ON {alike} GROUP BY {columns}"  # noqa: S608 - constants
    op.execute(f"INSERT INTO parked_counts {counted}")
    op.drop_table("parked_counts_before")


def downgrade() -> None:
    op.rename_table("parked_counts", "parked_counts_before")
    _create()
    columns = f"group_id, state, status, {GROUP}"
    op.execute(f"INSERT INTO parked_counts SELECT {columns}, SUM(number) FROM parked_counts_before GROUP BY {columns}")  # noqa: S608 - constants
    op.drop_table("parked_counts_before")


def _create(*more: sa.Column[object]) -> None:
    op.create_table(
        "parked_counts",
        sa.Column("group_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("state", sa.String(12), primary_key=True),
        sa.Column("status", sa.String(12), primary_key=True),
        *more,
        sa.Column("service", sa.String(32), nullable=False),
        sa.Column("type", sa.String(96), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("field", sa.String(128), nullable=False),
        sa.Column("rule", sa.String(256), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
    )
