"""Hears the keys of a telephone in sound: two tones at once, one of four low and four high ones."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from callconsole.audio import mulaw
from callconsole.practice.carrier.playout import BYTES_PER_S, FRAME_BYTES
from callconsole.practice.carrier.tones import HIGH_HZ, KEYS, LOW_HZ

# ITU-T Q.24 has receivers take tones of 40 ms and leave shorter ones alone.
_LEAST_FRAMES = 2
_LEAST_POWER = 10 ** (-40 / 10)
# Speech spreads its energy; the two tones of a key hold nearly all of it.
_LEAST_SHARE = 0.8
# The stronger tone is at most 8 dB above the weaker.
_MOST_TWIST = 10 ** (8 / 10)


def _probes(frequencies_hz: tuple[int, ...]) -> NDArray[np.complex128]:
    """Goertzel's filters as rows of one matrix, shape (frequencies, samples of a frame)."""
    times_s = np.arange(FRAME_BYTES) / BYTES_PER_S
    turns = np.outer(np.asarray(frequencies_hz, np.float64), times_s)
    probes: NDArray[np.complex128] = np.exp(-2j * np.pi * turns) * np.sqrt(2) / FRAME_BYTES
    return probes


_LOW = _probes(LOW_HZ)
_HIGH = _probes(HIGH_HZ)


class KeyEar:
    """Is given 20 ms mu-law frames in order, and tells each key once, however long it sounds."""

    def __init__(self) -> None:
        self._sounding: str | None = None
        self._frames = 0

    def hear(self, frame: bytes) -> str | None:
        """Take in 160 bytes; the key that is now certain, or None."""
        key = _key_in(frame)
        if key != self._sounding:
            self._sounding, self._frames = key, 0
        self._frames += 1
        return key if self._frames == _LEAST_FRAMES else None


def _key_in(frame: bytes) -> str | None:
    """The key whose tones fill a frame, or None."""
    if frame.count(0xFF) == len(frame) or len(frame) != FRAME_BYTES:
        return None
    samples = mulaw.decode(frame).astype(np.float64) / 32768
    power = float(np.mean(samples**2))
    if power < _LEAST_POWER:
        return None
    low, high = np.abs(_LOW @ samples) ** 2, np.abs(_HIGH @ samples) ** 2
    weaker, stronger = sorted((float(low.max()), float(high.max())))
    if weaker + stronger < _LEAST_SHARE * power or stronger > _MOST_TWIST * weaker:
        return None
    return KEYS[4 * int(low.argmax()) + int(high.argmax())]
