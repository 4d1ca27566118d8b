"""The tables as they are now; the way there is in `migrations`, and a test compares the two.

Nothing here is SQLite's own: texts, numbers, truth values, JSON, and times as aware UTC.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time, kept as UTC: also where the database knows no zones, as SQLite."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Aware in; raises ValueError for a time without a zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without its zone cannot be kept")
        return value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Aware UTC out."""
        if not isinstance(value, datetime):
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

calls = Table(
    "calls",
    metadata,
    Column("sid", String(64), primary_key=True),
    Column("to_number", String(32), nullable=False),
    Column("from_number", String(32), nullable=False),
    Column("prompt", String(200), nullable=False),
    Column("prompt_key", String(400), nullable=False),
    Column("line", String(16), nullable=False),
    Column("placed_at", UtcDateTime, nullable=False),
    Column("phase", String(16), nullable=False),
    Column("floor", String(16), nullable=False),
    Column("answered_by", String(16), nullable=False),
    Column("judged_by", String(16)),
    Column("deciding", Boolean, nullable=False),
    Column("away", Boolean, nullable=False),
    Column("transferred_to", String(32)),
    Column("sequence", Integer, nullable=False),
    Column("rang_at", UtcDateTime),
    Column("answered_at", UtcDateTime),
    Column("ended_at", UtcDateTime),
    Column("outcome", String(16)),
    Column("ended_by", String(16)),
    Column("recording", Text),
    Column("recorded_s", Float, nullable=False, server_default="0"),
    Column("desk", String(32), nullable=False),
    Column("problem", JSON(none_as_null=True)),
    Column("verdict", JSON(none_as_null=True)),
    Column("direction", String(16), nullable=False, server_default="outgoing"),
    # 1 while a moment of the call is starred; what its events say, so that it can be looked for.
    Column("starred", Integer, nullable=False, server_default="0"),
    Index(None, "placed_at", "sid"),
    Index(None, "outcome", "placed_at"),
    Index(None, "prompt", "placed_at"),
    Index(None, "starred", "placed_at"),
)

# Apart from the calls, so that their rows stay short: adding up a list reads all of them.
figures = Table(
    "figures",
    metadata,
    Column("call_sid", ForeignKey("calls.sid", ondelete="CASCADE"), primary_key=True),
    Column("counted", JSON, nullable=False),
)

turns = Table(
    "turns",
    metadata,
    Column("call_sid", ForeignKey("calls.sid", ondelete="CASCADE"), primary_key=True),
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("speaker", String(16), nullable=False),
    Column("text", Text, nullable=False),
    Column("offset_s", Float, nullable=False),
    Column("final", Boolean, nullable=False),
    Column("interrupted", Boolean, nullable=False),
    Column("heard_chars", Integer),
)

events = Table(
    "events",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("call_sid", ForeignKey("calls.sid", ondelete="CASCADE"), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("name", String(64), nullable=False),
    Column("details", JSON, nullable=False),
    Index(None, "call_sid", "id"),
)

notes = Table(
    "notes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("call_sid", ForeignKey("calls.sid", ondelete="CASCADE"), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("text", Text, nullable=False),
    Column("details", JSON, nullable=False),
    Column("due", UtcDateTime),
    Column("by_operator", Boolean, nullable=False),
    Index(None, "call_sid", "id"),
    Index(None, "due"),
)
