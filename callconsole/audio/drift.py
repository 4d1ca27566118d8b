"""Keeps a listener's buffer full to the same height while two clocks run at different speeds.

A phone network's 8000 Hz and a sound card's differ by up to some 300 millionths, which empties or
overfills any buffer within minutes. The controller plays a little faster or slower instead: a PI
loop (critically damped, 20 s) on the smoothed fill, slow enough and small enough (±0.5 %, less
than a tenth of a semitone) for nobody to hear it.
"""

from __future__ import annotations

import math

TARGET_MS = 80.0
LARGEST_TARGET_MS = 180.0
GROWTH_MS = 20.0
SHRINK_MS = 5.0
CALM_S = 30.0
SPARE_MS = 35.0
LIMIT = 0.005
SLEW_PER_S = 0.001

_LOOP_RAD_S = 1 / 20
_P_PER_MS = 2 * _LOOP_RAD_S / 1000
_I_PER_MS_S = _LOOP_RAD_S**2 / 1000
_SMOOTH_S = 1.0


class FillKeeper:
    """Says how fast to play, and how much to keep waiting.

    Attributes:
        ratio: how many times as many frames to make of the next sound; 1 where clocks agree.
        target_ms: sound that should wait. It grows with every gap, and shrinks in calm.
    """

    def __init__(self) -> None:
        self.ratio = 1.0
        self.target_ms = TARGET_MS
        self._drift = 0.0
        self._fill_ms: float | None = None
        self._lowest_ms = math.inf
        self._calm_s = 0.0

    def observe(self, fill_ms: float, seconds: float) -> None:
        """The buffer's fill while it is being played.

        Args:
            fill_ms: sound that waits, halfway between before and after a piece is written.
            seconds: duration of what was written since the last call.
        """
        smooth = 1 - math.exp(-seconds / _SMOOTH_S)
        before = self._fill_ms if self._fill_ms is not None else fill_ms
        self._fill_ms = before + smooth * (fill_ms - before)
        error_ms = self.target_ms - self._fill_ms
        limited = abs(self.ratio - 1) >= LIMIT
        if not limited or error_ms * self._drift < 0:
            self._drift = _within(LIMIT, self._drift + _I_PER_MS_S * error_ms * seconds)
        wanted = _within(LIMIT, self._drift + _P_PER_MS * error_ms)
        self.ratio += _within(SLEW_PER_S * seconds, 1 + wanted - self.ratio)
        self._shrink_in_calm(fill_ms, seconds)

    def ran_dry(self) -> None:
        """A gap was heard: keep more from now on."""
        self.target_ms = min(LARGEST_TARGET_MS, self.target_ms + GROWTH_MS)
        self.paused()

    def paused(self) -> None:
        """The buffer was emptied or is gathering anew; the clocks' drift is remembered."""
        self._fill_ms = None
        self._be_calm_from_now()

    def _shrink_in_calm(self, fill_ms: float, seconds: float) -> None:
        self._lowest_ms = min(self._lowest_ms, fill_ms)
        self._calm_s += seconds
        if self._calm_s < CALM_S:
            return
        if self._lowest_ms > SPARE_MS:
            self.target_ms = max(TARGET_MS, self.target_ms - SHRINK_MS)
        self._be_calm_from_now()

    def _be_calm_from_now(self) -> None:
        self._calm_s, self._lowest_ms = 0.0, math.inf


def _within(limit: float, value: float) -> float:
    return min(limit, max(-limit, value))
