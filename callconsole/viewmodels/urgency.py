"""How much a live call needs the operator, and why, in a few words."""

from __future__ import annotations

from datetime import datetime
from enum import IntEnum

from callconsole.domain.answering import AnsweredBy
from callconsole.domain.call import Call, Phase
from callconsole.viewmodels.call_view import CallView
from callconsole.viewmodels.headline import Headline

LONG_SILENCE_S = 12
"""Nobody has spoken for so long: either side may be waiting for the other."""


class Rank(IntEnum):
    """What comes first in the list: who waits for you, then worst first."""

    INCOMING = -1
    STALLED = 0
    LOST = 1
    DECIDING = 2
    MACHINE = 3
    SILENT = 4
    REPEATING = 5
    TALKING = 6
    RINGING = 7


_MACHINES = frozenset({AnsweredBy.SCREENING, AnsweredBy.MENU})


def urgency(view: CallView, now: datetime) -> tuple[Rank, Headline]:
    """Where a live call stands in the list at this aware time, and what is said of it there."""
    call = view.call
    if call is not None and call.rings_here:
        return Rank.INCOMING, view.headline
    if call is None or call.phase is not Phase.IN_PROGRESS or view.hanging_up:
        return Rank.RINGING, view.headline
    if view.trouble is not None:
        return Rank.STALLED, Headline(view.trouble.title, "danger", "warning-octagon-fill")
    if view.stall:
        since = f", {_seconds(view.stalled_at, now)} s" if view.stalled_at is not None else ""
        return Rank.STALLED, Headline(f"{view.stall}{since}", "warning", "warning-fill")
    if call.away:
        return Rank.LOST, view.headline
    if call.deciding:
        return Rank.DECIDING, view.headline
    quiet_s = _seconds(view.quiet_since, now)
    if quiet_s >= LONG_SILENCE_S and _expects_words(call):
        return Rank.SILENT, Headline(f"Nobody speaks, {quiet_s} s", "warning", "speaker-none")
    if view.repetition.noticed and _expects_words(call):
        return Rank.REPEATING, Headline("They repeat themselves", "warning", "repeat")
    if call.answered_by in _MACHINES:
        return Rank.MACHINE, view.headline
    return Rank.TALKING, view.headline


def _expects_words(call: Call) -> bool:
    """True where a silence is nobody's wish, and the call does not rank above it."""
    wished = call.on_hold or call.taken_over or call.agent_muted
    return not wished and call.transferred_to is None and call.answered_by not in _MACHINES


def _seconds(since: datetime | None, now: datetime) -> int:
    return max(0, int((now - since).total_seconds())) if since is not None else 0
