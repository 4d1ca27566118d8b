"""Notices that the caller begins to speak, from the caller's own audio, about 80 ms into the voice.

A hop of 20 ms sounds like a voice as far as all three of these hold, each from 0 to 1, multiplied:

- It stands out: in many bands it is above a floor that follows the line's noise, and above what
  the agent's own voice may be as an echo.
- It has a pitch: its autocorrelation peaks at a lag of 2.5 to 14 ms (L. R. Rabiner, On the use
  of autocorrelation analysis for pitch detection, 1977). Noise, breath and clicks have none.
- It changes: the magnitude spectrum has another shape than a hop before, by the cosine of both,
  which does not see level. Hum, keys and held notes do not change, even while they fade; the
  beginning of a note does for a hop or two.

A leaky sum of that has to pass a threshold, which takes three good hops in a row or nearly so:
one event, however loud, cannot do it.
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
_TRANSFORM = 512
# About as wide as the ear's own bands: even up to 600 Hz, then a sixth of an octave.
_EDGES_HZ = (
    *(200, 300, 400, 510, 630, 770, 920, 1080),
    *(1270, 1480, 1720, 2000, 2320, 2700, 3150, 3450),
)
_BANDS = len(_EDGES_HZ) - 1
_BINS = slice(*(round(hz * _TRANSFORM / RATE_HZ) for hz in (_EDGES_HZ[0], _EDGES_HZ[-1])))
# Long lags need no more than every other one: their peaks are as wide as those of short ones
# against the formants that make them.
_LAGS = np.concatenate((np.arange(20, 50), np.arange(50, 116, 2)))

_SILENT_POWER = 10 ** (-58 / 10)
_TINY_POWER = 1e-12
# Below this a band counts as empty; a quiet line has less in most of them.
_LOWEST_FLOOR_DB = -68.0

# From nothing to all of it, for each of the three signs of a voice.
_STANDS_OUT_DB = (0.5, 3.0)
_PITCH = (0.45, 0.7)
_CHANGE = (0.015, 0.05)

_ABOVE_FLOOR_DB = 5.0
_MOST_ABOVE_DB = 20.0
_RISE, _RISE_IN_SPEECH, _FALL = 0.05, 0.004, 0.15
_KEPT, _KEPT_IN_SILENCE = 0.75, 0.5
# While the agent is heard, a false onset would cut it off: more is asked for then.
_THRESHOLD, _THRESHOLD_OVER_AGENT = 1.6, 2.0
_PERHAPS_SPEECH = 0.8
_VOICE = 0.15
_HANGOVER_HOPS = 25
_COOLDOWN_HOPS = 40
_MOST_LEAD_HOPS = 25


def _window() -> NDArray[np.float64]:
    """A Hann window, shape (256,), after which bin powers add up to the mean square.

    The mean square of int16 samples, that is, against full scale.
    """
    shape = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(_WINDOW) / _WINDOW)
    scaled: NDArray[np.float64] = shape * math.sqrt(2 / _TRANSFORM / (shape @ shape)) / 32768
    return scaled


def _analysis() -> NDArray[np.float64]:
    """Shape (bins, bands + 1 + lags): from bin powers to bands, their total, autocorrelation.

    The autocorrelation is divided by the window's own, so that a steady pitch has the total as
    its peak at any lag.
    """
    bins = np.arange(_BINS.start, _BINS.stop)[:, None]
    hz, edges = bins * RATE_HZ / _TRANSFORM, np.array(_EDGES_HZ)
    bands = (hz >= edges[:-1]) & (hz < edges[1:])
    own = np.fft.irfft(np.abs(np.fft.rfft(_window(), _TRANSFORM)) ** 2)
    lags = np.cos(2 * np.pi * bins * _LAGS / _TRANSFORM) * (own[0] / own[_LAGS])
    return np.hstack((bands, np.ones(bins.shape), lags))


_HANN = _window()
_ANALYSIS = _analysis()
_SILENT_HOP = np.zeros(HOP, np.int16)
_TO_BANDS = np.ascontiguousarray(_ANALYSIS[:, :_BANDS])


class _Spectra:
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
        """Of the bins from 200 to 3450 Hz, shape (bins,)."""
        np.multiply(self._samples, _HANN, out=self._windowed)
        spectrum = np.fft.rfft(self._windowed, _TRANSFORM)[_BINS]
        return np.square(spectrum.real) + np.square(spectrum.imag)


class _Echo:
    """How loud the agent's voice may come back, band by band.

    It comes back up to half a second late, so the loudest of the last 400 to 600 ms counts. The
    loss on the way is taken to be small at first and then learned: what is heard while nobody
    is known to speak is the most that can have come back.
    """

    _FIRST_LOSS_DB = 17.0
    _NO_ECHO_DB = 60.0
    _MARGIN_DB = 3.0
    _LEARNING_HOPS = 40
    _BLOCK_HOPS = 10
    # Line noise hardly ever stands so far above its own floor; what does may be an echo.
    _MORE_THAN_NOISE_DB = 10.0
    _AUDIBLE_DB = -55.0

    def __init__(self) -> None:
        self._spectra = _Spectra()
        self._nothing = np.full(_BANDS, -120.0)
        self._blocks = [self._nothing] * 3
        self._loudest = self._nothing
        self._hops = 0
        self._loss_db = np.full(_BANDS, self._FIRST_LOSS_DB)
        self._former_least_db = np.full(_BANDS, self._NO_ECHO_DB)
        self.forget()
        self.audible = False

    @property
    def level_db(self) -> Decibels:
        """The loudest echo to expect, shape (15,)."""
        level_db: Decibels = self._loudest - self._loss_db
        return level_db

    def follow(self, hop: NDArray[np.int16] | None) -> None:
        """What is played to the caller next, shape (160,); None is silence."""
        if not self.audible and (hop is None or not hop.any()):
            return
        self._hops += 1
        if self._hops % self._BLOCK_HOPS == 0:
            self._blocks = [*self._blocks[1:], self._nothing]
        self._spectra.take(_SILENT_HOP if hop is None else hop)
        # Every second hop will do for what is held so long.
        if self._hops % 2:
            return
        heard_db = 10 * np.log10(np.dot(self._spectra.power(), _TO_BANDS) + _TINY_POWER)
        oldest, older, newest = self._blocks
        self._blocks[2] = newest = np.maximum(newest, heard_db)
        self._loudest = np.maximum(np.maximum(oldest, older), newest)
        self.audible = float(self._loudest.max()) > self._AUDIBLE_DB

    def learn(self, heard_db: Decibels, above_db: Decibels) -> None:
        """One hop, shapes (15,), of what came from the caller's side while only the agent spoke."""
        loss_db = np.where(
            above_db > self._MORE_THAN_NOISE_DB, self._loudest - heard_db, self._NO_ECHO_DB
        )
        np.minimum(self._least_db, loss_db, out=self._least_db)
        self._learned_hops += 1
        if self._learned_hops == self._LEARNING_HOPS:
            least_db = np.minimum(self._least_db, self._former_least_db) - self._MARGIN_DB
            change_db = np.maximum(least_db, self._FIRST_LOSS_DB) - self._loss_db
            self._loss_db += np.where(change_db > 0, 0.5, 1.0) * change_db
            self._former_least_db = self._least_db
            self.forget()

    def forget(self) -> None:
        """Drop what was learned last: it was the caller."""
        self._least_db = np.full(_BANDS, self._NO_ECHO_DB)
        self._learned_hops = 0


class OnsetDetector:
    """Says once when the caller begins to speak; one per call, 8000 Hz.

    It is for flushing playback early: a wrong onset costs the agent's sentence, so it would
    rather be late than wrong. What it cannot tell from a caller: other people who speak or sing
    near the phone as loudly, and now and then strings with vibrato.

    Attributes:
        in_speech: from an onset until half a second after the last sound of a voice.
    """

    in_speech: bool

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget everything, the line's noise and echo included; the next sample is the first."""
        self.in_speech = False
        self._spectra = _Spectra()
        self._echo = _Echo()
        self._floor_db = np.full(_BANDS, _LOWEST_FLOOR_DB)
        self._former = np.zeros(len(_TO_BANDS))
        self._former_power = 0.0
        self._evidence = 0.0
        self._quiet_hops = 0
        self._hops_since_onset = _COOLDOWN_HOPS
        self._agent_lead_hops = 0
        self._caller_rest = np.zeros(0, np.int16)
        self._agent_rest = np.zeros(0, np.int16)

    def agent(self, pcm: NDArray[np.int16]) -> None:
        """What is being played to the caller, shape (n,), int16, any n, as it is heard or sent.

        Optional, but without it the agent's own echo may pass for the caller. What is missing
        against the caller's audio is taken for silence.

        Raises:
            ValueError: `pcm` is not one row of 16-bit samples.
        """
        hops, self._agent_rest = _hops(self._agent_rest, pcm)
        for hop in hops:
            self._echo.follow(hop)
        self._agent_lead_hops = min(_MOST_LEAD_HOPS, self._agent_lead_hops + len(hops))

    def process(self, pcm: NDArray[np.int16], *, agent_playing: bool) -> bool:
        """The caller's next samples.

        Args:
            pcm: shape (n,), int16, any n; looked at in steps of `HOP`.
            agent_playing: the caller is hearing the agent just now.

        Returns:
            True once for each time that speech begins, at most every 0.8 s.

        Raises:
            ValueError: `pcm` is not one row of 16-bit samples.
        """
        hops, self._caller_rest = _hops(self._caller_rest, pcm)
        threshold = _THRESHOLD_OVER_AGENT if agent_playing else _THRESHOLD
        began = False
        for hop in hops:
            if self._agent_lead_hops:
                self._agent_lead_hops -= 1
            else:
                self._echo.follow(None)
            self._listen(hop)
            began = self._decide(threshold) or began
        return began

    def _listen(self, hop: NDArray[np.int16]) -> None:
        """Take one hop in: evidence, floor, echo."""
        self._spectra.take(hop)
        power = self._spectra.power()
        found = np.dot(power, _ANALYSIS)
        total = float(found[_BANDS])
        heard_db = 10 * np.log10(found[:_BANDS] + _TINY_POWER)
        above_db = heard_db - self._floor_db
        stands_out_db = self._stands_out_db(heard_db, above_db)
        voice = 0.0
        if total > _SILENT_POWER:
            pitch = float(found[_BANDS + 1 :].max()) / total
            change = self._change(np.sqrt(power), total)
            voice = _share(stands_out_db, _STANDS_OUT_DB) * _share(pitch, _PITCH)
            voice *= _share(change, _CHANGE)
        else:
            self._former_power = 0.0
        if self._echo.audible and not self.in_speech:
            self._echo.learn(heard_db, above_db)
        self._follow_floor(above_db)
        kept = _KEPT if stands_out_db > 0.1 else _KEPT_IN_SILENCE
        self._evidence = self._evidence * kept + voice
        self._quiet_hops = 0 if voice > _VOICE else self._quiet_hops + 1

    def _decide(self, threshold: float) -> bool:
        """Whether speech begins with the hop just taken in."""
        self._hops_since_onset += 1
        if self.in_speech:
            self.in_speech = self._quiet_hops <= _HANGOVER_HOPS
            return False
        if self._evidence <= threshold or self._hops_since_onset <= _COOLDOWN_HOPS:
            return False
        self.in_speech = True
        self._hops_since_onset = 0
        self._echo.forget()
        return True

    def _stands_out_db(self, heard_db: Decibels, above_db: Decibels) -> float:
        """Decibels above floor, echo and a margin, as a mean over the bands."""
        if self._echo.audible:
            above_db = np.minimum(above_db, heard_db - self._echo.level_db)
        clear_db = np.maximum(above_db - _ABOVE_FLOOR_DB, 0.0)
        return float(np.minimum(clear_db, _MOST_ABOVE_DB).sum()) / _BANDS

    def _change(self, magnitude: NDArray[np.float64], power: float) -> float:
        """1 less the cosine between this spectrum and the former; 1 after silence."""
        change = 1.0
        if self._former_power:
            both = float(np.dot(magnitude, self._former))
            change -= both / math.sqrt(power * self._former_power)
        self._former, self._former_power = magnitude, power
        return change

    def _follow_floor(self, above_db: Decibels) -> None:
        """Towards the mean of what is heard, slowly upwards while it may be speech."""
        speech = self.in_speech or self._evidence > _PERHAPS_SPEECH
        rise = _RISE_IN_SPEECH if speech else _RISE
        self._floor_db += np.where(above_db > 0, rise, _FALL) * above_db
        np.maximum(self._floor_db, _LOWEST_FLOOR_DB, out=self._floor_db)


def _hops(
    rest: NDArray[np.int16], pcm: NDArray[np.int16]
) -> tuple[list[NDArray[np.int16]], NDArray[np.int16]]:
    """All whole hops of what was left and what came, and what is left now."""
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
