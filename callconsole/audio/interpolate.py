"""Phone audio to a speaker's rate without holding it back: one FIR, exact counts, 2 ms late.

soxr's stream gives 8 kHz sound back in bursts of 60 to 150 ms, which is more than a listener's
jitter buffer should hold.
"""

from __future__ import annotations

from math import gcd

import numpy as np
from numpy.typing import NDArray

TAPS_PER_PHASE = 32
KAISER_BETA = 6.8  # 70 dB stop band: Kaiser, "Nonrecursive digital filter design", 1974


class Interpolator:
    """One unbroken stream at a higher rate, as rational polyphase interpolation.

    Of n frames in all, ceil(n · to_hz / from_hz) have come out, whatever the pieces. The pass band
    ends near 0.43 · from_hz; images of it are below -65 dB.

    Args:
        from_hz: rate of what goes in.
        to_hz: rate of what comes out, not below `from_hz`.
        channels: columns of the frames.

    Raises:
        ValueError: `to_hz` is below `from_hz`.
    """

    def __init__(self, from_hz: int, to_hz: int, channels: int) -> None:
        if to_hz < from_hz:
            raise ValueError(f"{to_hz} Hz is below {from_hz} Hz")
        common = gcd(from_hz, to_hz)
        self._up, self._down = to_hz // common, from_hz // common
        self._channels = channels
        self._phases = _phases(self._up)
        self.reset()

    def reset(self) -> None:
        """Forget the sound that is still inside; the next frame is the first."""
        self._history = np.zeros((TAPS_PER_PHASE - 1, self._channels), np.float32)
        self._next = 0  # of the next output, in units of 1/up input frame after the history

    def process(self, frames: NDArray[np.float32]) -> NDArray[np.float32]:
        """The next of the stream: shape (n, channels) to (m, channels), float32, any n."""
        if len(frames) == 0:
            return np.zeros((0, self._channels), np.float32)
        line = np.concatenate((self._history, frames))
        span = len(frames) * self._up
        times = np.arange(self._next, span, self._down)
        self._next += len(times) * self._down - span
        self._history = line[len(frames) :]
        windows = np.lib.stride_tricks.sliding_window_view(line, TAPS_PER_PHASE, axis=0)
        taken = windows[times // self._up]
        taps = self._phases[times % self._up]
        return np.asarray(np.einsum("mct,mt->mc", taken, taps), np.float32)


def _phases(up: int) -> NDArray[np.float32]:
    """Kaiser-windowed sinc, one row a phase, oldest sample first, every row with a gain of 1.

    Shape (up, TAPS_PER_PHASE).
    """
    length = TAPS_PER_PHASE * up
    at = (np.arange(length) - length // 2) / up
    window = np.kaiser(length + 1, KAISER_BETA)[:length]
    taps = (np.sinc(at) * window).reshape(TAPS_PER_PHASE, up).T[:, ::-1]
    return np.ascontiguousarray(taps / taps.sum(axis=1, keepdims=True), np.float32)
