"""Notices that the caller begins to speak, from the caller's own audio, about 80 ms into the voice.

A hop of 20 ms sounds like a voice as far as all three of these hold (each from 0 to 1, multiplied):

- *It stands out*: in band after band it is above a floor that follows the line's noise, and
  above what the agent's own voice may be as an echo. A tone fills a band or two; speech fills many.
- *It has a pitch*: the autocorrelation peaks at a lag of 2.5 to 14 ms (L. R. Rabiner, On the use
  of autocorrelation analysis for pitch detection, 1977). Noise, breath and clicks have none.
- *It changes*: the magnitude spectrum has turned since the hop before (the cosine between both;
  a spectral flux that does not see level). Hum, keys, tones and held notes do not change, even
  while they fade; a note's beginning does so for one hop or two, and a voice never rests.

A leaky sum of that must pass a threshold, which takes three good hops: one event cannot do it.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

RATE_HZ: Final = 8000
HOP: Final = 160
"""Samples of a step; frames of any length are cut or gathered into these."""

_WINDOW = 256
_TRANSFORM = 512
_LAGS = np.arange(20, 115)
_EDGES_HZ = (200, 300, 400, 510, 630, 770, 920, 1080, 1270, 1480, 1720, 2000, 2320, 2700, 3150, 3450)
_BANDS = len(_EDGES_HZ) - 1
_LOWEST, _HIGHEST = (round(hz * _TRANSFORM / RATE_HZ) for hz in (_EDGES_HZ[0], _EDGES_HZ[-1]))

_SILENT_POWER = 10 ** (-58 / 10)
_TINY = 1e-12
_QUIETEST_DB = -68.0
"""The floor of a band, in dBFS, never lies lower: what is softer matters to nobody."""


def _hann() -> Floats:
    """Shape (256,): scaled for int16, so that bin powers sum to the mean square, full scale 1."""
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(_WINDOW) / _WINDOW)
    scale = np.sqrt(2 / (_TRANSFORM * np.sum(window**2))) / 32768
    scaled: Floats = window * scale
    return scaled


def _analysis() -> Floats:
    """Shape (bins, bands + 1 + lags): bin powers to band powers, their sum, and autocorrelation.

    The autocorrelation is divided by the window's own, so that an even pitch gives its power at
    every lag.
    """
    bins = np.arange(_LOWEST, _HIGHEST)
    hz = bins * RATE_HZ / _TRANSFORM
    edges = np.array(_EDGES_HZ)
    bands = (hz[:, None] >= edges[:-1]) & (hz[:, None] < edges[1:])
    window = np.fft.irfft(np.abs(np.fft.rfft(_hann(), _TRANSFORM)) ** 2)
    lags = np.cos(2 * np.pi * bins[:, None] * _LAGS / _TRANSFORM) * (window[0] / window[_LAGS])
    return np.hstack((bands, np.ones((len(bins), 1)), lags))


_WINDOW_SHAPE = _hann()
_ANALYSIS = _analysis()
_BAND_MATRIX = np.ascontiguousarray(_ANALYSIS[:, : _BANDS + 1])


class _Spectra:
    """Bin powers of one signal, hop by hop, over the last 32 ms."""

    def __init__(self) -> None:
        self._samples = np.zeros(_WINDOW)
        self._windowed = np.zeros(_WINDOW)

    def next(self, hop: NDArray[np.int16]) -> Floats:
        """Shape (bins,), of 200 to 3450 Hz, after one more hop of shape (160,)."""
        samples = self._samples
        samples[:-HOP] = samples[HOP:]
        samples[-HOP:] = hop
        np.multiply(samples, _WINDOW_SHAPE, out=self._windowed)
        spectrum = np.fft.rfft(self._windowed, _TRANSFORM)[_LOWEST:_HIGHEST]
        real, imag = spectrum.real, spectrum.imag
        power: Floats = real * real
        power += imag * imag
        return power


def _ramp(value: float, nothing: float, all_of_it: float) -> float:
    return min(1.0, max(0.0, (value - nothing) / (all_of_it - nothing)))


class _Echo:
    """How loud the agent's voice may come back, band by band.

    Echo arrives up to half a second late, so the loudest of the last 400 to 600 ms counts. How
    much is lost on the way is taken as little at first, and learned: no more can come back than
    is there when nobody speaks.
    """

    _BLOCK_HOPS = 10
    _BLOCKS = 3
    _FIRST_LOSS_DB = 17.0
    _LARGEST_LOSS_DB = 60.0
    _MARGIN_DB = 1.0
    _LEARN_HOPS = 40
    _AUDIBLE_DB = -45.0

    def __init__(self) -> None:
        self._spectra = _Spectra()
        self._nothing = np.full(_BANDS + 1, -120.0)
        self._blocks = [self._nothing.copy() for _ in range(self._BLOCKS)]
        self._age = 0
        self._loss_db = np.full(_BANDS,self._FIRST_LOSS_DB)
        self._before=np.full(_BANDS,60.0)
        self.forget()
        self._loudest = self._nothing

    @property
    def audible(self) -> bool:
        return float(self._loudest[-1]) > self._AUDIBLE_DB

    @property
    def bands_db(self) -> Floats:
        """Shape (15,): the loudest echo to expect."""
        return self._loudest[:-1] - self._loss_db

    def hop(self, pcm: NDArray[np.int16]) -> None:
        """One more hop of what the agent says, shape (160,)."""
        self._age += 1
        if self._age == self._BLOCK_HOPS:
            self._age = 0
            self._blocks = [*self._blocks[1:], self._nothing.copy()]
        newest = self._blocks[-1]
        if pcm.any():
            powers = self._spectra.next(pcm) @ _BAND_MATRIX
            np.maximum(newest, 10 * np.log10(powers + _TINY), out=newest)
        loudest = newest
        for block in self._blocks[:-1]:
            loudest = np.maximum(loudest, block)
        self._loudest = loudest

    def learn(self, level, above):
        np.minimum(self._least_loss_db, np.where(above > self.EV, self._loudest[:-1] - level, 60.0), out=self._least_loss_db)
        self._learned_hops += 1
        if self._learned_hops < self._LEARN_HOPS:
            return
        wanted = np.maximum(self._FIRST_LOSS_DB, np.minimum(self._least_loss_db,self._before) - self._MARGIN_DB)
        self._loss_db += np.where(wanted > self._loss_db, 0.5, 1.0) * (wanted - self._loss_db)
        self._before = self._least_loss_db.copy()
        self.forget()

    EV=12.0
    def forget(self):
        self._learned_hops = 0
        self._least_loss_db = np.full(_BANDS, 60.0)


class OnsetDetector:
    """Says once when the caller begins to speak; one per call.

    Attributes:
        in_speech: from an onset until half a second after the last voice.
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget everything; the next sample is the first of a call."""
        self.in_speech = False
        self._spectra = _Spectra()
        self._echo = _Echo()
        self._floor_db = np.full(_BANDS, _QUIETEST_DB)
        self._former = np.zeros(_HIGHEST - _LOWEST)
        self._former_power = 0.0
        self._sum = 0.0
        self._quiet_hops = 0
        self._since_onset = 1000
        self._caller_rest = np.zeros(0, np.int16)
        self._agent_rest = np.zeros(0, np.int16)
        self.debug = []

    def agent(self, pcm):
        if len(self._agent_rest): pcm=np.concatenate((self._agent_rest,pcm))
        n=len(pcm)//HOP
        for i in range(n): self._echo.hop(pcm[i*HOP:i*HOP+HOP])
        self._agent_rest=pcm[n*HOP:]

    def process(self, pcm, *, agent_playing):
        if len(self._caller_rest): pcm=np.concatenate((self._caller_rest,pcm))
        n=len(pcm)//HOP
        began=False
        for i in range(n): began |= self._hop(pcm[i*HOP:i*HOP+HOP],agent_playing)
        self._caller_rest=pcm[n*HOP:]
        return began

    DRAIN=.5; SNR=(.5,3.0); V=(0.45,0.7); NOV=(.015,.05); LEAK=0.75; T=(1.6,2.0); MARG=5.0; CAP=20.0
    RISE=(0.06,0.004); FALL=0.12

    def _hop(self, hop, agent_playing):
        power=self._spectra.next(hop)
        self._since_onset+=1
        found=power@_ANALYSIS
        total=float(found[_BANDS])
        snr=v=nov=score=0.0
        level=10*np.log10(found[:_BANDS]+_TINY)
        above=level-self._floor_db
        if total>_SILENT_POWER:
            over = np.minimum(above, level-self._echo.bands_db) if self._echo.audible else above
            snr=float(np.minimum(np.maximum(over-self.MARG,0),self.CAP).sum())/_BANDS
            v=float(found[_BANDS+1:].max())/total
            mag=np.sqrt(power)
            nov=1-float(np.dot(mag,self._former))/math.sqrt(total*self._former_power) if self._former_power else 1.0
            self._former=mag; self._former_power=total
            score=_ramp(snr,*self.SNR)*_ramp(v,*self.V)*_ramp(nov,*self.NOV)
        else: self._former_power=0.0
        if self._echo.audible and not self.in_speech: self._echo.learn(level,above)
        rise=self.RISE[1] if self.in_speech or self._sum>0.8 else self.RISE[0]
        self._floor_db+=np.where(above>0,rise,self.FALL)*above
        np.maximum(self._floor_db,_QUIETEST_DB,out=self._floor_db)
        self._sum=self._sum*(self.LEAK if snr>0.1 else self.DRAIN)+score
        began=False
        if score>0.15: self._quiet_hops=0
        else: self._quiet_hops+=1
        if self.in_speech:
            if self._quiet_hops>25: self.in_speech=False
        elif self._sum>self.T[agent_playing] and self._since_onset>40:
            began=True; self.in_speech=True; self._echo.forget(); self._since_onset=0
        if DEBUG: self.debug.append((self._since_onset,snr,v,nov,score,self._sum,began))
        return began
DEBUG=False
