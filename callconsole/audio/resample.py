"""Sample rates of the live path: phone to agent (8 to 16 kHz), agent to phone (24 to 8 kHz).

Both filters are symmetric windowed sincs (Oppenheim and Schafer, Discrete-Time Signal Processing,
section 7.5; J. F. Kaiser 1974)::

    h[n] = L · 2 fc/fs · sinc(2 fc/fs · (n - c)) · kaiser(n, β),   c = (N - 1) / 2

where ``fs`` is the higher of the two rates and L the interpolation factor. Cutoff and β put
everything from 4400 Hz on 78 dB down, so that what a filter folds into 200-3600 Hz, or mirrors out
of it, is below that; up to 3400 Hz the gain is 0 dB within 0.01, at 3600 Hz it is -0.5. N is
the largest odd length that delays by less than 2.5 ms.

The arithmetic is exact. Taps are multiples of 2⁻³⁰ and samples are whole numbers, so every
product and every sum fits the 53 bits of a float64, and the order of summation cannot matter:
output is the same bit by bit however the input was cut into chunks.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

_CUTOFF_HZ = 3880.0
_KAISER_BETA = 7.7
_TAP_STEP = 2.0**-30
_BLOCK_STEPS = 20
_LARGEST_PIECE = 48000


def lowpass_taps(fs_hz: int, length: int, gain: int) -> NDArray[np.float64]:
    """Impulse response, shape (length,), of the module's formula.

    Args:
        fs_hz: rate that the filter runs at.
        length: number of taps, odd.
        gain: sum of the taps; the interpolation factor, for the zeros put between samples.
    """
    n = np.arange(length) - (length - 1) / 2
    taps = np.sinc(2 * _CUTOFF_HZ / fs_hz * n) * np.kaiser(length, _KAISER_BETA)
    scaled: NDArray[np.float64] = taps * gain / taps.sum()
    return np.round(scaled / _TAP_STEP) * _TAP_STEP


def _block_matrix(
    taps: NDArray[np.float64], interpolation: int, decimation: int
) -> NDArray[np.float64]:
    """Shape (history + inputs of a block, outputs of a block): the filter as one product.

    Output ``o`` is the sum over inputs ``q`` of ``taps[o·M + M - 1 - q·L] · x[q]``: a step takes
    M inputs, gives L outputs and looks no further ahead than the newest of them.
    """
    history = _history(len(taps), interpolation, decimation)
    outputs = np.arange(_BLOCK_STEPS * interpolation)
    inputs = np.arange(-history, _BLOCK_STEPS * decimation)
    index = outputs * decimation + decimation - 1 - inputs[:, None] * interpolation
    inside = (index >= 0) & (index < len(taps))
    return np.where(inside, taps[np.clip(index, 0, len(taps) - 1)], 0.0)


def _history(length: int, interpolation: int, decimation: int) -> int:
    """How many inputs before a step its outputs still depend on."""
    return (length - decimation) // interpolation


class _Resampler:
    """A stateful polyphase filter; one per direction and call.

    Several outputs are computed as one matrix product over a block, because a call of this size
    is dominated by the number of numpy calls and not by arithmetic.
    """

    group_delay_ms: ClassVar[float]
    """How much later than the input's time the same sound has in the output."""

    _interpolation: ClassVar[int]
    _decimation: ClassVar[int]
    _matrix: ClassVar[NDArray[np.float64]]
    _silence: ClassVar[NDArray[np.float64]]

    def __init__(self) -> None:
        self._held = self._silence
        self._fed = False

    def process(self, pcm: NDArray[np.int16]) -> NDArray[np.int16]:
        """Filter the next samples.

        Args:
            pcm: shape (n,), int16, any n. What does not fill a whole step is kept for the next
                call, so that counts are exact over any sequence of chunks.

        Returns:
            Shape (m,), int16, rounded to nearest and saturated.

        Raises:
            ValueError: `pcm` is not one row of 16-bit samples.
        """
        if pcm.dtype != np.int16 or pcm.ndim != 1:
            raise ValueError(f"expected shape (n,), int16; got {pcm.shape}, {pcm.dtype}")
        self._fed = self._fed or len(pcm) > 0
        if len(pcm) <= _LARGEST_PIECE:
            return self._filtered(pcm)
        # Blocks overlap, so a long input in one piece would take many times its own memory.
        pieces = range(0, len(pcm), _LARGEST_PIECE)
        return np.concatenate([self._filtered(pcm[at : at + _LARGEST_PIECE]) for at in pieces])

    def reset(self) -> None:
        """Forget all sound; the next sample is the first."""
        self._held = self._silence
        self._fed = False

    def flush(self) -> NDArray[np.int16]:
        """The filter's tail, shape (m,), int16, to the last trace of sound; then reset.

        Empty where nothing came since the last reset.
        """
        if not self._fed:
            return np.zeros(0, np.int16)
        pending = len(self._held) - len(self._silence)
        missing = -pending % self._decimation
        whole_steps = -(-len(self._silence) // self._decimation)
        tail = self._filtered(np.zeros(missing + whole_steps * self._decimation, np.int16))
        self.reset()
        return tail

    def _filtered(self, pcm: NDArray[np.int16]) -> NDArray[np.int16]:
        """Outputs of all whole steps; keeps what the next call needs."""
        samples = np.concatenate((self._held, pcm), dtype=np.float64)
        history, hop = len(self._silence), self._decimation
        steps = (len(samples) - history) // hop
        self._held = samples[steps * hop :].copy()
        blocks = -(-steps // _BLOCK_STEPS)
        block_inputs = _BLOCK_STEPS * hop
        short = history + blocks * block_inputs - len(samples)
        if short > 0:
            samples = np.concatenate((samples, np.zeros(short)))
        overlapping = np.ndarray(
            (blocks, history + block_inputs),
            np.float64,
            buffer=samples,
            strides=(block_inputs * samples.itemsize, samples.itemsize),
        )
        sound: NDArray[np.float64] = np.dot(np.ascontiguousarray(overlapping), self._matrix)
        np.rint(sound, out=sound)
        np.maximum(sound, -32768, out=sound)
        np.minimum(sound, 32767, out=sound)
        return sound.astype(np.int16).reshape(-1)[: steps * self._interpolation]


class Upsampler(_Resampler):
    """8000 Hz to 16000 Hz: two samples out for each sample in, 2.44 ms late."""

    _TAPS = 79
    group_delay_ms = (_TAPS - 1) / 2 / 16
    _interpolation, _decimation = 2, 1
    _matrix = _block_matrix(lowpass_taps(16000, _TAPS, gain=2), 2, 1)
    _silence = np.zeros(_history(_TAPS, 2, 1))


class Downsampler(_Resampler):
    """24000 Hz to 8000 Hz: one sample out for each three in, 2.38 ms late.

    An output leaves with the third of its inputs, two samples after the instant that it stands
    for, which is why its delay is that much below the 2.46 ms of its filter.
    """

    _TAPS = 119
    group_delay_ms = ((_TAPS - 1) / 2 - 2) / 24
    _interpolation, _decimation = 1, 3
    _matrix = _block_matrix(lowpass_taps(24000, _TAPS, gain=1), 1, 3)
    _silence = np.zeros(_history(_TAPS, 1, 3))
