"""Where a kept call's seconds are counted from, so that lines and recording agree."""

from __future__ import annotations

from datetime import datetime

from callconsole.domain.events import StreamStarted
from callconsole.domain.record import CallRecord


def sound_began_at(record: CallRecord) -> datetime:
    """Second 0 of the call's audio, from which turns count; the answer, where none came."""
    streams = (event.at for event in record.events if event.name == StreamStarted.__name__)
    return next(streams, record.call.answered_at or record.call.placed_at)
