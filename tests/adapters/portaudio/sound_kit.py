"""Tools for tests of sound: a call that is played live, and measures of what was heard."""

from __future__ import annotations

import asyncio
import math
import os
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Self

import numpy as np
from numpy.typing import NDArray

from callconsole.adapters.portaudio import PortAudioSpeaker
from support.sound_card import SoundCard
from support.sound_server import SoundServer

# What PortAudio says of every device that ALSA leads to another program.
RATE_HZ = 44100
PEAK = 0.5
NEAR, FAR = math.cos(math.pi / 8), math.sin(math.pi / 8)
Pcm = NDArray[np.int16]


def tone(hz: float, seconds: float, peak: float = 0.5) -> Pcm:
    times = np.arange(round(8000 * seconds)) / 8000
    return np.round(32767 * peak * np.sin(2 * np.pi * hz * times)).astype(np.int16)


async def play_live(speaker: PortAudioSpeaker, caller: Pcm, agent: Pcm) -> None:
    """Play 20 ms pieces when they are due, as a call does."""
    loop = asyncio.get_running_loop()
    start = loop.time()
    for index in range(len(caller) // 160):
        await asyncio.sleep(max(0.0, start + index * 0.02 - loop.time()))
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


class Heard:
    """What is heard as it goes, so that a test can wait for it.

    Attributes:
        blocks: tenths of a second, as (loudest tone in Hz, amplitude) of the left side.
    """

    def __init__(self, card: SoundCard | None = None) -> None:
        self.blocks: list[tuple[float, float]] = []
        self._parts: list[NDArray[np.float32]] = []
        self._rest = np.zeros((0, 2), np.float32)
        self._more = asyncio.Event()
        if card is not None:
            card.on_played = self._take

    @asynccontextmanager
    async def listening(self, server: SoundServer, sink: str = "spk") -> AsyncIterator[Self]:
        """Hear what a sink of a real daemon is given."""
        process = await asyncio.create_subprocess_exec(
            *("parec", "-d", f"{sink}.monitor", f"--rate={RATE_HZ}", "--channels=2"),
            *("--format=float32le", "--latency-msec=20"),
            env={**os.environ, **server.environment()},
            stdout=subprocess.PIPE,
        )
        assert process.stdout is not None
        reading = asyncio.create_task(self._read(process.stdout))
        try:
            await self.until(lambda: len(self.blocks) > 0)
            yield self
        finally:
            process.terminate()
            await reading
            await process.wait()

    async def until(self, true: Callable[[], bool]) -> None:
        async with asyncio.timeout(45):
            while not true():
                self._more.clear()
                await self._more.wait()

    async def tone(self, hz: float, peak: float = PEAK) -> None:
        """Wait until this tone is heard from now on."""
        start = len(self.blocks)
        await self.until(lambda: any(is_tone(block, hz, peak) for block in self.blocks[start:]))

    async def silence(self) -> None:
        """Wait until three tenths of a second from now on are silent."""
        start = len(self.blocks)
        await self.until(
            lambda: len(self.blocks) - start >= 3 and max(b[1] for b in self.blocks[-3:]) < 1e-4
        )

    @property
    def frames(self) -> NDArray[np.float32]:
        """Everything so far, shape (n, 2)."""
        return np.concatenate((np.zeros((0, 2), np.float32), *self._parts))

    def wave(self) -> NDArray[np.float32]:
        """The left side from the first to the last sound."""
        return sounding(self.frames)[:, 0]

    async def _read(self, stream: asyncio.StreamReader) -> None:
        rest = b""
        while chunk := await stream.read(1 << 15):
            rest += chunk
            whole = len(rest) // 8 * 8
            self._take(np.frombuffer(rest[:whole], "<f4").reshape(-1, 2))
            rest = rest[whole:]

    def _take(self, new: NDArray[np.float32]) -> None:
        self._parts.append(new)
        self._rest = np.concatenate((self._rest, new))
        while len(self._rest) >= RATE_HZ // 10:
            self.blocks.append(_measured(self._rest[: RATE_HZ // 10, 0]))
            self._rest = self._rest[RATE_HZ // 10 :]
        self._more.set()


def _measured(wave: NDArray[np.float32]) -> tuple[float, float]:
    spectrum = np.abs(np.fft.rfft(wave * np.hanning(len(wave))))
    return float(np.argmax(spectrum)) * 10, amplitude(wave)


def is_tone(block: tuple[float, float], hz: float, peak: float = PEAK) -> bool:
    """True where a tenth of a second is full of this tone, this loud."""
    return abs(block[0] - hz) <= 10 and 0.9 * peak < block[1] < 1.05 * peak


async def heard_live(speaker: PortAudioSpeaker, heard: Heard) -> None:
    """Play a caller until a tenth of a second of it is heard whole, in its place and as loud.

    However the machine stalls, some tenth is left alone.
    """
    caller = tone(400, 40.0)
    talking = asyncio.create_task(play_live(speaker, caller, np.zeros_like(caller)))
    try:
        await heard.tone(400, PEAK * NEAR)
    finally:
        talking.cancel()
        await asyncio.wait([talking])
