"""Finds the tones that machines make on a phone line: beeps, fax, call progress, keys.

A tone is a run of hops whose power lies in one or two narrow peaks that stay where they are. What
it means is told by its frequency and length (ITU-T E.180 and E.182 for call progress and the
three tones before a recorded announcement, T.30 for fax); a run that goes over into another one
without a pause is a tune, not a beep.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from callconsole.audio.voice_signs import BINS, HOP, RATE_HZ, TRANSFORM, VoiceSigns

HOP_MS: Final = HOP * 1000 // RATE_HZ

_AUDIBLE = 10 ** (-48 / 10)
_BIN_HZ = RATE_HZ / TRANSFORM
# A Hann window of 32 ms smears a tone over four bins to either side.
_REACH = 4
_IN_PEAKS = 0.85
_ALONE = 0.93
_SECOND_PEAK = 0.08
_SAME_HZ = 25.0
_STEADY_HZ = 8.0
_STEADY_DB = 2.0
_MOST_FADE_DB = 8.0

_BEEP_HZ = (380.0, 2050.0)
_SHORTEST_BEEP_HOPS = 9
_LONG_BEEP_HOPS = 30
_PERHAPS_HOPS = 4
# Longer than the gaps inside a tune or the three tones, shorter than anyone would notice.
_QUIET_AFTER_HOPS = 5
# Dial tones begin at 350 Hz; hummed by a voice, a pitch is lower.
_ABOVE_VOICES_HZ = 340.0
_ANSWER_TONE_HZ = (2080.0, 2120.0)
_ANSWER_TONE_HOPS = 35
_CALLING_TONE_HZ = (1062.0, 1138.0)
_CALLING_TONE_HOPS = (22, 28)
_THREE_TONES_HZ = ((900.0, 1000.0), (1350.0, 1450.0), (1750.0, 1825.0))
_PROGRESS_HZ = (395.0, 505.0)


class ToneKind(StrEnum):
    """What a tone is.

    ``CALLING``: a fax calls (1100 Hz for half a second), or a beep that sounds alike. ``ANSWER``:
    a fax answers (2100 Hz). ``ANNOUNCEMENT``: the three tones before a recorded message of the
    network. ``LOW``: a beep, or ringing and busy tones, which only what came before can tell
    apart. ``OTHER``: two notes at once, keys, tunes.
    """

    BEEP = "beep"
    CALLING = "fax calling"
    ANSWER = "fax answering"
    ANNOUNCEMENT = "announcement"
    LOW = "low"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Tone:
    """One tone, in ms since the first sample; `end_ms` is where it was when it was told."""

    kind: ToneKind
    hz: float
    start_ms: int
    end_ms: int


@dataclass(slots=True)
class _Run:
    """Hops in a row with the same peaks."""

    start: int
    hz: list[float]
    level_db: list[float]
    with_second: int = 0
    told: bool = False

    @property
    def hops(self) -> int:
        return len(self.hz)

    @property
    def mean_hz(self) -> float:
        return float(np.median(self.hz))

    @property
    def pure(self) -> bool:
        """One peak that moves neither in pitch nor in level; edges not counted."""
        hz, level_db = np.array(self.hz[1:-1]), np.array(self.level_db[1:-1])
        if len(hz) < 3 or self.with_second > 0.3 * self.hops:
            return False
        steps_db = np.abs(np.diff(level_db))
        steady = float(hz.std()) < _STEADY_HZ and float(steps_db.max()) < _STEADY_DB
        return steady and float(np.ptp(level_db)) < _MOST_FADE_DB


class ToneListener:
    """Follows the tones of one signal, hop by hop.

    Attributes:
        sounding_hops: how many hops the present tone has lasted; 0 where there is none, or one
            so low that it may be the pitch of a voice.
    """

    def __init__(self) -> None:
        self.sounding_hops = 0
        self._hop = 0
        self._run: _Run | None = None
        self._ended: list[_Run] = []
        self._answer_hops = 0

    @property
    def pending(self) -> bool:
        """A tone sounds or has just ended, and may turn out to be a beep."""
        if self._ended:
            return any(run.hops >= _PERHAPS_HOPS for run in self._ended)
        return _PERHAPS_HOPS <= self.sounding_hops <= _LONG_BEEP_HOPS

    def take(self, signs: VoiceSigns) -> Tone | None:
        """The hop just taken by `signs`; a tone once it is clear what it is."""
        peak = _peaks(signs.power, signs.total) if signs.total > _AUDIBLE else None
        tone = self._follow(peak)
        self._hop += 1
        run = self._run
        self.sounding_hops = run.hops if run is not None and run.hz[-1] > _ABOVE_VOICES_HZ else 0
        return tone

    def _follow(self, peak: tuple[float, float, bool] | None) -> Tone | None:
        run = self._run
        if run is not None and (peak is None or abs(peak[0] - run.hz[-1]) > _SAME_HZ):
            self._run = None
            if run.hops >= 3:
                self._ended.append(run)
        if peak is not None:
            return self._sound(*peak)
        return self._fall_silent()

    def _sound(self, hz: float, level_db: float, second: bool) -> Tone | None:
        if self._run is None:
            self._run = _Run(self._hop, [], [])
        run = self._run
        run.hz.append(hz)
        run.level_db.append(level_db)
        run.with_second += second
        if _ANSWER_TONE_HZ[0] < hz < _ANSWER_TONE_HZ[1]:
            self._answer_hops += 1
            if self._answer_hops == _ANSWER_TONE_HOPS:
                return self._tone(ToneKind.ANSWER, run)
        if run.hops == _LONG_BEEP_HOPS and not self._ended and run.pure:
            kind = _kind(run)
            if kind in (ToneKind.BEEP, ToneKind.LOW):
                run.told = True
                return self._tone(kind, run)
        return None

    def _fall_silent(self) -> Tone | None:
        """Judge what has ended once it has been quiet for long enough after it."""
        if not self._ended:
            return None
        last = self._ended[-1]
        if self._hop - (last.start + last.hops) < _QUIET_AFTER_HOPS:
            return None
        runs, self._ended = self._ended, []
        if any(run.told for run in runs):
            return None
        if len(runs) == 1:
            return self._tone(_kind(last), last)
        whole = _Run(runs[0].start, [hz for run in runs for hz in run.hz], [])
        if _are_three_tones(runs):
            return self._tone(ToneKind.ANNOUNCEMENT, whole)
        return self._tone(ToneKind.OTHER, whole)

    def _tone(self, kind: ToneKind, run: _Run) -> Tone:
        start_ms = run.start * HOP_MS
        return Tone(kind, round(run.mean_hz, 1), start_ms, start_ms + run.hops * HOP_MS)


def _kind(run: _Run) -> ToneKind:
    hz = run.mean_hz
    if not run.pure or run.hops < _SHORTEST_BEEP_HOPS or not _within(hz, _BEEP_HZ):
        return ToneKind.OTHER
    if _within(hz, _CALLING_TONE_HZ) and _within(run.hops, _CALLING_TONE_HOPS):
        return ToneKind.CALLING
    return ToneKind.LOW if _within(hz, _PROGRESS_HZ) else ToneKind.BEEP


def _are_three_tones(runs: list[_Run]) -> bool:
    long_ones = [run for run in runs if run.hops >= _SHORTEST_BEEP_HOPS]
    return len(long_ones) == 3 and all(
        _within(run.mean_hz, hz) for run, hz in zip(long_ones, _THREE_TONES_HZ, strict=True)
    )


def _peaks(power: NDArray[np.float64], total: float) -> tuple[float, float, bool] | None:
    """Frequency and level of the highest peak and whether there are two; None where no tone is."""
    at = int(power.argmax())
    low, high = max(0, at - _REACH), at + _REACH + 1
    first = float(power[low:high].sum())
    if first < 0.4 * total:
        return None
    second = 0.0
    if first < _ALONE * total:
        rest = power.copy()
        rest[low:high] = 0.0
        other = int(rest.argmax())
        second = float(rest[max(0, other - _REACH) : other + _REACH + 1].sum())
    if first + second < _IN_PEAKS * total:
        return None
    return _peak_hz(power, at), 10 * math.log10(first), second > _SECOND_PEAK * total


def _peak_hz(power: NDArray[np.float64], at: int) -> float:
    """By a parabola through the logarithms of the three highest bins."""
    offset = 0.0
    if 0 < at < len(power) - 1 and min(power[at - 1], power[at + 1]) > 0:
        left, middle, right = (math.log(power[at + step]) for step in (-1, 0, 1))
        bend = left - 2 * middle + right
        offset = 0.5 * (left - right) / bend if bend else 0.0
    return float(BINS.start + at + offset) * _BIN_HZ


def _within(value: float, limits: tuple[float, float]) -> bool:
    return limits[0] <= value <= limits[1]
