"""Which calls have a starred moment, so that they can be listed without reading their events."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_CALLS = sa.table("calls", sa.column("sid", sa.String), sa.column("starred", sa.Integer))
_EVENTS = sa.table(
    "events",
    sa.column("id", sa.Integer),
    sa.column("call_sid", sa.String),
    sa.column("name", sa.String),
    sa.column("details", sa.Text),
)


def upgrade() -> None:
    """Keep it beside each call, and read it once from the events that are there."""
    starred = sa.Column("starred", sa.Integer, nullable=False, server_default="0")
    op.add_column("calls", starred)
    op.create_index("ix_calls_starred_placed_at", "calls", ["starred", "placed_at"])
    link = op.get_bind()
    told = sa.select(_EVENTS).where(_EVENTS.c.name.in_(["MomentStarred", "MomentUnstarred"]))
    stars: dict[str, set[Any]] = {}
    for event in link.execute(told.order_by(_EVENTS.c.id)).mappings():
        turn = json.loads(event["details"]).get("turn_id")
        turns = stars.setdefault(event["call_sid"], set())
        if event["name"] == "MomentStarred":
            turns.add(turn)
        else:
            turns.discard(turn)
    for sid in (sid for sid, turns in stars.items() if turns):
        link.execute(sa.update(_CALLS).where(_CALLS.c.sid == sid).values(starred=1))
