"""Plays a tone on an output and listens for it on an input: does this computer's sound work?"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from callconsole.adapters.portaudio.microphone import Input, open_input
from callconsole.adapters.portaudio.output import Frames, Output
from callconsole.audio.meter import FLOOR_DBFS
from callconsole.domain.problems import ProblemError

TONE_HZ: Final = 880.0
TONE_S: Final = 0.6
_PEAK: Final = 0.1
# A tone in a room is far above its neighbours in the spectrum; speech and noise are not.
_HEARD_DB: Final = 15.0
_REACH_HZ: Final = 12.0
_AROUND_HZ: Final = 250.0
_LOOK_S: Final = 0.05
_AFTER_S: Final = 0.6
_WAKE_S: Final = 3.0


@dataclass(frozen=True, slots=True)
class SoundHeard:
    """What a microphone gave.

    Attributes:
        name: the input's.
        level_dbfs: of everything that it gave, -90 for digital silence.
        tone: True where it heard the tone of our own output.
    """

    name: str
    level_dbfs: float
    tone: bool = False


def play_tone(output: str | None, source: str | None) -> tuple[str, SoundHeard | None]:
    """Play a quiet tone of 0.6 s and listen meanwhile.

    Blocks for 1.5 s, or longer while a device wakes.

    Args:
        output: `SoundDevice.id` to play on, None for the default.
        source: `SoundDevice.id` to listen on, None for the default.

    Returns:
        The output's name, and what was heard; None where there is no input.

    Raises:
        ProblemError: nothing can be played.
    """
    speaker = Output(1.0, output)
    ear = _ear(source)
    try:
        speaker.start(_Tone(speaker.rate_hz).read_into)
        if ear is None:
            time.sleep(TONE_S + speaker.latency_s)
            return speaker.name, None
        return speaker.name, _heard(ear, TONE_S + speaker.latency_s + _AFTER_S)
    finally:
        speaker.close()
        if ear is not None:
            ear.close()


def listen(source: str | None, seconds: float = 0.8) -> SoundHeard:
    """Say what an input gives. Raises `ProblemError` where none can be opened.

    Blocks so long, or longer while the device wakes.
    """
    ear = Input(source)
    try:
        _wait_for_sound(ear)
        return _heard(ear, seconds)
    finally:
        ear.close()


async def levels(source: str | None) -> AsyncGenerator[float]:
    """An input's level in dBFS, twenty times a second until the generator is closed.

    Raises `ProblemError` where it cannot be opened.
    """
    ear = await open_input(source)
    try:
        while True:
            await asyncio.sleep(_LOOK_S)
            yield _level_dbfs(ear.take().astype(np.float64))
    finally:
        # Closing takes a moment, and a generator that is let go must not wait.
        ear.wanted = False
        await asyncio.shield(asyncio.to_thread(ear.close))


class _Tone:
    """A tone that begins and ends softly, then silence."""

    def __init__(self, rate_hz: int) -> None:
        times = np.arange(round(rate_hz * TONE_S), dtype=np.float64) / rate_hz
        edge = np.minimum(1.0, np.minimum(times, times[-1] - times) / 0.02)
        self._wave = (_PEAK * edge * np.sin(2 * math.pi * TONE_HZ * times)).astype(np.float32)
        self._at = 0

    def read_into(self, out: Frames) -> None:
        """Fill both channels; belongs to PortAudio's thread."""
        piece = self._wave[self._at : self._at + len(out)]
        out[: len(piece)] = piece[:, None]
        out[len(piece) :] = 0
        self._at += len(piece)


def _ear(source: str | None) -> Input | None:
    """An input that gives sound, or None where there is none."""
    try:
        ear = Input(source)
    except ProblemError:
        return None
    _wait_for_sound(ear)
    return ear


def _wait_for_sound(ear: Input) -> None:
    """A device that was asleep takes a while until it gives its first samples."""
    ends = time.monotonic() + _WAKE_S
    while not len(ear.take()) and time.monotonic() < ends:
        time.sleep(_LOOK_S)


def _heard(ear: Input, seconds: float) -> SoundHeard:
    """Everything that an input gives within so many seconds, judged."""
    pieces: list[NDArray[np.float32]] = []
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        time.sleep(_LOOK_S)
        pieces.append(ear.take())
    heard = np.concatenate(pieces).astype(np.float64)
    return SoundHeard(ear.name, _level_dbfs(heard), has_tone(heard, ear.rate_hz))


def has_tone(heard: NDArray[np.float64], rate_hz: int) -> bool:
    """True where our tone stands out of what was heard, shape (n,), 1 is full scale."""
    best = 0.0
    step = rate_hz // 5
    for start in range(0, len(heard) - step + 1, step // 2):
        power = np.abs(np.fft.rfft(heard[start : start + step] * np.hanning(step))) ** 2
        away = np.abs(np.fft.rfftfreq(step, 1 / rate_hz) - TONE_HZ)
        around = power[(away > 2 * _REACH_HZ) & (away < _AROUND_HZ)].mean()
        best = max(best, power[away < _REACH_HZ].max() / (around + 1e-9))
    return bool(10 * math.log10(best + 1e-12) > _HEARD_DB)


def _level_dbfs(heard: NDArray[np.float64]) -> float:
    power = float(np.mean(np.square(heard))) if len(heard) else 0.0
    return max(FLOOR_DBFS, 10 * math.log10(power)) if power > 0 else FLOOR_DBFS
