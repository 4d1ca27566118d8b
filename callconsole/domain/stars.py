"""Which moments of a call are starred, read from what was logged of it."""

from __future__ import annotations

import math
from collections.abc import Iterable

from callconsole.domain.events import MomentStarred, MomentUnstarred
from callconsole.domain.record import LoggedEvent
from callconsole.domain.transcript import Speaker, Turn

STAR_EVENTS = (MomentStarred.__name__, MomentUnstarred.__name__)


def stars_of(events: Iterable[LoggedEvent]) -> dict[int, float]:
    """The starred turns' ids with their seconds of call audio; `events` are oldest first."""
    stars: dict[int, float] = {}
    for event in events:
        if event.name not in STAR_EVENTS:
            continue
        turn_id = int(event.details.get("turn_id", 0))
        if event.name == MomentStarred.__name__:
            stars[turn_id] = float(event.details.get("position_s", 0.0))
        else:
            stars.pop(turn_id, None)
    return stars


def moment(turns: Iterable[Turn], turn_id: int | None, now_s: float) -> tuple[int, float] | None:
    """The id of the turn to star and the second to star it at, or None where there is none.

    Args:
        turns: what was said.
        turn_id: the turn wanted, starred at its beginning; None for the one that is spoken at
            `now_s` or was spoken last, starred at that moment.
        now_s: seconds of call audio so far.
    """
    spoken = [turn for turn in turns if turn.speaker is not Speaker.SYSTEM]
    if turn_id is not None:
        return next(((turn.id, turn.offset_s) for turn in spoken if turn.id == turn_id), None)
    begun = [turn for turn in spoken if turn.offset_s <= now_s]
    if not begun:
        return None
    latest = max(begun, key=lambda turn: turn.offset_s)
    return latest.id, now_s if math.isfinite(now_s) else latest.offset_s
