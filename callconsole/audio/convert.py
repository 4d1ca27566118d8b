"""Any rate to any rate by soxr, for files and speakers, where delay does not matter.

The live path never uses this: at phone rates soxr's stream gives sound back in bursts, 60 to
150 ms late (see `bench/audio_figures.py`).
"""

from __future__ import annotations

import numpy as np
import soxr
from numpy.typing import NDArray


def resampled(pcm: NDArray[np.int16], from_hz: int, to_hz: int) -> NDArray[np.int16]:
    """A whole recording at another rate.

    Args:
        pcm: shape (n,) or (n, channels), int16.
        from_hz: rate of `pcm`.
        to_hz: rate wanted.

    Returns:
        int16, as many dimensions as `pcm`, round(n · to_hz / from_hz) long, without delay.
    """
    if from_hz == to_hz:
        return pcm.copy()
    return np.asarray(soxr.resample(pcm, from_hz, to_hz, quality="VHQ"), np.int16)


class StreamResampler:
    """One unbroken stream at another rate, such as that of a speaker.

    What comes out is late by up to some 75 ms and in uneven pieces: keep a queue behind it.
    """

    def __init__(self, from_hz: int, to_hz: int, channels: int) -> None:
        self._channels = channels
        self._stream = soxr.ResampleStream(from_hz, to_hz, channels, dtype="int16", quality="HQ")

    def process(self, pcm: NDArray[np.int16]) -> NDArray[np.int16]:
        """The next of the stream.

        Args:
            pcm: shape (n, channels), int16, any n.

        Returns:
            Shape (m, channels), int16; m varies and may be 0.

        Raises:
            ValueError: `pcm` has another shape or type.
        """
        if pcm.dtype != np.int16 or pcm.ndim != 2 or pcm.shape[1] != self._channels:
            expected = f"expected shape (n, {self._channels}), int16"
            raise ValueError(f"{expected}; got {pcm.shape}, {pcm.dtype}")
        return np.asarray(self._stream.resample_chunk(np.ascontiguousarray(pcm)), np.int16)

    def reset(self) -> None:
        """Forget the sound that is still inside; the next sample is the first."""
        self._stream.clear()
