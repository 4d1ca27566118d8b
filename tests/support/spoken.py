"""Sound that is played into the virtual microphone."""

from __future__ import annotations

import asyncio
import os
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np

from callconsole.audio.wavfile import WavWriter
from support.sound_server import SoundServer


@asynccontextmanager
async def spoken(server: SoundServer, path: Path) -> AsyncIterator[None]:
    """Play a file into the microphone for as long as the block lasts."""
    process = await asyncio.create_subprocess_exec(
        *("paplay", "-d", "mic", "--latency-msec=20", str(path)),
        env={**os.environ, **server.environment()},
        stderr=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


def wav(path: Path, hz: float, peak: float, seconds: float = 6.0) -> Path:
    times = np.arange(int(48000 * seconds)) / 48000
    pcm = np.round(32767 * peak * np.sin(2 * np.pi * hz * times)).astype(np.int16)
    with WavWriter(path, 48000, channels=1) as file:
        file.append(pcm)
    return path
