"""Which change of a parked message its payload was asked for: the clocks of two services are not to be compared."""

import sqlalchemy as sa
from alembic import op

revision = "insight_0004"
down_revision = "insight_0003"


def upgrade() -> None:
    op.add_column("payloads", sa.Column("number", sa.BigInteger, nullable=False, server_default="0"))


def downgrade() -> None:
    op.drop_column("payloads", "number")
