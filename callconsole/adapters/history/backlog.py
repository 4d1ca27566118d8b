"""What was kept and is not yet on the disk: the newest state of everything, and what was logged."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from callconsole.domain.answering import Verdict
from callconsole.domain.call import Call
from callconsole.domain.record import LoggedEvent, Note
from callconsole.domain.transcript import Turn

# About an hour of one busy call, some ten megabytes.
WAITING_LIMIT = 20_000
NOTES_LIMIT = 2_000


@dataclass(frozen=True, slots=True)
class Figures:
    """What was counted in a call, and the length of its recording in seconds."""

    counted: Mapping[str, Any]
    recorded_s: float


@dataclass(slots=True)
class Batch:
    """What is written in one transaction; a later state has replaced an earlier one.

    Attributes:
        calls, verdicts, figures: by the call's SID.
        turns: by the call's SID and the turn's id.
        events, notes: with the SID of their call, oldest first.
    """

    calls: dict[str, Call] = field(default_factory=dict)
    turns: dict[tuple[str, int], Turn] = field(default_factory=dict)
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    figures: dict[str, Figures] = field(default_factory=dict)
    events: deque[tuple[str, LoggedEvent]] = field(default_factory=deque)
    notes: deque[tuple[str, Note]] = field(default_factory=deque)

    def __bool__(self) -> bool:
        return any((self.calls, self.turns, self.verdicts, self.figures, self.events, self.notes))


class Backlog:
    """Collects until somebody takes; where nobody can, it stays small.

    Calls, with their endings, verdicts and figures are never dropped: there is one of each for a
    call. Where the disk is gone for long, the oldest events go first, then the oldest turns.

    Attributes:
        waiting: what would be taken now.
        dropped: how many events, turns and notes were given up since the start.
    """

    def __init__(self) -> None:
        self.waiting = Batch()
        self.dropped = 0

    def take(self) -> Batch:
        """Everything that waits; nothing waits afterwards."""
        taken, self.waiting = self.waiting, Batch()
        return taken

    def put_back(self, batch: Batch) -> None:
        """Let what could not be written wait again, behind what is newer."""
        newer = self.waiting
        self.waiting = Batch(
            calls=batch.calls | newer.calls,
            turns=batch.turns | newer.turns,
            verdicts=batch.verdicts | newer.verdicts,
            figures=batch.figures | newer.figures,
            events=batch.events + newer.events,
            notes=batch.notes + newer.notes,
        )
        self.trim()

    def forget(self, call_sid: str) -> None:
        """Drop what waits of one call."""
        old = self.waiting
        for by_sid in (old.calls, old.verdicts, old.figures):
            by_sid.pop(call_sid, None)
        old.turns = {key: turn for key, turn in old.turns.items() if key[0] != call_sid}
        old.events = deque(entry for entry in old.events if entry[0] != call_sid)
        old.notes = deque(entry for entry in old.notes if entry[0] != call_sid)

    def trim(self) -> None:
        """Give up the oldest of what is too much."""
        waiting = self.waiting
        while len(waiting.events) + len(waiting.turns) > WAITING_LIMIT:
            if waiting.events:
                waiting.events.popleft()
            else:
                del waiting.turns[next(iter(waiting.turns))]
            self.dropped += 1
        while len(waiting.notes) > NOTES_LIMIT:
            waiting.notes.popleft()
            self.dropped += 1
