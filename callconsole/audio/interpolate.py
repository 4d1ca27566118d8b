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
FEWEST_PHASES = 256  # between two of them the filter is taken as straight: an error of -95 dB

_TICKS = 1 << 20  # of time between two phases, so that a ratio can differ from 1 by a millionth


class Interpolator:
    """One unbroken stream at a higher rate, as polyphase interpolation, as fast as is wanted.

    Of n frames in all, ceil(n · to_hz / from_hz) have come out, whatever the pieces, as long as
    the ratio is 1. The pass band ends near 0.43 · from_hz; images of it are below -65 dB.

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
        up, down = to_hz // common, from_hz // common
        finer = -(-FEWEST_PHASES // up)
        self._frame_ticks = up * finer * _TICKS
        self._step_ticks = down * finer * _TICKS
        self._channels = channels
        self._taps = _phases(up * finer)
        self._slopes = np.diff(self._taps, axis=0) / np.float32(_TICKS)
        self.reset()

    def reset(self) -> None:
        """Forget the sound that is still inside; the next frame is the first."""
        self._history = np.zeros((TAPS_PER_PHASE - 1, self._channels), np.float32)
        self._next = 0  # tick of the next output, counted from the first frame after the history

    def process(self, frames: NDArray[np.float32], ratio: float = 1.0) -> NDArray[np.float32]:
        """The next of the stream.

        Args:
            frames: shape (n, channels), any n.
            ratio: how many times as many frames to make of them, near 1. The pitch falls by
                as much.

        Returns:
            Shape (m, channels), float32.
        """
        if len(frames) == 0:
            return np.zeros((0, self._channels), np.float32)
        line = np.concatenate((self._history, frames))
        span = len(frames) * self._frame_ticks
        step = round(self._step_ticks / ratio)
        ticks = np.arange(self._next, span, step)
        self._next += len(ticks) * step - span
        self._history = line[len(frames) :]
        windows = np.lib.stride_tricks.sliding_window_view(line, TAPS_PER_PHASE, axis=0)
        frame, within = np.divmod(ticks, self._frame_ticks)
        phase, beyond = np.divmod(within, _TICKS)
        taps = self._taps[phase]
        if beyond.any():
            taps += self._slopes[phase] * beyond[:, None].astype(np.float32)
        return np.asarray(np.einsum("mct,mt->mc", windows[frame], taps), np.float32)


def _phases(up: int) -> NDArray[np.float32]:
    """Kaiser-windowed sinc, one row a phase, oldest sample first, every row with a gain of 1.

    Shape (up + 1, TAPS_PER_PHASE): the last row is the first of the next frame.
    """
    length = TAPS_PER_PHASE * up
    at = (np.arange(length) - length // 2) / up
    window = np.kaiser(length + 1, KAISER_BETA)[:length]
    taps = (np.sinc(at) * window).reshape(TAPS_PER_PHASE, up).T[:, ::-1]
    after = np.roll(taps[:1], 1, axis=1)
    after[0, 0] = 0
    every = np.concatenate((taps, after))
    return np.ascontiguousarray(every / every.sum(axis=1, keepdims=True), np.float32)
