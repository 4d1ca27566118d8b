"""What the last 32 ms of a phone line have of a voice, hop by hop.

A hop of 20 ms sounds like a voice as far as all three of these hold, each from 0 to 1, multiplied:

- It stands out: in many bands it is above a floor that follows the line's noise, and above what
  the agent's own voice may be as an echo.
- It has a pitch: its autocorrelation peaks at a lag of 2.5 to 14 ms (L. R. Rabiner, On the use
  of autocorrelation analysis for pitch detection, 1977). Noise, breath and clicks have none.
- It changes: the magnitude spectrum has another shape than a hop before, by the cosine of both,
  which does not see level. Hum, keys and held notes do not change, even while they fade; the
  beginning of a note does for a hop or two.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

Decibels = NDArray[np.float64]

RATE_HZ: Final = 8000
HOP: Final = 160
"""Samples of a step. Frames of any length are cut or gathered into steps."""

_WINDOW = 256
TRANSFORM: Final = 512
# About as wide as the ear's own bands: even up to 600 Hz, then a sixth of an octave.
_EDGES_HZ = (
    *(200, 300, 400, 510, 630, 770, 920, 1080),
    *(1270, 1480, 1720, 2000, 2320, 2700, 3150, 3450),
)
BANDS: Final = len(_EDGES_HZ) - 1
BINS: Final = slice(*(round(hz * TRANSFORM / RATE_HZ) for hz in (_EDGES_HZ[0], _EDGES_HZ[-1])))
"""Of the transform, those from 200 to 3450 Hz."""
# Long lags need no more than every other one: their peaks are as wide as those of short ones
# against the formants that make them.
_LAGS = np.concatenate((np.arange(20, 50), np.arange(50, 116, 2)))

_SILENT_POWER = 10 ** (-58 / 10)
TINY_POWER: Final = 1e-12
# Below this a band counts as empty; a quiet line has less in most of them.
_LOWEST_FLOOR_DB = -68.0

# From nothing to all of it, for each of the three signs of a voice.
_STANDS_OUT_DB = (0.5, 3.0)
_PITCH = (0.45, 0.7)
_CHANGE = (0.015, 0.05)

_ABOVE_FLOOR_DB = 5.0
_MOST_ABOVE_DB = 20.0
_RISE, _RISE_IN_SPEECH, _FALL = 0.05, 0.004, 0.15


def _window() -> NDArray[np.float64]:
    """A Hann window, shape (256,), after which bin powers add up to the mean square.

    The mean square of int16 samples, that is, against full scale.
    """
    shape = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(_WINDOW) / _WINDOW)
    scaled: NDArray[np.float64] = shape * math.sqrt(2 / TRANSFORM / (shape @ shape)) / 32768
    return scaled


def _analysis() -> NDArray[np.float64]:
    """Shape (bins, bands + 1 + lags): from bin powers to bands, their total, autocorrelation.

    The autocorrelation is divided by the window's own, so that a steady pitch has the total as
    its peak at any lag.
    """
    bins = np.arange(BINS.start, BINS.stop)[:, None]
    hz, edges = bins * RATE_HZ / TRANSFORM, np.array(_EDGES_HZ)
    bands = (hz >= edges[:-1]) & (hz < edges[1:])
    own = np.fft.irfft(np.abs(np.fft.rfft(_window(), TRANSFORM)) ** 2)
    lags = np.cos(2 * np.pi * bins * _LAGS / TRANSFORM) * (own[0] / own[_LAGS])
    return np.hstack((bands, np.ones(bins.shape), lags))


_HANN = _window()
_ANALYSIS = _analysis()
TO_BANDS: Final = np.ascontiguousarray(_ANALYSIS[:, :BANDS])
"""Shape (bins, bands): from bin powers to the power of each band."""


class Spectra:
    """The spectrum of one signal's last 32 ms, hop by hop."""

    def __init__(self) -> None:
        self._samples = np.zeros(_WINDOW)
        self._windowed = np.zeros(_WINDOW)

    def take(self, hop: NDArray[np.int16]) -> None:
        """One more hop, shape (160,)."""
        samples = self._samples
        samples[:-HOP] = samples[HOP:]
        samples[-HOP:] = hop

    def power(self) -> NDArray[np.float64]:
        """Of the bins from 200 to 3450 Hz, shape (bins,), full scale 1."""
        np.multiply(self._samples, _HANN, out=self._windowed)
        spectrum = np.fft.rfft(self._windowed, TRANSFORM)[BINS]
        return np.square(spectrum.real) + np.square(spectrum.imag)


class VoiceSigns:
    """Follows one signal's noise floor and says of each hop what it has of a voice.

    After every `take`, of the hop just taken:

    Attributes:
        voice: 0 to 1.
        pitch: how much of its power repeats with one period, about 0 to 1; 0 in silence.
        stands_out_db: decibels above floor, echo and a margin, as a mean over the bands.
        power: of the bins from 200 to 3450 Hz, shape (bins,), full scale 1.
        total: their sum.
        heard_db: level of the bands, shape (15,).
        above_db: the same above the floor.
    """

    def __init__(self) -> None:
        self._spectra = Spectra()
        self._floor_db = np.full(BANDS, _LOWEST_FLOOR_DB)
        self._former = np.zeros(len(TO_BANDS))
        self._former_power = 0.0
        self.voice = self.pitch = self.stands_out_db = self.total = 0.0
        self.power = np.zeros(len(TO_BANDS))
        self.heard_db = self.above_db = np.zeros(BANDS)

    def take(self, hop: NDArray[np.int16], echo_db: Decibels | None = None) -> None:
        """Judge one more hop.

        Args:
            hop: shape (160,), int16.
            echo_db: the loudest echo to expect, shape (15,), where there may be one.
        """
        self._spectra.take(hop)
        self.power = power = self._spectra.power()
        found = np.dot(power, _ANALYSIS)
        self.total = total = float(found[BANDS])
        self.heard_db = 10 * np.log10(found[:BANDS] + TINY_POWER)
        self.above_db = self.heard_db - self._floor_db
        self.stands_out_db = self._stands_out_db(echo_db)
        self.voice = self.pitch = 0.0
        if total > _SILENT_POWER:
            self.pitch = float(found[BANDS + 1 :].max()) / total
            change = self._change(np.sqrt(power), total)
            self.voice = _share(self.stands_out_db, _STANDS_OUT_DB) * _share(self.pitch, _PITCH)
            self.voice *= _share(change, _CHANGE)
        else:
            self._former_power = 0.0

    def follow_floor(self, *, speech: bool) -> None:
        """Towards the mean of what is heard, slowly upwards while it may be speech."""
        rise = _RISE_IN_SPEECH if speech else _RISE
        self._floor_db += np.where(self.above_db > 0, rise, _FALL) * self.above_db
        np.maximum(self._floor_db, _LOWEST_FLOOR_DB, out=self._floor_db)

    def _stands_out_db(self, echo_db: Decibels | None) -> float:
        above_db = self.above_db
        if echo_db is not None:
            above_db = np.minimum(above_db, self.heard_db - echo_db)
        clear_db = np.maximum(above_db - _ABOVE_FLOOR_DB, 0.0)
        return float(np.minimum(clear_db, _MOST_ABOVE_DB).sum()) / BANDS

    def _change(self, magnitude: NDArray[np.float64], power: float) -> float:
        """1 less the cosine between this spectrum and the former; 1 after silence."""
        change = 1.0
        if self._former_power:
            both = float(np.dot(magnitude, self._former))
            change -= both / math.sqrt(power * self._former_power)
        self._former, self._former_power = magnitude, power
        return change


def hops(
    rest: NDArray[np.int16], pcm: NDArray[np.int16]
) -> tuple[list[NDArray[np.int16]], NDArray[np.int16]]:
    """All whole hops of what was left and what came, and what is left now.

    Raises:
        ValueError: `pcm` is not one row of 16-bit samples.
    """
    if pcm.dtype != np.int16 or pcm.ndim != 1:
        raise ValueError(f"expected shape (n,), int16; got {pcm.shape}, {pcm.dtype}")
    if len(rest):
        pcm = np.concatenate((rest, pcm))
    whole = len(pcm) - len(pcm) % HOP
    return [pcm[at : at + HOP] for at in range(0, whole, HOP)], pcm[whole:].copy()


def _share(value: float, limits: tuple[float, float]) -> float:
    """0 up to the first limit, 1 from the second, straight between."""
    nothing, everything = limits
    return min(1.0, max(0.0, (value - nothing) / (everything - nothing)))
