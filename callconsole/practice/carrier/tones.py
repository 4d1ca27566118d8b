"""Sounds that the phone company makes itself: key tones, and a murmur that stands for Say."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from callconsole.audio import mulaw
from callconsole.practice.carrier.playout import BYTES_PER_S

# Rows and columns of ITU-T Q.23, in Hz.
_LOW_HZ = (697, 770, 852, 941)
_HIGH_HZ = (1209, 1336, 1477, 1633)
_KEYS = "123A456B789C*0#D"

_KEY_MS = 200
_BETWEEN_KEYS_MS = 100
_WAIT_MS = {"w": 500, "W": 1000}
_MURMUR_MS_PER_CHARACTER = 65


def _times_s(length_ms: int) -> NDArray[np.float64]:
    return np.arange(length_ms * BYTES_PER_S // 1000) / BYTES_PER_S


def _coded(samples: NDArray[np.float64]) -> bytes:
    return mulaw.encode(np.round(samples * 32767).astype(np.int16))


def silence(length_ms: int) -> bytes:
    """Mu-law silence."""
    return b"\xff" * (length_ms * BYTES_PER_S // 1000)


def key_tones(digits: str) -> bytes:
    """The digits as telephone keys sound, mu-law; ``w`` waits half a second, ``W`` one."""
    sound = b""
    for digit in digits:
        if digit in _WAIT_MS:
            sound += silence(_WAIT_MS[digit])
            continue
        row, column = divmod(_KEYS.index(digit.upper()), 4)
        times_s = _times_s(_KEY_MS)
        pair = (_LOW_HZ[row], _HIGH_HZ[column])
        tone = 0.2 * sum(np.sin(2 * np.pi * hertz * times_s) for hertz in pair)
        sound += _coded(np.asarray(tone)) + silence(_BETWEEN_KEYS_MS)
    return sound


def murmur(text: str) -> bytes:
    """A voice without words, as long as the text would take: this company has no synthesizer."""
    times_s = _times_s(max(300, len(text) * _MURMUR_MS_PER_CHARACTER))
    voice = sum(np.sin(2 * np.pi * 140 * n * times_s) / n for n in (1, 2, 3))
    syllables = 0.6 + 0.4 * np.sin(2 * np.pi * 4 * times_s)
    return _coded(np.asarray(0.12 * voice * syllables))
