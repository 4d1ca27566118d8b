"""How long sound takes to the carrier and its echo back, from marks alone."""

from __future__ import annotations

from collections import deque

# Long enough for a quiet network to show itself once, short enough to follow one that changes.
WINDOW_S = 30.0


class RoundTrip:
    """The smallest lateness among the echoes of the newest `WINDOW_S`.

    A mark is echoed once all sound before it has been played. Sound that we sent at `t` begins to
    play at `t` plus the way there, and ends as much later as it is long: by our clock at the
    expected end, plus the way there. With the way back the echo comes at

        expected end + way there + way back,

    so that what an echo is late by is the round trip. Both times are read from one clock, ours;
    the carrier's is not needed. A network that held something up, a carrier that plays in whole
    frames and a busy loop only add to it. Hence the minimum.

    Limits: it can be too large by the carrier's grid (20 ms) and by whatever every echo of the
    window suffered; it says nothing of how the two ways differ, nor of the way from the carrier
    to the phone; and it stands still while nothing is played.
    """

    def __init__(self) -> None:
        # Later and no smaller values make earlier ones useless: both columns only grow.
        self._least: deque[tuple[float, float]] = deque()

    @property
    def ms(self) -> int | None:
        """The round trip in ms, or None before the first echo."""
        return round(self._least[0][1] * 1000) if self._least else None

    def echoed(self, now_s: float, expected_end_s: float) -> None:
        """Take in an echo that came now; all times are monotonic seconds of one clock."""
        late_s = max(0.0, now_s - expected_end_s)
        while self._least and self._least[-1][1] >= late_s:
            self._least.pop()
        self._least.append((now_s, late_s))
        while self._least[0][0] < now_s - WINDOW_S:
            self._least.popleft()

    def forget(self) -> None:
        """Another stream begins, perhaps over another way."""
        self._least.clear()
