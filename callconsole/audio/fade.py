"""A sound that begins without a click."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FADE_MS = 5
_RATE_HZ = 8000


def fade_in(pcm: NDArray[np.int16]) -> NDArray[np.int16]:
    """The sound with its first `FADE_MS` rising from nothing: shape (n,), int16, 8000 Hz."""
    count = min(len(pcm), FADE_MS * _RATE_HZ // 1000)
    faded = pcm.copy()
    rising = np.arange(count) / max(1, count)
    faded[:count] = np.rint(pcm[:count] * rising).astype(np.int16)
    return faded
