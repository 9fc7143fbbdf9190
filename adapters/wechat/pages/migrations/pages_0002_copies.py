"""A copy of what the pages show, who visits, and every kind of post."""

import sqlalchemy as sa
from alembic import op

revision = "pages_0002"
down_revision = "pages_0001"
branch_labels = None

ID = sa.Uuid(native_uuid=False)
ADDED = ("form", "withdrawn_version", "request_no", "moved_version")


def upgrade() -> None:
    op.add_column("submission", sa.Column("form", sa.Text))
    op.add_column("submission", sa.Column("withdrawn_version", sa.Integer))
    op.add_column("submission", sa.Column("request_no", sa.SmallInteger, nullable=False, server_default="1"))
    op.add_column("submission", sa.Column("moved_version", sa.Integer))
    op.create_index("ix_submission_follower", "submission", ["follower_id", "at"])
    op.create_index("ix_submission_at", "submission", ["at"])
    _posts_and_people()
    _copies_of_a_followers_own()
    _copies_for_all()


def _posts_and_people() -> None:
    op.create_table(
        "post",
        sa.Column("post_id", ID, primary_key=True),
        sa.Column("follower_id", ID, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Index("ix_post_at", "at"),
    )
    op.create_table(
        "visitor",
        sa.Column("follower_id", ID, primary_key=True),
        sa.Column("account", sa.String(32), nullable=False),
        sa.Column("openid", sa.Text, nullable=False),
        sa.Column("seen_at", sa.BigInteger, nullable=False),
        sa.Index("ix_visitor_seen_at", "seen_at"),
    )
    op.create_table(
        "consent",
        sa.Column("follower_id", ID, primary_key=True),
        sa.Column("text_version", sa.String(32), nullable=False),
        sa.Column("granted", sa.Boolean, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
    )


def _copies_of_a_followers_own() -> None:
    op.create_table(
        "car",
        sa.Column("binding_id", ID, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("follower_id", ID, nullable=False),
        sa.Column("vehicle_id", ID, nullable=False),
        sa.Column("vin", sa.Text, nullable=False),
        sa.Column("plate", sa.Text),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("mobile", sa.Text, nullable=False),
        sa.Column("model", sa.String(64), nullable=False),
        sa.Column("dealer_code", sa.String(32), nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("ending_version", sa.Integer),
        sa.Index("ix_car_follower", "follower_id"),
        sa.Index("ix_car_vehicle", "vehicle_id"),
    )
    op.create_table(
        "appointment",
        sa.Column("appointment_id", ID, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("follower_id", ID, nullable=False),
        sa.Column("news", sa.Text, nullable=False),
        sa.Column("timeline", sa.Text, nullable=False),
        sa.Column("changed_at", sa.BigInteger, nullable=False),
        sa.Index("ix_appointment_follower", "follower_id"),
        sa.Index("ix_appointment_changed_at", "changed_at"),
    )
    op.create_table(
        "registration",
        sa.Column("registration_id", ID, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("follower_id", ID, nullable=False),
        sa.Column("account", sa.String(32), nullable=False),
        sa.Column("mobile_masked", sa.Text),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("late", sa.Boolean, nullable=False),
        sa.Column("code_no", sa.Integer, nullable=False),
        sa.Column("code_expires_at", sa.BigInteger),
        sa.Column("next_code_at", sa.BigInteger),
        sa.Column("tries_left", sa.Integer, nullable=False),
        sa.Column("binding_id", ID),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Index("ix_registration_follower", "follower_id", "at"),
        sa.Index("ix_registration_at", "at"),
    )


def _copies_for_all() -> None:
    op.create_table(
        "dealer",
        sa.Column("dealer_code", sa.String(32), primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("address", sa.String(200), nullable=False),
        sa.Column("phone", sa.String(32), nullable=False),
        sa.Column("latitude", sa.Float(53)),
        sa.Column("longitude", sa.Float(53)),
        sa.Column("hours", sa.Text, nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
    )
    op.create_table(
        "place",
        sa.Column("dealer_code", sa.String(32), primary_key=True),
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("slot", sa.String(11), primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("left", sa.Integer, nullable=False),
        sa.Column("closed", sa.Boolean, nullable=False),
        sa.Column("over_at", sa.BigInteger, nullable=False),
        sa.Index("ix_place_over_at", "over_at"),
    )
    op.create_table(
        "ticket",
        sa.Column("account", sa.String(32), primary_key=True),
        sa.Column("ticket", sa.Text, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "asked",
        sa.Column("what", sa.String(64), primary_key=True),
        sa.Column("at", sa.BigInteger, nullable=False),
    )


def downgrade() -> None:
    for table in ("asked", "ticket", "place", "dealer", "registration", "appointment", "car", "consent", "visitor", "post"):
        op.drop_table(table)
    for index in ("ix_submission_at", "ix_submission_follower"):
        op.drop_index(index, "submission")
    for column in reversed(ADDED):
        op.drop_column("submission", column)
