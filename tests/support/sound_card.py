"""A sound card by clockwork: it takes and gives sound on the clock of a test's virtual loop.

What a real daemon is given depends on when the machine lets PortAudio's thread run. This card
asks for every block on time, so that what comes out can be compared sample for sample.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import sounddevice
from numpy.typing import NDArray

BLOCK_S = 0.01
LATENCY_S = 0.1

Frames = NDArray[np.float32]


class SoundCard:
    """Stands in for every stream that is opened while a test lasts.

    Attributes:
        loop: whose clock it goes by.
        played: what was given to play, shape (n, 2), from when the first output was opened.
        rate_hz: of the newest stream.
        on_played: is given each block that was played.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.loop = asyncio.get_running_loop()
        self.rate_hz = 48000
        self.on_played: Callable[[Frames], None] = _nobody
        self._blocks: list[Frames] = []
        self._spoken: Frames = np.zeros(0, np.float32)
        monkeypatch.setattr(sounddevice, "OutputStream", lambda **how: _Out(self, **how))
        monkeypatch.setattr(sounddevice, "InputStream", lambda **how: _In(self, **how))

    @property
    def played(self) -> Frames:
        return np.concatenate((np.zeros((0, 2), np.float32), *self._blocks))

    def speak(self, wave: Frames) -> None:
        """Let the microphone hear this, shape (n,), and silence after it."""
        self._spoken = wave

    def take(self, block: Frames) -> None:
        self._blocks.append(block)
        self.on_played(block)

    def give(self, count: int) -> Frames:
        block, self._spoken = self._spoken[:count], self._spoken[count:]
        return np.pad(block, (0, count - len(block)))


class _Stream:
    """One stream as PortAudio has it, seen through `sounddevice`."""

    def __init__(
        self,
        card: SoundCard,
        *,
        samplerate: int,
        channels: int,
        callback: Callable[..., None],
        finished_callback: Callable[[], None] | None = None,
        **_: Any,
    ) -> None:
        self.active = False
        self.latency = LATENCY_S
        self._card = card
        self._channels = channels
        self._callback = callback
        self._finished = finished_callback
        self._count = round(samplerate * BLOCK_S)
        self._due_s = 0.0
        self._timer: asyncio.TimerHandle | None = None
        card.rate_hz = samplerate

    def start(self) -> None:
        self.active = True
        # A device is opened in a thread; its sound flows on the loop's time.
        self._card.loop.call_soon_threadsafe(self._begin)

    def stop(self) -> None:
        self.active = False
        if self._timer is not None:
            self._timer.cancel()

    def abort(self, **_: Any) -> None:
        self.stop()

    def close(self, **_: Any) -> None:
        self.stop()

    def _begin(self) -> None:
        self._due_s = self._card.loop.time()
        self._tick()

    def _tick(self) -> None:
        if not self.active:
            return
        try:
            self._pass()
        except sounddevice.CallbackStop:
            self.active = False
            if self._finished is not None:
                self._finished()
            return
        self._due_s += BLOCK_S
        self._timer = self._card.loop.call_at(self._due_s, self._tick)

    def _pass(self) -> None:
        raise NotImplementedError


class _Out(_Stream):
    def _pass(self) -> None:
        block = np.full((self._count, self._channels), np.nan, np.float32)
        try:
            self._callback(block, self._count, None, None)
        finally:
            self._card.take(block)


class _In(_Stream):
    def _pass(self) -> None:
        sound = self._card.give(self._count)
        block = np.repeat(sound[:, None], self._channels, axis=1)
        self._callback(block, self._count, None, None)


def _nobody(_: Frames) -> None:
    pass
