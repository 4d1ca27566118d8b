"""The operator's voice: from this computer's microphone to frames for the phone."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from callconsole.adapters.portaudio import devices, library
from callconsole.audio.decimate import Decimator
from callconsole.audio.leveller import Leveller
from callconsole.audio.meter import FLOOR_DBFS, level_dbfs
from callconsole.domain.problems import Problem, ProblemError
from callconsole.domain.sound import SoundDevice
from callconsole.engine.ports import Pcm16

FRAME = 160
LATENCY_S = 0.02
BLOCKS_PER_S = 100
WAKE_S = 0.02
RING_S = 1.0
BACKLOG_S = 0.1
STALL_S = 2.5

OnFrame = Callable[[Pcm16], None]


class PortAudioMicrophone:
    """The engine's `Microphone`. All methods belong to the event loop."""

    def __init__(self) -> None:
        self._chosen: str | None = None
        self._input: Input | None = None
        self._asked = 0
        self._level_dbfs = FLOOR_DBFS

    @property
    def healthy(self) -> bool:
        """True while the device gives sound; to be asked at least once a second."""
        return self._input is not None and self._input.healthy

    @property
    def fallen_back(self) -> bool:
        """True where another device is open than the chosen one, which is not there."""
        return self._input is not None and self._chosen not in (None, self._input.id)

    @property
    def level_dbfs(self) -> float:
        """Level of the latest frame, as it was handed on; -90 where there is none."""
        return self._level_dbfs

    @property
    def lost_ms(self) -> float:
        """Sound that was thrown away since `start`, because the loop came too late for it."""
        return self._input.lost_ms if self._input is not None else 0.0

    def devices(self) -> list[SoundDevice]:
        """What can be chosen; blocks for a moment. Raises `ProblemError` without PortAudio."""
        return devices.connected("input")

    def choose(self, device: str | None) -> None:
        """Use this `SoundDevice.id`, None for the system's default, from the next `start` on."""
        self._chosen = device

    async def start(self, on_frame: OnFrame) -> str:
        """Open the chosen input, or the default one where it is missing; return its name.

        Args:
            on_frame: is given every 20 ms of the operator's voice in the event loop, levelled,
                shape (160,), int16, 8000 Hz, until `stop`.

        Raises:
            ProblemError: nothing can be opened.

        A chosen device that has stopped to give sound is passed over this time. A `stop` that
        comes meanwhile wins.
        """
        former = self._input
        stuck = former is not None and former.id == self._chosen and not former.healthy
        await self.stop()
        asked = self._asked
        source = await open_input(None if stuck else self._chosen)
        if asked != self._asked:
            await asyncio.to_thread(source.close)
            return source.name
        voice = _Voice(source, on_frame, self._on_level)
        loop = asyncio.get_running_loop()
        self._input = source
        # What was heard while the device came up is no part of what the operator says now.
        source.take()
        source.on_sound = lambda: _wake(loop, voice.pump)
        return source.name

    async def stop(self) -> None:
        """Close the device; no frame comes once this is called. Safe to call twice."""
        self._asked += 1
        self._level_dbfs = FLOOR_DBFS
        source, self._input = self._input, None
        if source is not None:
            source.on_sound = None
            source.wanted = False
            await asyncio.to_thread(source.close)

    def _on_level(self, level: float) -> None:
        self._level_dbfs = level


class Input:
    """One open mono input and a ring of its newest sound; opened by `__init__`.

    The callback writes the ring and `_written`; the loop reads it and owns everything else.

    Attributes:
        id: the device's `SoundDevice.id`.
        name: its name.
        rate_hz: the rate it runs at.
        on_sound: is called in PortAudio's thread, once for 20 ms at most and not again before
            `take` was called; None asks for nothing.
        wanted: False once nobody reads any more.

    Raises:
        ProblemError: it cannot be opened.
    """

    def __init__(self, device: str | None) -> None:
        sounddevice = library.load()
        place = devices.find("input", device)
        self.id, self.name, self.rate_hz = place.id, place.name, place.rate_hz
        self.on_sound: Callable[[], None] | None = None
        self.wanted = True
        self._channels = min(2, place.channels)
        self._size = int(self.rate_hz * RING_S)
        self._ring = np.zeros(self._size, np.float32)
        self._written = self._read = self._woken_at = 0
        self._asked_for = False
        self._lost = 0
        self._wake_samples = int(self.rate_hz * WAKE_S)
        self._seen, self._seen_at_s = 0, time.monotonic()
        try:
            with library.lock:
                self._stream: Any = sounddevice.InputStream(
                    samplerate=self.rate_hz,
                    device=place.index,
                    channels=self._channels,
                    dtype="float32",
                    latency=LATENCY_S,
                    blocksize=self.rate_hz // BLOCKS_PER_S,
                    callback=self._keep,
                    extra_settings=devices.host_settings(sounddevice, place),
                )
                library.opened(self._stream)
                self._stream.start()
        except sounddevice.PortAudioError as error:
            self.close()
            raise ProblemError(_closed(self.name, error)) from None

    @property
    def healthy(self) -> bool:
        """False where the stream has ended or has given nothing for a while."""
        now_s, written = time.monotonic(), self._written
        if written != self._seen:
            self._seen, self._seen_at_s = written, now_s
        stream = self._stream
        return stream is not None and bool(stream.active) and now_s - self._seen_at_s < STALL_S

    @property
    def lost_ms(self) -> float:
        """Sound that was overwritten or too old when it was asked for."""
        return self._lost * 1000 / self.rate_hz

    def take(self) -> NDArray[np.float32]:
        """Everything that came since the last call, shape (n,), 1 is full scale.

        After a pause of the loop only the newest tenth of a second: a voice must not lag.
        """
        self._asked_for = False
        written = self._written
        if written - self._read > BACKLOG_S * self.rate_hz + self._wake_samples:
            newest = written - self._wake_samples
            self._lost += newest - self._read
            self._read = newest
        places = np.arange(self._read, written) % self._size
        self._read = written
        return self._ring[places]

    def close(self) -> None:
        """Close the stream at once; safe to call twice."""
        stream, self._stream = getattr(self, "_stream", None), None
        if stream is not None:
            library.close(stream)

    def _keep(self, block: NDArray[np.float32], count: int, _time: object, _s: object) -> None:
        """PortAudio's callback: copies, makes no array, waits for nothing."""
        count = min(count, self._size)
        start = self._written % self._size
        first = min(count, self._size - start)
        self._copy(block[:first], self._ring[start : start + first])
        self._copy(block[first:count], self._ring[: count - first])
        self._written += count
        on_sound = self.on_sound
        if on_sound is None or self._asked_for:
            return
        if self._written - self._woken_at >= self._wake_samples:
            self._woken_at = self._written
            self._asked_for = True
            on_sound()

    def _copy(self, block: NDArray[np.float32], out: NDArray[np.float32]) -> None:
        """The mean of the channels."""
        if self._channels == 1:
            out[:] = block[:, 0]
            return
        np.add(block[:, 0], block[:, 1], out=out)
        out *= 0.5


class _Voice:
    """Turns what an input gives into frames for the phone."""

    def __init__(self, source: Input, on_frame: OnFrame, on_level: Callable[[float], None]) -> None:
        self._source = source
        self._on_frame = on_frame
        self._on_level = on_level
        self._decimator = Decimator(source.rate_hz)
        self._leveller = Leveller()
        self._waiting = np.zeros(0, np.float32)

    def pump(self) -> None:
        """Hand on every whole frame that has come."""
        if not self._source.wanted:
            return
        line = np.concatenate((self._waiting, self._decimator.process(self._source.take())))
        while len(line) >= FRAME and self._source.wanted:
            frame = self._leveller.process(line[:FRAME])
            line = line[FRAME:]
            self._on_level(level_dbfs(frame))
            self._on_frame(frame)
        self._waiting = line


async def open_input(chosen: str | None) -> Input:
    """Open it in a thread, which takes up to half a second; nothing stays open if cancelled.

    Where the chosen `SoundDevice.id` is missing the default one is opened. Raises `ProblemError`.
    """
    opening = asyncio.ensure_future(asyncio.to_thread(_opened, chosen))
    try:
        return await asyncio.shield(opening)
    except asyncio.CancelledError:
        opening.add_done_callback(_close_late)
        raise


def _close_late(opening: asyncio.Future[Input]) -> None:
    if not opening.cancelled() and opening.exception() is None:
        opening.result().close()


def _opened(chosen: str | None) -> Input:
    """The chosen input, or the default one where the chosen one is missing."""
    try:
        return Input(chosen)
    except ProblemError:
        if chosen is None:
            raise
        return Input(None)


def _wake(loop: asyncio.AbstractEventLoop, pump: Callable[[], None]) -> None:
    """Runs in PortAudio's thread; a loop that was closed in the meantime is told nothing."""
    if not loop.is_closed():
        loop.call_soon_threadsafe(pump)


def _closed(name: str, error: Exception) -> Problem:
    words = library.reason(error)
    if "denied" in words.lower() or "permi" in words.lower():
        return Problem(
            "microphone.refused",
            "Nobody can speak from this computer",
            f"The system does not let this program use the microphone {name}.",
            "Allow it under Privacy, Microphone in the system's settings, then try again.",
        )
    return Problem(
        "microphone.busy",
        "Nobody can speak from this computer",
        f"The microphone {name} could not be opened{words}.",
        "Close other programs that use it, or choose another microphone.",
    )
