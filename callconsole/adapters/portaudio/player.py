"""Plays recordings on this computer: from any place, at several speeds, with pauses."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from callconsole.adapters.portaudio.output import Output
from callconsole.audio.convert import StreamResampler
from callconsole.audio.jitter import JitterBuffer
from callconsole.audio.stretch import TimeStretch
from callconsole.audio.wavfile import WavReader
from callconsole.domain.problems import Problem, ProblemError

AHEAD_MS = 1000
PIECE_S = 0.2
FLUSH_S = 0.5  # soxr keeps the last words back until more comes

Frames = NDArray[np.float32]


class PortAudioPlayer:
    """Plays one WAV file at a time on the chosen output, or the default one.

    All methods belong to the event loop. Places in the file are seconds at normal speed.

    Args:
        finished: called in the event loop when a file has been heard to its end.
    """

    def __init__(self, finished: Callable[[], None] | None = None) -> None:
        self._finished = finished
        self._volume = 1.0
        self._device: str | None = None
        self._playing: _Playing | None = None

    @property
    def position_s(self) -> float:
        """What is heard now, in seconds from the file's beginning; 0 where nothing is open."""
        return self._playing.position_s if self._playing is not None else 0.0

    async def play_file(
        self, path: Path, at_s: float = 0.0, speed: float = 1.0, until_s: float | None = None
    ) -> float:
        """Start to play; return the file's duration in s. Raises `ProblemError`.

        Args:
            path: 16-bit or μ-law WAV file, one or two channels; it may be written meanwhile.
            at_s: where to begin.
            speed: 1 is as it was spoken; the pitch is kept.
            until_s: where to end; None for the end of what is there now.
        """
        self.stop_file()
        try:
            duration_s = await asyncio.to_thread(_duration_s, path)
        except (OSError, ValueError) as error:
            raise ProblemError(_unreadable(path, error)) from None
        # Another file may have been asked for meanwhile.
        self.stop_file()
        end_s = duration_s if until_s is None else min(max(until_s, 0.0), duration_s)
        output = Output(self._volume, self._device)
        self._playing = _Playing(path, end_s, output, self._on_heard)
        self._playing.go(at_s, speed)
        return duration_s

    def pause(self) -> None:
        """Fall silent and stay there."""
        if self._playing is not None:
            self._playing.output.paused = True

    def resume(self) -> None:
        """Go on from there."""
        if self._playing is not None:
            self._playing.output.paused = False

    def seek(self, at_s: float) -> None:
        """Go on from this second, or stay paused there."""
        if self._playing is not None:
            self._playing.go(at_s, self._playing.speed)

    def set_speed(self, speed: float) -> None:
        """Go on at this speed, above 0."""
        if self._playing is not None and speed != self._playing.speed:
            self._playing.go(self._playing.position_s, speed)

    def stop_file(self) -> None:
        """Stop at once; `finished` is not called."""
        playing, self._playing = self._playing, None
        if playing is not None:
            playing.close()

    def choose(self, device: str | None) -> None:
        """Play on this `SoundDevice.id`, None: on the system's default, from the next file on."""
        self._device = device

    def set_volume(self, volume: float) -> None:
        """Set the loudness, 0 to 1."""
        self._volume = min(1.0, max(0.0, volume))
        if self._playing is not None:
            self._playing.output.volume = self._volume

    def _on_heard(self) -> None:
        self.stop_file()
        if self._finished is not None:
            self._finished()


class _Playing:
    """One file, up to `end_s`, on one output, fed by a task; `heard` is called at its end.

    Raises:
        ProblemError: the output cannot be opened.
    """

    def __init__(self, path: Path, end_s: float, output: Output, heard: Callable[[], None]) -> None:
        self.output = output
        self.speed = 1.0
        self._path = path
        self._end_s = end_s
        self._heard = heard
        self._buffer = JitterBuffer(self.output.rate_hz, prime_ms=100, cap_ms=2 * AHEAD_MS)
        self._ended = asyncio.Event()
        self._feeder: asyncio.Task[None] | None = None
        self._from_s = 0.0
        self._from_frame = 0
        loop = asyncio.get_running_loop()
        self.output.start(self._buffer.read_into, lambda: _tell(loop, self._ended))

    @property
    def position_s(self) -> float:
        """What is heard now: what the device took, less what it still holds."""
        taken_s = (self._buffer.taken - self._from_frame) / self.output.rate_hz
        heard_s = max(0.0, taken_s - self.output.latency_s)
        return min(self._end_s, self._from_s + heard_s * self.speed)

    def go(self, at_s: float, speed: float) -> None:
        """Play from this second at this speed, whatever was played before."""
        if not self.output.go_on():
            return
        if self._feeder is not None:
            self._feeder.cancel()
        self._buffer.flush()
        self._from_s = min(max(at_s, 0.0), self._end_s)
        self._from_frame = self._buffer.taken
        self.speed = speed
        self._feeder = asyncio.create_task(self._feed(), name="recording player")

    def close(self) -> None:
        """Let go of the device; safe to call twice."""
        if self._feeder is not None and self._feeder is not asyncio.current_task():
            self._feeder.cancel()
        self._feeder = None
        self.output.close()

    async def _feed(self) -> None:
        """Keep a second of sound ahead of the device, then wait until it has been heard."""
        span = (self._from_s, self._end_s)
        source = _Source(self._path, span, self.speed, self.output.rate_hz)
        try:
            # A file that breaks while it plays is heard as far as it was read.
            with contextlib.suppress(OSError, ValueError):
                while not self._ended.is_set():
                    frames = await asyncio.to_thread(source.read)
                    if len(frames) == 0:
                        break
                    self._buffer.write(frames)
                    await self._until_low()
        finally:
            source.close()
        self._buffer.finish()
        self.output.end_when_dry(self._buffer)
        await self._ended.wait()
        self._heard()

    async def _until_low(self) -> None:
        """Wait until the buffer wants more, or the output has ended by itself."""
        while not self._ended.is_set():
            ahead_ms = self._buffer.buffered_ms - AHEAD_MS
            if ahead_ms <= 0:
                return
            await asyncio.sleep(ahead_ms / 1000)


class _Source:
    """A file from one place to another, at one speed and an output's rate.

    `read` runs in a worker thread; `close` waits until it has done its piece.

    Args:
        span_s: where to begin and where to end.
        rate_hz: of what `read` returns.
    """

    def __init__(self, path: Path, span_s: tuple[float, float], speed: float, rate_hz: int) -> None:
        self._path = path
        self._at_s, self._end_s = span_s
        self._speed = speed
        self._rate_hz = rate_hz
        self._lock = threading.Lock()
        self._file: WavReader | None = None
        self._done = False

    def read(self) -> Frames:
        """The next piece, shape (n, 2), float32, -1 to 1; n is 0 only at the end.

        Raises:
            ValueError: the file is none that can be read, or `close` was called.
            OSError: it cannot be read.
        """
        with self._lock:
            if self._file is None:
                self._open()
            made: Frames = np.zeros((0, 2), np.float32)
            while len(made) == 0 and not self._done:
                made = self._piece()
            return made

    def close(self) -> None:
        """Let go of the file; safe to call twice."""
        with self._lock:
            self._done = True
            if self._file is not None:
                self._file.close()

    def _open(self) -> None:
        if self._done:
            raise ValueError("closed")
        self._file = WavReader(self._path)
        self._file.seek(round(self._at_s * self._file.rate_hz))
        self._stretch = TimeStretch(self._file.rate_hz, 2, self._speed)
        self._resampler = StreamResampler(self._file.rate_hz, self._rate_hz, channels=2)
        end = min(self._file.frames, round(self._end_s * self._file.rate_hz))
        left = end - round(self._at_s * self._file.rate_hz)
        self._left = round(max(0, left) / self._speed * self._rate_hz / self._file.rate_hz)

    def _piece(self) -> Frames:
        assert self._file is not None  # noqa: S101
        read = self._file.read(round(PIECE_S * self._file.rate_hz))
        sound = self._stretch.process(_stereo(read).astype(np.float32))
        if len(read) == 0:
            self._done = True
            silence = np.zeros((round(FLUSH_S * self._file.rate_hz), 2), np.float32)
            sound = np.concatenate((self._stretch.finish(), silence))
        pcm = np.clip(np.rint(sound), -32768, 32767).astype(np.int16)
        frames = self._resampler.process(pcm)[: self._left]
        self._left -= len(frames)
        self._done |= self._left == 0
        return frames.astype(np.float32) / np.float32(32768)


def _duration_s(path: Path) -> float:
    with WavReader(path) as file:
        return file.duration_s


def _stereo(pcm: NDArray[np.int16]) -> NDArray[np.int16]:
    """Shape (n, 1) or (n, 2) to (n, 2)."""
    return pcm if pcm.shape[1] == 2 else np.repeat(pcm[:, :1], 2, axis=1)


def _tell(loop: asyncio.AbstractEventLoop, ended: asyncio.Event) -> None:
    """Runs in PortAudio's thread; a loop that was closed in the meantime is told nothing."""
    if not loop.is_closed():
        loop.call_soon_threadsafe(ended.set)


def _unreadable(path: Path, error: Exception) -> Problem:
    reason = error.strerror if isinstance(error, OSError) else str(error)
    return Problem(
        "sound.unreadable",
        "The recording cannot be played",
        f"The file {path.name} could not be read ({reason}).",
        "Choose another recording, or look whether the file is still in the recordings folder.",
    )
