"""Recognise which practice clip was heard, by the likeness of its spectrum over time.

Speech is described every 20 ms by the shape of its spectrum between 150 and 3600 Hz: log
energies of bands, less their mean (so that loudness does not count) and less the mean shape of
all clips (so that only what tells them apart counts), together with how that shape is changing.
Quiet frames are zero. Two pieces are compared at every shift by the normalised product of
their descriptions.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from callconsole.practice.agent.protocol import INPUT_RATE_HZ, Pcm16
from callconsole.practice.clips import Clip

FRAME_MS = 20
BEEP = "(beep)"

_FRAMES_PER_S = 1000 // FRAME_MS
_WINDOW_S = 0.032
_BANDS = 20
_LOWEST_HZ = 150.0
_HIGHEST_HZ = 3600.0
_QUIET_BELOW_PEAK_DB = 35.0
_QUIET_DBFS = -55.0
# Clips through mu-law, resamplers and line noise come back at 0.73 and better; other sentences
# stay under 0.55, and the same word of the same voice in another sentence near 0.65.
_LIKENESS = 0.68
_LEAST_MATCH_FRAMES = 12
_LEAST_SPEECH_FRAMES = 12
_LEAST_BEEP_FRAMES = 8
_TONE_SHARE = 0.8
_SLOPE_FRAMES = 2

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Heard:
    """One thing that was heard.

    Attributes:
        clip_id: the recognised clip; ``beep`` for a tone, None for other speech.
        text: what a transcript says.
        start_s: where it begins in the audio.
    """

    clip_id: str | None
    text: str
    start_s: float


@dataclass(frozen=True, slots=True)
class _Sound:
    """Sound described frame by frame: shapes (n, bands), (n,) and (n,)."""

    bands_db: Floats
    voiced: Flags
    tonal: Flags


@dataclass(frozen=True, slots=True)
class _Match:
    """A clip laid over the heard sound: its frame 0 falls on frame `shift` of what was heard."""

    likeness: float
    index: int
    shift: int
    first: int
    last: int


class Recognizer:
    """Knows a set of clips by ear."""

    def __init__(self, clips: Iterable[Clip]) -> None:
        self._clips: list[Clip] = []
        sounds: list[_Sound] = []
        for clip in clips:
            sound = _describe(clip.pcm, clip.rate_hz)
            if np.count_nonzero(sound.voiced & ~sound.tonal) >= _LEAST_MATCH_FRAMES:
                self._clips.append(clip)
                sounds.append(sound)
        self._mean_shape = np.zeros(_BANDS)
        if sounds:
            shapes = np.concatenate([_shape(sound)[sound.voiced] for sound in sounds])
            self._mean_shape = shapes.mean(axis=0)
        self._known = [self._features(sound, sound.voiced & ~sound.tonal) for sound in sounds]

    def read(self, text: str) -> list[Heard]:
        """What the same sentences in writing say; the words of a clip have to be whole."""
        found = [
            Heard(clip.id, clip.text, float(place))
            for clip in self._clips
            if (place := text.find(clip.text)) >= 0
        ]
        return sorted(found, key=lambda piece: piece.start_s) or [Heard(None, text, 0.0)]

    def recognize(self, pcm: Pcm16, rate_hz: int = INPUT_RATE_HZ) -> list[Heard]:
        """What is in a piece of audio, in order of time.

        Args:
            pcm: shape (n,), int16, mono.
            rate_hz: its sampling rate, 8000 or more.
        """
        sound = _describe(pcm, rate_hz)
        left = sound.voiced.copy()
        found = [
            Heard("beep", BEEP, start / _FRAMES_PER_S)
            for start, stop in _runs(sound.tonal)
            if stop - start >= _LEAST_BEEP_FRAMES
        ]
        left &= ~sound.tonal
        while (match := self._best_match(sound, left)) is not None:
            found.append(self._heard(match))
            left[match.first : match.last] = False
        found.extend(_other_speech(left))
        return sorted(found, key=lambda heard: heard.start_s)

    def _features(self, sound: _Sound, kept: Flags) -> Floats:
        shape = _shape(sound) - self._mean_shape
        shape[~kept] = 0.0
        around = np.pad(shape, ((_SLOPE_FRAMES, _SLOPE_FRAMES), (0, 0)))
        slope = around[2 * _SLOPE_FRAMES :] - around[: -2 * _SLOPE_FRAMES]
        slope[~kept] = 0.0
        return np.concatenate([shape, slope], axis=1)

    def _best_match(self, sound: _Sound, left: Flags) -> _Match | None:
        if np.count_nonzero(left) < _LEAST_MATCH_FRAMES:
            return None
        heard = self._features(sound, left)
        candidates = (self._lay_over(heard, index) for index in range(len(self._known)))
        matches = [match for match in candidates if match is not None]
        return max(matches, key=lambda match: match.likeness, default=None)

    def _lay_over(self, heard: Floats, index: int) -> _Match | None:
        """The clip's most likely place, or None where it is not likely enough anywhere."""
        clip = self._known[index]
        products = _diagonal_sums(heard @ clip.T)
        heard_power, clip_power = _overlap_powers(heard, clip)
        # The weight keeps a few frames that happen to agree from beating a whole sentence.
        whole = min(float(np.sum(heard**2)), float(np.sum(clip**2)))
        weight = np.sqrt(np.minimum(1.0, np.minimum(heard_power, clip_power) / (0.5 * whole)))
        likeness = products / np.sqrt(np.maximum(heard_power * clip_power, 1e-9))
        likeness *= weight
        best = int(np.argmax(likeness))
        shift = best - (len(clip) - 1)
        first, last = max(0, shift), min(len(heard), shift + len(clip))
        voiced = np.count_nonzero(np.any(heard[first:last] != 0.0, axis=1))
        if likeness[best] < _LIKENESS or voiced < _LEAST_MATCH_FRAMES:
            return None
        return _Match(float(likeness[best]), index, shift, first, last)

    def _heard(self, match: _Match) -> Heard:
        clip = self._clips[match.index]
        frames = len(self._known[match.index])
        from_frame, to_frame = match.first - match.shift, match.last - match.shift
        text = words_between(clip.text, from_frame / frames, to_frame / frames)
        return Heard(clip.id, text, match.first / _FRAMES_PER_S)


def words_between(text: str, start: float, stop: float) -> str:
    """The words of `text` that a part of its sound holds, `start` and `stop` being in 0..1.

    Each word is taken to last as long as its share of the letters; a word counts where its
    middle is inside.
    """
    words = text.split()
    ends = np.cumsum([len(word) + 1 for word in words]) / (len(text) + 1)
    edges = [0.0, *ends.tolist()]
    middles = [(left + right) / 2 for left, right in pairwise(edges)]
    kept = [word for word, middle in zip(words, middles, strict=True) if start <= middle <= stop]
    return " ".join(kept)


def _describe(pcm: Pcm16, rate_hz: int) -> _Sound:
    samples = pcm.astype(np.float64) / 32768.0
    hop, width = rate_hz * FRAME_MS // 1000, int(rate_hz * _WINDOW_S)
    count = len(samples) // hop
    padded = np.concatenate([np.zeros((width - hop) // 2), samples, np.zeros(width)])
    starts = np.arange(count)[:, None] * hop + np.arange(width)[None, :]
    window = np.hanning(width)
    power = np.abs(np.fft.rfft(padded[starts] * window, axis=1)) ** 2 / np.sum(window**2) / width
    bands: Floats = np.matmul(power, _band_weights(width, rate_hz))
    total_db = _db(bands.sum(axis=1))
    peak_db = float(total_db.max(initial=-200.0))
    voiced = total_db > max(_QUIET_DBFS, peak_db - _QUIET_BELOW_PEAK_DB)
    return _Sound(_db(bands), voiced, voiced & _tonal(power))


@lru_cache(maxsize=8)
def _band_weights(width: int, rate_hz: int) -> Floats:
    """Triangles over the bands' middles, so that narrow bands never fall between two bins."""
    hz = np.fft.rfftfreq(width, 1 / rate_hz)
    edges = np.geomspace(_LOWEST_HZ, _HIGHEST_HZ, _BANDS + 1)
    middles = np.sqrt(edges[:-1] * edges[1:])
    widths = np.maximum(np.diff(edges), 1.5 * (hz[1] - hz[0]))
    weights: Floats = np.maximum(0.0, 1.0 - np.abs(hz[:, None] - middles[None, :]) / widths)
    return weights


def _tonal(power: Floats) -> Flags:
    """Frames in which nearly everything lies in one narrow line."""
    if not power.size:
        return np.zeros(len(power), np.bool_)
    line = np.argmax(power[:, 2:], axis=1) + 2
    near = np.clip(line[:, None] + np.arange(-2, 3)[None, :], 0, power.shape[1] - 1)
    share = np.take_along_axis(power, near, axis=1).sum(axis=1)
    high_enough = line >= 10
    narrow: Flags = (share > _TONE_SHARE * power.sum(axis=1)) & high_enough
    return narrow


def _shape(sound: _Sound) -> Floats:
    bands = np.maximum(sound.bands_db, sound.bands_db.max(axis=1, keepdims=True) - 40.0)
    shape: Floats = bands - bands.mean(axis=1, keepdims=True)
    return shape


def _db(power: Floats) -> Floats:
    decibels: Floats = 10.0 * np.log10(power + 1e-12)
    return decibels


def _diagonal_sums(products: Floats) -> Floats:
    """Sums along every diagonal of shape (m, n), from shift -(n - 1) to m - 1."""
    rows, columns = products.shape
    skewed = np.zeros((rows, rows + columns))
    skewed[:, :columns] = products[:, ::-1]
    # Rows one longer than the stride slide each row one place further than the row above.
    sums: Floats = skewed.ravel()[: rows * (rows + columns - 1)].reshape(rows, -1).sum(axis=0)
    return sums


def _overlap_powers(heard: Floats, clip: Floats) -> tuple[Floats, Floats]:
    """Power of either side within the overlap, for every shift of `_diagonal_sums`."""
    shifts = np.arange(-(len(clip) - 1), len(heard))
    first = np.maximum(0, shifts)
    last = np.minimum(len(heard), shifts + len(clip))
    heard_sums = np.concatenate([[0.0], np.cumsum(np.sum(heard**2, axis=1))])
    clip_sums = np.concatenate([[0.0], np.cumsum(np.sum(clip**2, axis=1))])
    return (
        heard_sums[last] - heard_sums[first],
        clip_sums[last - shifts] - clip_sums[first - shifts],
    )


def _runs(flags: Flags) -> list[tuple[int, int]]:
    """Half-open ranges in which `flags` is true."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    return [(int(start), int(stop)) for start, stop in edges.reshape(-1, 2)]


def _other_speech(left: Flags) -> Sequence[Heard]:
    voiced = np.flatnonzero(left)
    if len(voiced) < _LEAST_SPEECH_FRAMES:
        return []
    length_s = (int(voiced[-1]) - int(voiced[0]) + 1) / _FRAMES_PER_S
    return [Heard(None, f"(speech, {length_s:.1f} s)", int(voiced[0]) / _FRAMES_PER_S)]
