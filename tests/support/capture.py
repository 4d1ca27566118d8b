"""What a null sink of the tests' sound daemon was given to play."""

from __future__ import annotations

import asyncio
import os
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import numpy as np
from numpy.typing import NDArray

from support.sound_server import SoundServer


class Capture:
    """What a null sink was given, read back through its monitor."""

    def __init__(self, server: SoundServer, sink: str = "spk") -> None:
        self._sink = sink
        self._server = server
        self._bytes = b""

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        process = await asyncio.create_subprocess_exec(
            *("parec", "-d", f"{self._sink}.monitor", "--rate=48000", "--channels=2"),
            *("--format=float32le", "--latency-msec=20"),
            env={**os.environ, **self._server.environment()},
            stdout=subprocess.PIPE,
        )
        assert process.stdout is not None
        self._bytes += await process.stdout.readexactly(8)
        reading = asyncio.create_task(process.stdout.read(-1))
        try:
            yield
        finally:
            process.terminate()
            self._bytes += await reading
            await process.wait()

    def frames(self) -> NDArray[np.float32]:
        whole = len(self._bytes) // 8 * 8
        return np.frombuffer(self._bytes[:whole], "<f4").reshape(-1, 2)
