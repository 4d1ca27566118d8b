"""Time codes: every 20 ms of test sound carries its own number through mu-law and resampling.

A frame is ten symbols of 1.5 ms and then 5 ms of silence. A symbol is two periods of 1333 Hz, whose
phase (0 or 180 degrees) is one bit, most significant first. The code ends well before its frame
does, so that a filter which delays by up to 4 ms still gives it out in the same 20 ms. Frames swell
and fade by 20 dB three times a second, as syllables do, so that nobody takes them for a tone.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FRAME_MS = 20
BITS = 10
CODES = 1 << BITS
CALL_STEP = 97
"""Calls count from different numbers, so that two calls that got mixed up do not go unnoticed."""

_AMPLITUDE = 8000.0
_SWING_DB = 20.0
_SYLLABLE_FRAMES = 16
_SOUNDING = 0.25 * _AMPLITUDE * 10 ** (-_SWING_DB / 20)
_TONE_HZ = 8000 / 6
_SYMBOL_MS = 1.5
_FOUND_SHARE = 0.9

Pcm16 = NDArray[np.int16]


def sound(rate_hz: int) -> Pcm16:
    """All codes, shape (1024, samples of 20 ms), int16, at 8000, 16000 or 24000 Hz."""
    tone = _tone(rate_hz) * _AMPLITUDE
    bits = (np.arange(CODES)[:, None] >> np.arange(BITS - 1, -1, -1)) & 1
    symbols = (1.0 - 2.0 * bits)[:, :, None] * tone
    frames = np.zeros((CODES, rate_hz * FRAME_MS // 1000), np.int16)
    flat = symbols.reshape(CODES, -1)
    syllable = 2 * np.pi * np.arange(CODES) / _SYLLABLE_FRAMES
    fade_db = _SWING_DB * (0.5 - 0.5 * np.cos(syllable))
    frames[:, : flat.shape[1]] = np.rint(flat * 10 ** (-fade_db / 20)[:, None])
    return frames


def read(stream: Pcm16, rate_hz: int, delay_samples: int) -> NDArray[np.int64]:
    """The codes of a stream's frames, -1 where there is silence.

    Args:
        stream: shape (n,), int16, that begins with the begin of a frame.
        rate_hz: its rate.
        delay_samples: how much later than its frame a code lies, below one frame.
    """
    tone = _tone(rate_hz)
    phases = _phases(stream, rate_hz, delay_samples)
    sounding = np.abs(phases).min(axis=1) > _SOUNDING * float(tone @ tone)
    weights = 1 << np.arange(BITS - 1, -1, -1)
    return np.where(sounding, (phases < 0) @ weights, -1)


def last_sample(rate_hz: int) -> int:
    """Where in its frame a code is complete."""
    return BITS * len(_tone(rate_hz)) - 1


def find_delay(stream: Pcm16, rate_hz: int, hint: int | None = None) -> int | None:
    """The delay at which the codes count upwards; None where there is none.

    Args:
        stream: as for `read`.
        rate_hz: its rate.
        hint: a delay to try first.
    """
    if hint is not None and _in_order(read(stream, rate_hz, hint)) > _FOUND_SHARE:
        return hint
    part = stream[: 4 * rate_hz]
    delays = range(rate_hz * FRAME_MS // 1000)
    good = [d for d in delays if _in_order(read(part, rate_hz, d)) > _FOUND_SHARE]
    # Near the right place the codes are right as well, and weaker.
    return max(good, key=lambda d: float(np.abs(_phases(part, rate_hz, d)).mean()), default=None)


def _phases(stream: Pcm16, rate_hz: int, delay_samples: int) -> NDArray[np.float64]:
    """Strength and sign of every symbol, shape (frames, 10)."""
    frame, tone = rate_hz * FRAME_MS // 1000, _tone(rate_hz)
    count = max(0, len(stream) - delay_samples) // frame
    frames = stream[delay_samples : delay_samples + count * frame].reshape(count, frame)
    symbols = frames[:, : BITS * len(tone)].reshape(count, BITS, len(tone)).astype(np.float64)
    strengths: NDArray[np.float64] = symbols @ tone
    return strengths


def _tone(rate_hz: int) -> NDArray[np.float64]:
    count = round(_SYMBOL_MS * rate_hz / 1000)
    turns = _TONE_HZ / rate_hz * np.arange(count, dtype=np.float64)
    tone: NDArray[np.float64] = np.sin(2 * np.pi * turns)
    return tone


def _in_order(found: NDArray[np.int64]) -> float:
    """Share of the codes that follow the one before."""
    heard = found[found >= 0]
    if len(heard) < BITS:
        return 0.0
    return float(np.mean(np.diff(heard) % CODES == 1))
