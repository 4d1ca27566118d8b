"""What was heard of the other end since the answer: loudness over time, and words at theirs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from callconsole.domain.answering import Utterance, Weighing

SPAN_MS = 8000
"""How much is shown; from then on the picture moves left."""
_AHEAD_MS = 600
_QUIET_DBFS = -50.0
_LOUD_DBFS = -10.0


@dataclass(frozen=True, slots=True)
class HeardWords:
    """Words of one utterance; times in ms of call audio since the answer."""

    start_ms: int
    end_ms: int
    text: str


class Heard:
    """Grows while it is decided who answered; begin a new one for each call."""

    def __init__(self) -> None:
        self._levels: list[tuple[datetime, float]] = []
        self._zero: datetime | None = None
        self._now_ms = 0
        self._utterances: Sequence[Utterance] = ()

    def level(self, at: datetime, level_dbfs: float) -> None:
        """The other end's loudness up to this moment."""
        height = (level_dbfs - _QUIET_DBFS) / (_LOUD_DBFS - _QUIET_DBFS)
        self._levels.append((at, min(1.0, max(0.0, height))))
        if self._zero is not None:
            self._now_ms = max(self._now_ms, self._ms(at))

    def weighed(self, at: datetime, weighing: Weighing) -> None:
        """What has been understood up to this moment."""
        begun = at - timedelta(milliseconds=weighing.elapsed_ms)
        # Events come late, never early: the earliest begin is the truest.
        self._zero = begun if self._zero is None else min(self._zero, begun)
        self._now_ms = max(self._now_ms, weighing.elapsed_ms)
        self._utterances = weighing.utterances

    @property
    def now_ms(self) -> int:
        """Call audio since the answer."""
        return self._now_ms

    @property
    def from_ms(self) -> int:
        """Where the picture begins."""
        return max(0, self._now_ms + _AHEAD_MS - SPAN_MS)

    @property
    def words(self) -> list[HeardWords]:
        """What was understood, in order; an utterance that goes on ends now."""
        return [
            HeardWords(said.start_ms, said.end_ms or self._now_ms, said.words.strip())
            for said in self._utterances
            if said.words.strip()
        ]

    def bars(self, count: int) -> list[float]:
        """Loudness from 0 to 1 in this many equal parts of the picture; 0 where none is known."""
        made = [0.0] * count
        previous_ms = 0
        for at, height in self._levels if self._zero is not None else ():
            at_ms = self._ms(at)
            first = self._part(previous_ms, count)
            last = self._part(at_ms, count)
            for part in range(max(0, first), min(count, max(last, first + 1))):
                made[part] = max(made[part], height)
            previous_ms = at_ms
        return made

    def _ms(self, at: datetime) -> int:
        if self._zero is None:
            return 0
        return max(0, round((at - self._zero).total_seconds() * 1000))

    def _part(self, at_ms: int, count: int) -> int:
        return (at_ms - self.from_ms) * count // SPAN_MS
