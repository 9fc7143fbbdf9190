"""Registrations with consents and counters, who follows, whose car it is; bindings may end and name the car and its dealer."""

import sqlalchemy as sa
from alembic import op

revision = "customers_0002"
down_revision = "customers_0001"
branch_labels = None

ID = sa.Uuid(native_uuid=False)


def upgrade() -> None:
    _change_bindings()
    _create_followings()
    _create_known_owners()
    _create_consents()
    _create_registrations()
    _create_counters()


def _change_bindings() -> None:
    op.add_column("bindings", sa.Column("ended_because", sa.String(32), nullable=False, server_default=""))
    op.add_column("bindings", sa.Column("model", sa.String(64), nullable=False, server_default=""))
    op.add_column("bindings", sa.Column("dealer_code", sa.String(32), nullable=False, server_default=""))
    op.create_index("ix_bindings_vehicle", "bindings", ["vehicle_id"])


def _create_followings() -> None:
    """When a follower came or went stood in each of their bindings."""
    op.create_table(
        "followings",
        sa.Column("follower_id", ID, primary_key=True),
        sa.Column("follows", sa.Boolean, nullable=False),
        sa.Column("since", sa.BigInteger),
    )
    op.execute(
        "INSERT INTO followings (follower_id, follows, since)"
        " SELECT follower_id, MAX(CASE WHEN state = 'active' THEN 1 ELSE 0 END), MAX(follows_since) FROM bindings GROUP BY follower_id"
    )
    op.drop_column("bindings", "follows_since")


def _create_known_owners() -> None:
    op.create_table(
        "known_owners",
        sa.Column("vehicle_id", ID, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("customer_id", sa.String(64), nullable=False),
        sa.Column("learnt_at", sa.BigInteger),
    )


def _create_consents() -> None:
    op.create_table(
        "consents",
        sa.Column("consent_id", ID, primary_key=True),
        sa.Column("follower_id", ID, primary_key=True),
        sa.Column("account", sa.String(32), nullable=False),
        sa.Column("purpose", sa.String(32), nullable=False),
        sa.Column("text_version", sa.String(32), nullable=False),
        sa.Column("granted", sa.Boolean, nullable=False),
        sa.Column("given_at", sa.BigInteger, nullable=False),
        sa.Index("ix_consents_follower", "follower_id", "purpose"),
    )


def _create_registrations() -> None:
    op.create_table(
        "registrations",
        sa.Column("registration_id", ID, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("late", sa.Boolean, nullable=False),
        sa.Column("account", sa.String(32), nullable=False),
        sa.Column("follower_id", ID, nullable=False),
        sa.Column("openid", sa.Text, nullable=False),
        sa.Column("address_key", sa.String(64), nullable=False),
        sa.Column("submitted_at", sa.BigInteger, nullable=False),
        sa.Column("asked_at", sa.BigInteger, nullable=False),
        sa.Column("lapses_at", sa.BigInteger),
        sa.Column("vin", sa.Text),
        sa.Column("mobile", sa.Text),
        sa.Column("customer_id", sa.String(64)),
        sa.Column("name", sa.Text),
        sa.Column("plate", sa.Text),
        sa.Column("model", sa.String(64)),
        sa.Column("dealer_code", sa.String(32)),
        sa.Column("code_no", sa.Integer, nullable=False),
        sa.Column("code_hash", sa.String(64)),
        sa.Column("code_expires_at", sa.BigInteger),
        sa.Column("next_code_at", sa.BigInteger),
        sa.Column("tries_left", sa.Integer, nullable=False),
        sa.Column("binding_id", ID),
        sa.Index("ix_registrations_lapses", "lapses_at"),
        sa.Index("ix_registrations_follower", "follower_id", "state"),
    )


def _create_counters() -> None:
    op.create_table(
        "counters",
        sa.Column("name", sa.String(32), primary_key=True),
        sa.Column("counted_for", sa.String(64), primary_key=True),
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("used", sa.Integer, nullable=False),
        sa.Index("ix_counters_day", "day"),
    )


def downgrade() -> None:
    op.drop_table("counters")
    op.drop_table("registrations")
    op.drop_table("consents")
    op.drop_table("known_owners")
    op.add_column("bindings", sa.Column("follows_since", sa.BigInteger))
    op.execute("UPDATE bindings SET follows_since = (SELECT since FROM followings WHERE followings.follower_id = bindings.follower_id)")
    op.drop_table("followings")
    op.drop_index("ix_bindings_vehicle", "bindings")
    op.drop_column("bindings", "dealer_code")
    op.drop_column("bindings", "model")
    op.drop_column("bindings", "ended_because")
