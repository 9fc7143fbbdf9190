"""What an operator wrote in place of a parked message's data."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "chassis_0003"
down_revision = "chassis_0002"
branch_labels = None

LONG_TEXT = sa.Text().with_variant(mysql.MEDIUMTEXT(), "mysql", "mariadb")


def upgrade() -> None:
    op.add_column("parked", sa.Column("mended_data", LONG_TEXT))


def downgrade() -> None:
    op.drop_column("parked", "mended_data")
