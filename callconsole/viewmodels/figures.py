"""What is counted during one call: reply times, interruptions, words that were never heard."""

from __future__ import annotations

from datetime import datetime
from statistics import median

from callconsole.domain.call import Floor
from callconsole.domain.events import AgentInterrupted, FloorChanged
from callconsole.domain.transcript import Speaker, Turn


class Figures:
    """Grows with the call's events; begin a new one for each call.

    Attributes:
        interruptions: how often the caller cut the AI off.
        replies_s: seconds from the caller's last word to the AI's next one, oldest first.
    """

    def __init__(self) -> None:
        self.interruptions = 0
        self.replies_s: list[float] = []
        self._floor = Floor.NOBODY
        self._caller_stopped_at: datetime | None = None
        self._unheard: dict[int, int] = {}

    @property
    def reply_s(self) -> float | None:
        """The newest reply time."""
        return self.replies_s[-1] if self.replies_s else None

    @property
    def reply_median_s(self) -> float | None:
        """The median reply time, once there are two."""
        return median(self.replies_s) if len(self.replies_s) > 1 else None

    @property
    def unheard_words(self) -> int:
        """Words of the AI that the caller never heard."""
        return sum(self._unheard.values())

    def interrupted(self, _event: AgentInterrupted) -> None:
        """The caller cut in."""
        self.interruptions += 1

    def turn_changed(self, turn: Turn) -> bool:
        """Take in a turn; True where a figure changed."""
        before = self._unheard.get(turn.id, 0)
        unheard = turn.unheard_words if turn.speaker is Speaker.AGENT else 0
        if unheard:
            self._unheard[turn.id] = unheard
        return unheard != before

    def floor_changed(self, event: FloorChanged) -> bool:
        """Take in who speaks now; True where a reply was timed.

        The pause is timed as the caller hears it: from the end of their words to the first of
        the AI's. Words of their own in between begin a new pause.
        """
        before, self._floor = self._floor, event.floor
        if event.floor is Floor.AGENT and self._caller_stopped_at is not None:
            self.replies_s.append((event.at - self._caller_stopped_at).total_seconds())
            self._caller_stopped_at = None
            return True
        if event.floor is Floor.NOBODY and before is Floor.CALLER:
            self._caller_stopped_at = event.at
        elif event.floor is Floor.CALLER:
            self._caller_stopped_at = None
        return False
