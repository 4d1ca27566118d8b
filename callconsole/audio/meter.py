"""How loud: the level of samples in dB below full scale."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

FLOOR_DBFS = -90.0
"""What silence, or no sound at all, reads as."""

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
