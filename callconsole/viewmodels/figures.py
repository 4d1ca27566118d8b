"""What is counted during one call: reply times, interruptions, unheard words, gaps."""

from __future__ import annotations

from collections import deque
from datetime import datetime
from statistics import median

from callconsole.domain.events import (
    AgentHeard,
    AgentInterrupted,
    AgentSessionAged,
    SpeechGapped,
)
from callconsole.domain.transcript import Speaker, Turn

# More than fit into the two minutes that are shown would not change the picture.
GAPS_KEPT = 1000


class Figures:
    """Grows with the call's events; begin a new one for each call.

    Attributes:
        interruptions: how often the caller cut the AI off.
        replies_s: seconds from the caller's last sound until the answer was heard, oldest first.
        gaps: holes that the callee heard in the middle of a turn.
        longest_gap_ms: the longest of them, 0 without one.
        round_trip_ms: how long sound takes to the carrier and its echo back, or None.
        session: what is known of the age of the AI's connection, or None.
    """

    def __init__(self) -> None:
        self.interruptions = 0
        self.replies_s: list[float] = []
        self.gaps = 0
        self.longest_gap_ms = 0
        self.round_trip_ms: int | None = None
        self.session: AgentSessionAged | None = None
        self._gaps_at: deque[datetime] = deque(maxlen=GAPS_KEPT)
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

    def gaps_since(self, begin: datetime) -> int:
        """Gaps that were heard since then, aware UTC."""
        return sum(at >= begin for at in self._gaps_at)

    def gapped(self, event: SpeechGapped) -> None:
        """The callee heard a hole."""
        self.gaps += 1
        self.longest_gap_ms = max(self.longest_gap_ms, event.gap_ms)
        self._gaps_at.append(event.at)

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

    def heard(self, event: AgentHeard) -> None:
        """An answer reached the caller's ear, proven by the carrier's echo."""
        self.replies_s.append(event.delay_ms / 1000)
