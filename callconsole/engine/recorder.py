"""Writes a call to one stereo file while it runs: caller left, agent right."""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import Executor, ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import numpy as np

from callconsole.audio.wavfile import WavWriter
from callconsole.engine.ports import Pcm16
from callconsole.engine.timeline import RATE_HZ

logger = logging.getLogger(__name__)

WRITE_EVERY_S = 0.5


def file_name(call_sid: str, started: datetime) -> str:
    """``20261122-093105_CA….wav``: local time of the answer, then the call's SID."""
    return f"{started.astimezone():%Y%m%d-%H%M%S}_{call_sid}.wav"


class Recorder:
    """Collects both sides and has them written in a thread, twice a second.

    Args:
        path: where to write; the folder is made.
        thread: one worker that writes for every call, in order.

    The disk never holds up the call: a full or broken disk ends the recording, not the call.
    """

    def __init__(self, path: Path, thread: Executor) -> None:
        self.path = path
        self.failed: OSError | None = None
        self._caller: list[Pcm16] = []
        self._agent: list[Pcm16] = []
        self._pending = 0
        self._frames = 0
        self._readable_frames = 0
        self._writer: WavWriter | None = None
        self._thread = thread

    @property
    def duration_s(self) -> float:
        """Seconds taken in so far."""
        return self._frames / RATE_HZ

    def add(self, caller: Pcm16, agent: Pcm16) -> None:
        """Take in both sides, equal length, int16, 8000 Hz; never blocks."""
        if self.failed is not None:
            return
        self._caller.append(caller)
        self._agent.append(agent)
        self._pending += len(caller)
        self._frames += len(caller)
        if self._pending >= WRITE_EVERY_S * RATE_HZ:
            self._thread.submit(self._write, *self._take())

    async def catch_up(self) -> float:
        """Write what was taken in so far, in the thread; return how many seconds can be read."""
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._thread, self._write, *self._take())
        return self._readable_frames / RATE_HZ

    async def close(self) -> bool:
        """Write the rest; True where the file is whole."""
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._thread, self._write, *self._take())
        await loop.run_in_executor(self._thread, self._finish)
        return self.failed is None and self._frames > 0

    def _take(self) -> tuple[list[Pcm16], list[Pcm16]]:
        taken = self._caller, self._agent
        self._caller, self._agent, self._pending = [], [], 0
        return taken

    def _write(self, caller: list[Pcm16], agent: list[Pcm16]) -> None:
        if not caller or self.failed is not None:
            return
        try:
            if self._writer is None:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                self.path.parent.chmod(0o700)
                self._writer = WavWriter(self.path, RATE_HZ, channels=2)
            both = np.stack([np.concatenate(caller), np.concatenate(agent)], axis=1)
            self._writer.append(both.reshape(-1))
            self._writer.sync()
            self._readable_frames = self._writer.frames
        except OSError as error:
            self.failed = error
            logger.error("the recording stopped: %s", error.strerror or type(error).__name__)

    def _finish(self) -> None:
        if self._writer is None:
            return
        try:
            self._writer.close()
        except OSError as error:
            self.failed = error


class Recordings:
    """The folder of recordings and the one thread that writes them all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="recorder")

    def begin(self, call_sid: str, answered: datetime) -> Recorder:
        """The recorder of a call that was answered just now."""
        return Recorder(self.folder / file_name(call_sid, answered), self._thread)

    def close(self) -> None:
        """Let the thread end when it has written what it was given."""
        self._thread.shutdown(wait=False)
