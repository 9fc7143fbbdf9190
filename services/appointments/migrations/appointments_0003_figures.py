"""When calls were made, dealers, and figures by month; what is there already is counted. Calls before this are not known."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone

import sqlalchemy as sa
from alembic import op

revision = "appointments_0003"
down_revision = "appointments_0002"
branch_labels = None

ID = sa.Uuid(native_uuid=False)
SHANGHAI = timezone(timedelta(hours=8))
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
CALLS = ("first_due_at", "first_call_at", "reached_at")

COUNTED = sa.text("""
INSERT INTO sums (period, dealer_code, requested, due, withdrawn_uncalled, called, called_in_time, confirmed, arrived, no_show,
  arrived_of_requested)
SELECT :period, dealer_code, SUM(requested), SUM(due), SUM(withdrawn_uncalled), 0, 0, SUM(confirmed), SUM(arrived), SUM(no_show),
  SUM(arrived_of_requested)
FROM (
  SELECT dealer_code AS dealer_code, 1 AS requested, 0 AS due, CASE WHEN taken_back THEN 1 ELSE 0 END AS withdrawn_uncalled,
    0 AS confirmed, 0 AS arrived, 0 AS no_show, CASE WHEN visit_id IS NULL THEN 0 ELSE 1 END AS arrived_of_requested
  FROM appointments WHERE submitted_at >= :begins AND submitted_at < :ends AND predecessor_id IS NULL
  UNION ALL
  SELECT slip_dealer_code, 0, CASE WHEN state = 'cancelled' THEN 0 ELSE 1 END, 0,
    CASE WHEN state IN ('rejected', 'unreachable', 'declined', 'withdrawn', 'cancelled', 'transferred') THEN 0 ELSE 1 END,
    CASE WHEN state IN ('arrived', 'completed') THEN 1 ELSE 0 END, CASE WHEN state = 'no_show' THEN 1 ELSE 0 END, 0
  FROM appointments WHERE appointment_at >= :begins AND appointment_at < :ends AND slip_id IS NOT NULL
) AS counted GROUP BY dealer_code
""")


def upgrade() -> None:
    for name in CALLS:
        op.add_column("appointments", sa.Column(name, sa.BigInteger))
    op.execute("UPDATE appointments SET first_due_at = call_due_at")
    op.create_table(
        "dealers",
        sa.Column("dealer_code", sa.String(32), primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("region_code", sa.String(32), nullable=False),
    )
    _create_figures()
    _count()


def downgrade() -> None:
    for table in ("freezes", "corrections", "sums", "dealers"):
        op.drop_table(table)
    for name in CALLS:
        op.drop_column("appointments", name)


def _create_figures() -> None:
    op.create_table(
        "sums",
        sa.Column("period", sa.String(7), primary_key=True),
        sa.Column("dealer_code", sa.String(32), primary_key=True),
        *(sa.Column(name, sa.Integer, nullable=False) for name in MEASURES),
    )
    op.create_table(
        "corrections",
        sa.Column("correction_id", ID, primary_key=True),
        sa.Column("period", sa.String(7), nullable=False),
        sa.Column("dealer_code", sa.String(32), nullable=False),
        sa.Column("appointment_id", ID, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        *(sa.Column(name, sa.Integer, nullable=False) for name in MEASURES),
        sa.Index("ix_corrections_period", "period", "dealer_code"),
    )
    op.create_table(
        "freezes",
        sa.Column("period", sa.String(7), primary_key=True),
        sa.Column("frozen_at", sa.BigInteger),
    )


def _count() -> None:
    connection = op.get_bind()
    ends = sa.text(
        "SELECT MIN(submitted_at) AS first, GREATEST(MAX(submitted_at), COALESCE(MAX(appointment_at), 0)) AS last FROM appointments"
        if connection.dialect.name != "sqlite"
        else "SELECT MIN(submitted_at) AS first, MAX(MAX(submitted_at), COALESCE(MAX(appointment_at), 0)) AS last FROM appointments"
    )
    row = connection.execute(ends).one()
    if row.first is not None:
        for period, begins, following in _months(row.first, row.last):
            connection.execute(COUNTED, {"period": period, "begins": begins, "ends": following})
            connection.execute(sa.text("INSERT INTO freezes (period) VALUES (:period)"), {"period": period})


def _months(first: int, last: int) -> Iterator[tuple[str, int, int]]:
    """Those of Asia/Shanghai, with the moments in which they begin and end (milliseconds)."""
    begins = datetime.fromtimestamp(first / 1000, UTC).astimezone(SHANGHAI).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    while round(begins.timestamp() * 1000) <= last:
        ends = (begins + timedelta(days=32)).replace(day=1)
        yield f"{begins:%Y-%m}", round(begins.timestamp() * 1000), round(ends.timestamp() * 1000)
        begins = ends
