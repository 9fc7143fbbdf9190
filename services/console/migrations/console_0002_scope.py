"""An account may belong to a dealer or a region."""

import sqlalchemy as sa
from alembic import op

revision = "console_0002"
down_revision = "console_0001"


def upgrade() -> None:
    op.add_column("staff", sa.Column("scope", sa.String(48), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("staff", "scope")
