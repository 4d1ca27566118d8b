"""Tools for tests of sound on a real daemon: measures of what was played."""

from __future__ import annotations

import asyncio
import math
import time

import numpy as np
from numpy.typing import NDArray

from callconsole.adapters.portaudio import PortAudioSpeaker

RATE_HZ = 48000
NEAR, FAR = math.cos(math.pi / 8), math.sin(math.pi / 8)
Pcm = NDArray[np.int16]


def tone(hz: float, seconds: float, peak: float = 0.5) -> Pcm:
    times = np.arange(round(8000 * seconds)) / 8000
    return np.round(32767 * peak * np.sin(2 * np.pi * hz * times)).astype(np.int16)


async def play_live(speaker: PortAudioSpeaker, caller: Pcm, agent: Pcm) -> None:
    """Play 20 ms pieces when they are due, as a call does."""
    start = time.monotonic()
    for index in range(len(caller) // 160):
        await asyncio.sleep(max(0.0, start + index * 0.02 - time.monotonic()))
        piece = slice(index * 160, index * 160 + 160)
        speaker.play(caller[piece], agent[piece])
    await asyncio.sleep(0.3)


def sounding(frames: NDArray[np.float32]) -> NDArray[np.float32]:
    """From the first to the last frame that is not silence."""
    loud = np.flatnonzero(np.abs(frames).max(axis=1) > 0.005)
    return frames[loud[0] : loud[-1] + 1]


def share_of_tone(wave: NDArray[np.float32], hz: float) -> float:
    """Part of the power that lies within 15 Hz of a tone."""
    power = np.abs(np.fft.rfft(wave * np.hanning(len(wave)))) ** 2
    near = np.abs(np.fft.rfftfreq(len(wave), 1 / RATE_HZ) - hz) < 15
    return float(power[near].sum() / power.sum())


def amplitude(wave: NDArray[np.float32]) -> float:
    return float(np.sqrt(2 * np.mean(np.square(wave, dtype=np.float64))))


def largest_step(wave: NDArray[np.float32]) -> float:
    return float(np.abs(np.diff(wave)).max())
