"""Calls with their figures, turns, events and notes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

AWARE = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the first tables."""
    op.create_table(
        "calls",
        sa.Column("sid", sa.String(64), nullable=False),
        sa.Column("to_number", sa.String(32), nullable=False),
        sa.Column("from_number", sa.String(32), nullable=False),
        sa.Column("prompt", sa.String(200), nullable=False),
        sa.Column("prompt_key", sa.String(400), nullable=False),
        sa.Column("line", sa.String(16), nullable=False),
        sa.Column("placed_at", AWARE, nullable=False),
        sa.Column("phase", sa.String(16), nullable=False),
        sa.Column("floor", sa.String(16), nullable=False),
        sa.Column("answered_by", sa.String(16), nullable=False),
        sa.Column("judged_by", sa.String(16)),
        sa.Column("deciding", sa.Boolean, nullable=False),
        sa.Column("away", sa.Boolean, nullable=False),
        sa.Column("transferred_to", sa.String(32)),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("rang_at", AWARE),
        sa.Column("answered_at", AWARE),
        sa.Column("ended_at", AWARE),
        sa.Column("outcome", sa.String(16)),
        sa.Column("ended_by", sa.String(16)),
        sa.Column("recording", sa.Text),
        sa.Column("recorded_s", sa.Float, nullable=False, server_default="0"),
        sa.Column("desk", sa.String(32), nullable=False),
        sa.Column("problem", sa.JSON),
        sa.Column("verdict", sa.JSON),
        sa.PrimaryKeyConstraint("sid", name="pk_calls"),
    )
    op.create_index("ix_calls_placed_at_sid", "calls", ["placed_at", "sid"])
    op.create_index("ix_calls_outcome_placed_at", "calls", ["outcome", "placed_at"])
    op.create_index("ix_calls_prompt_placed_at", "calls", ["prompt", "placed_at"])
    op.create_table(
        "figures",
        sa.Column("call_sid", sa.String(64), nullable=False),
        sa.Column("counted", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("call_sid", name="pk_figures"),
        _of_a_call("figures"),
    )
    op.create_table(
        "turns",
        sa.Column("call_sid", sa.String(64), nullable=False),
        sa.Column("id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("speaker", sa.String(16), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("offset_s", sa.Float, nullable=False),
        sa.Column("final", sa.Boolean, nullable=False),
        sa.Column("interrupted", sa.Boolean, nullable=False),
        sa.Column("heard_chars", sa.Integer),
        sa.PrimaryKeyConstraint("call_sid", "id", name="pk_turns"),
        _of_a_call("turns"),
    )
    op.create_table(
        "events",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("call_sid", sa.String(64), nullable=False),
        sa.Column("at", AWARE, nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("details", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_events"),
        _of_a_call("events"),
    )
    op.create_index("ix_events_call_sid_id", "events", ["call_sid", "id"])
    op.create_table(
        "notes",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("call_sid", sa.String(64), nullable=False),
        sa.Column("at", AWARE, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("details", sa.JSON, nullable=False),
        sa.Column("due", AWARE),
        sa.Column("by_operator", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_notes"),
        _of_a_call("notes"),
    )
    op.create_index("ix_notes_call_sid_id", "notes", ["call_sid", "id"])
    op.create_index("ix_notes_due", "notes", ["due"])


def _of_a_call(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["call_sid"], ["calls.sid"], name=f"fk_{table}_call_sid", ondelete="CASCADE"
    )
