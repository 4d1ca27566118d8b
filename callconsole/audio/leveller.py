"""Brings a voice at a microphone to the loudness of a phone call, whoever speaks, however near."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

TARGET_DBFS = -20.0
CEILING_DBFS = -3.0
LARGEST_GAIN_DB = 18.0
SMALLEST_GAIN_DB = -15.0

_RATE_HZ = 8000
_BLOCK = 20  # 2.5 ms: how far the ceiling looks ahead
_QUIETEST_SPEECH_DBFS = -50.0
_ABOVE_NOISE_DB = 12.0
_NOISE_RISE_DB_PER_S = 3.0
_SPEECH_S = 0.6
_SOFTER_DB_PER_S = 30.0
_LOUDER_DB_PER_S = 9.0
_RELEASE_DB_PER_S = 120.0
_FLOOR_DBFS = -90.0


class Leveller:
    """Slow gain by the loudness of speech alone, then a ceiling that bends nothing.

    The gain moves only while somebody speaks: level well above the background, whose level is
    the lowest that was heard lately. In silence and noise it stays where it was. Peaks are
    turned down before they come, over 2.5 ms, by which all sound is late.
    """

    def __init__(self) -> None:
        self._noise_dbfs = 0.0
        self._speech_power: float | None = None
        self._gain_db = 0.0
        self._from_gain = 1.0
        self._held = np.zeros(_BLOCK, np.float64)
        self._edge = 1.0
        self._ceiling = 10 ** (CEILING_DBFS / 20)

    @property
    def gain_db(self) -> float:
        """What is added to the microphone's level now, without the ceiling's share."""
        return self._gain_db

    def process(self, samples: NDArray[np.float32]) -> NDArray[np.int16]:
        """The next of the stream.

        Args:
            samples: shape (n,), float32, 8000 Hz, 1 is full scale; n is a multiple of 20, near
                20 ms.

        Returns:
            Shape (n,), int16, 2.5 ms late, with no peak above `CEILING_DBFS`.
        """
        seconds = len(samples) / _RATE_HZ
        self._follow(samples, seconds)
        gain = 10 ** (self._gain_db / 20)
        along = np.linspace(self._from_gain, gain, len(samples))
        self._from_gain = gain
        limited = self._limit(samples * along)
        return np.rint(limited * 32767).astype(np.int16)

    def _follow(self, samples: NDArray[np.float32], seconds: float) -> None:
        """Learn the noise, the speech and from them the gain."""
        wide = samples.astype(np.float64)
        power = float(np.dot(wide, wide)) / max(1, len(wide))
        level = max(_FLOOR_DBFS, 10 * math.log10(power)) if power > 0 else _FLOOR_DBFS
        self._noise_dbfs = min(level, self._noise_dbfs + _NOISE_RISE_DB_PER_S * seconds)
        if level < max(_QUIETEST_SPEECH_DBFS, self._noise_dbfs + _ABOVE_NOISE_DB):
            return
        share = 1 - math.exp(-seconds / _SPEECH_S)
        before = self._speech_power if self._speech_power is not None else power
        self._speech_power = before + share * (power - before)
        wanted = TARGET_DBFS - 10 * math.log10(self._speech_power)
        wanted = min(LARGEST_GAIN_DB, max(SMALLEST_GAIN_DB, wanted))
        step = min(_LOUDER_DB_PER_S * seconds, wanted - self._gain_db)
        self._gain_db += max(-_SOFTER_DB_PER_S * seconds, step)

    def _limit(self, samples: NDArray[np.float64]) -> NDArray[np.float64]:
        """Hold every peak under the ceiling.

        A block's gain runs straight from edge to edge, and an edge is as low as the lower of the
        two blocks that it joins needs; so no sample is above the ceiling and no gain jumps.
        """
        line = np.concatenate((self._held, samples))
        blocks = line.reshape(-1, _BLOCK)
        peaks = np.abs(blocks).max(axis=1)
        needed = np.minimum(1.0, self._ceiling / np.maximum(peaks, 1e-9))
        rise = 10 ** (_RELEASE_DB_PER_S * _BLOCK / _RATE_HZ / 20)
        edges = [self._edge]
        for lower in np.minimum(needed[:-1], needed[1:]):
            edges.append(min(float(lower), max(edges[-1], 1e-3) * rise))
        starts, ends = np.array(edges[:-1]), np.array(edges[1:])
        along = np.arange(1, _BLOCK + 1) / _BLOCK
        gains = starts[:, None] + (ends - starts)[:, None] * along
        self._edge = edges[-1]
        self._held = line[-_BLOCK:]
        limited: NDArray[np.float64] = (blocks[:-1] * gains).reshape(-1)
        return limited
