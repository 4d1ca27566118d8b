"""Sounds that the phone company makes itself: key tones, ringing, and a murmur for Say."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from callconsole.audio import mulaw
from callconsole.practice.carrier.playout import BYTES_PER_S

# Rows and columns of ITU-T Q.23, in Hz.
LOW_HZ = (697, 770, 852, 941)
HIGH_HZ = (1209, 1336, 1477, 1633)
KEYS = "123A456B789C*0#D"

_KEY_MS = 200
_BETWEEN_KEYS_MS = 100
_WAIT_MS = {"w": 500, "W": 1000}
_MURMUR_MS_PER_CHARACTER = 65
_TONE_PEAK = 0.35
# The North American ringing tone: two seconds of both, four of silence, -19 dBm each.
_RINGING_HZ = (440, 480)
_RINGING_MS = 2000
_RINGING_PAUSE_MS = 4000
_NOISE_MS = 4000


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
        row, column = divmod(KEYS.index(digit.upper()), 4)
        times_s = _times_s(_KEY_MS)
        pair = (LOW_HZ[row], HIGH_HZ[column])
        tone = 0.2 * sum(np.sin(2 * np.pi * hertz * times_s) for hertz in pair)
        sound += _coded(np.asarray(tone)) + silence(_BETWEEN_KEYS_MS)
    return sound


def tone(frequency_hz: float, length_ms: int) -> bytes:
    """One pure tone, mu-law, about -12 dBFS."""
    return _coded(np.asarray(_TONE_PEAK * np.sin(2 * np.pi * frequency_hz * _times_s(length_ms))))


@lru_cache(maxsize=1)
def ringing() -> bytes:
    """What a caller hears while the other telephone rings: one tone and its pause, mu-law."""
    times_s = _times_s(_RINGING_MS)
    both = 0.1 * sum(np.sin(2 * np.pi * hertz * times_s) for hertz in _RINGING_HZ)
    return _coded(np.asarray(both)) + silence(_RINGING_PAUSE_MS)


@lru_cache(maxsize=4)
def noise(level_dbfs: float) -> bytes:
    """Four seconds of pink noise, mu-law, to be repeated; `level_dbfs` is its RMS."""
    count = _NOISE_MS * BYTES_PER_S // 1000
    spectrum = np.fft.rfft(np.random.default_rng(4).standard_normal(count))
    spectrum[1:] /= np.sqrt(np.arange(1, len(spectrum)))
    spectrum[: _NOISE_MS * 100 // 1000] = 0  # nothing below 100 Hz goes through a telephone
    samples = np.fft.irfft(spectrum, count)
    return _coded(samples * 10 ** (level_dbfs / 20) / np.sqrt(np.mean(samples**2)))


def murmur(text: str) -> bytes:
    """A voice without words, as long as the text would take: this company has no synthesizer."""
    times_s = _times_s(max(300, len(text) * _MURMUR_MS_PER_CHARACTER))
    voice = sum(np.sin(2 * np.pi * 140 * n * times_s) / n for n in (1, 2, 3))
    syllables = 0.6 + 0.4 * np.sin(2 * np.pi * 4 * times_s)
    return _coded(np.asarray(0.12 * voice * syllables))
