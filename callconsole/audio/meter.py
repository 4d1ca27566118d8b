"""How loud: RMS level since the last look, and a peak that holds and then falls."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

FLOOR_DBFS = -90.0
"""What silence, or no sound at all, reads as."""

PEAK_HOLD_S = 1.5
PEAK_FALL_DB_PER_S = 12.0

_FULL_SCALE = 32768.0


def level_dbfs(pcm: NDArray[np.int16]) -> float:
    """RMS level of samples, shape (n,), int16.

    0 dBFS is a square wave at full scale; a sine at full scale reads -3.01. Never below
    `FLOOR_DBFS`, which is also the level of no samples.
    """
    samples = pcm.astype(np.float64)
    return _power_dbfs(float(np.dot(samples, samples)), len(pcm))


def _power_dbfs(energy: float, count: int) -> float:
    if energy == 0.0:
        return FLOOR_DBFS
    return max(FLOOR_DBFS, 10 * math.log10(energy / count / _FULL_SCALE**2))


class Meter:
    """Level meter of one side of a call.

    Time is counted in samples, so that a meter which is fed late or in bursts reads the same.
    """

    def __init__(self, rate_hz: int) -> None:
        self._rate_hz = rate_hz
        self._energy = 0.0
        self._count = 0
        self._top_dbfs = FLOOR_DBFS
        self._since_top = 0

    def add(self, pcm: NDArray[np.int16]) -> None:
        """Take in the next samples, shape (n,), int16, any n."""
        if len(pcm) == 0:
            return
        samples = pcm.astype(np.float64)
        self._energy += float(np.dot(samples, samples))
        self._count += len(pcm)
        self._since_top += len(pcm)
        top = max(int(pcm.max()), -int(pcm.min()))
        if top == 0:
            return
        top_dbfs = max(FLOOR_DBFS, 20 * math.log10(top / _FULL_SCALE))
        if top_dbfs >= self.peak_dbfs:
            self._top_dbfs, self._since_top = top_dbfs, 0

    def read(self) -> float:
        """RMS level in dBFS of what came since the last read; see `level_dbfs`."""
        level = _power_dbfs(self._energy, self._count)
        self._energy, self._count = 0.0, 0
        return level

    @property
    def peak_dbfs(self) -> float:
        """Highest sample: held for `PEAK_HOLD_S` of sound, then falling; not reset by `read`."""
        falling_s = max(0.0, self._since_top / self._rate_hz - PEAK_HOLD_S)
        return max(FLOOR_DBFS, self._top_dbfs - PEAK_FALL_DB_PER_S * falling_s)
