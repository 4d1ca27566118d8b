"""A microphone's rate to the phone's 8000 Hz without delay that matters: one FIR, 2.4 ms late."""

from __future__ import annotations

from math import gcd

import numpy as np
from numpy.typing import NDArray

from callconsole.audio.resample import lowpass_taps

LINE_HZ = 8000
DELAY_S = 0.0024


class Decimator:
    """One unbroken mono stream at 8000 Hz.

    The filter is that of `resample`: flat up to 3400 Hz, everything from 4400 Hz on 78 dB down.
    Of n samples in all, ceil(n · 8000 / from_hz) have come out, whatever the pieces.

    Args:
        from_hz: rate of what goes in.

    Raises:
        ValueError: `from_hz` is below 8000.
    """

    def __init__(self, from_hz: int) -> None:
        if from_hz < LINE_HZ:
            raise ValueError(f"{from_hz} Hz is below {LINE_HZ} Hz")
        common = gcd(from_hz, LINE_HZ)
        self._up, self._down = LINE_HZ // common, from_hz // common
        self._phases = _phases(from_hz * self._up, self._up)
        self.reset()

    def reset(self) -> None:
        """Forget the sound that is still inside; the next sample is the first."""
        self._history = np.zeros(self._phases.shape[1] - 1, np.float32)
        self._next = 0  # of the next output, in units of 1/up sample after the history

    def process(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """The next of the stream: shape (n,) to (m,), float32, any n."""
        if len(samples) == 0:
            return np.zeros(0, np.float32)
        line = np.concatenate((self._history, samples))
        span = len(samples) * self._up
        times = np.arange(self._next, span, self._down)
        self._next += len(times) * self._down - span
        self._history = line[len(samples) :]
        windows = np.lib.stride_tricks.sliding_window_view(line, self._phases.shape[1])
        taken, taps = windows[times // self._up], self._phases[times % self._up]
        return np.asarray(np.einsum("mt,mt->m", taken, taps), np.float32)


def _phases(fs_hz: int, up: int) -> NDArray[np.float32]:
    """The low-pass at `fs_hz`, one row a phase, oldest sample first, every row with a gain of 1."""
    half = int(DELAY_S * fs_hz)
    taps = lowpass_taps(fs_hz, 2 * half + 1, gain=up)
    padded = np.concatenate((taps, np.zeros(-len(taps) % up)))
    rows = padded.reshape(-1, up).T[:, ::-1]
    return np.ascontiguousarray(rows / rows.sum(axis=1, keepdims=True), np.float32)
