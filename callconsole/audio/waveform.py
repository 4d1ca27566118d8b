"""The loudness of a recording over its length, both sides apart, as a picture shows it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from callconsole.audio.wavfile import WavReader

SLOTS = 1200
FLOOR_DBFS = -50.0  # hiss of a phone line lies below
FULL_DBFS = -12.0  # a loud voice, as RMS over a slot
READ_FRAMES = 1 << 17

Levels = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Waveform:
    """Loudness over time.

    Attributes:
        duration_s: length of the recording.
        caller, agent: shape (n,), float32, 0 (silence) to 1 (a loud voice), in equal steps of
            time; of a recording with one channel both are the same.
    """

    duration_s: float
    caller: Levels
    agent: Levels

    def bars(self, count: int) -> tuple[Levels, Levels]:
        """Both sides in `count` equal steps, each as loud as the loudest moment in it."""
        return _folded(self.caller, count), _folded(self.agent, count)


def measure(path: Path, slots: int = SLOTS) -> Waveform:
    """Read a recording from end to end, a piece at a time.

    Args:
        path: WAV file, caller left and agent right.
        slots: steps wanted; a short recording has fewer.

    Raises:
        ValueError: the file cannot be understood; the text says why.
        OSError: it cannot be read.
    """
    with WavReader(path) as file:
        step = max(1, -(-file.frames // slots))
        piece = max(1, READ_FRAMES // step) * step
        parts = []
        while len(frames := file.read(piece)):
            parts.append(_powers(frames, step))
        powers = np.concatenate(parts) if parts else np.zeros((0, file.channels))
        levels = _levels(powers)
        return Waveform(file.duration_s, levels[:, 0], levels[:, -1])


def _powers(frames: NDArray[np.int16], step: int) -> NDArray[np.float64]:
    """Mean square of every `step` frames, of full scale; shape (n, channels)."""
    squares = np.square(frames.astype(np.float32) / 32768)
    starts = np.arange(0, len(frames), step)
    counts = np.diff(np.append(starts, len(frames)))
    return np.asarray(np.add.reduceat(squares, starts, axis=0) / counts[:, None], np.float64)


def _levels(powers: NDArray[np.float64]) -> Levels:
    dbfs = 10 * np.log10(np.maximum(powers, 1e-12))
    return np.clip((dbfs - FLOOR_DBFS) / (FULL_DBFS - FLOOR_DBFS), 0, 1).astype(np.float32)


def _folded(levels: Levels, count: int) -> Levels:
    if len(levels) == 0 or count <= 0:
        return np.zeros(max(count, 0), np.float32)
    if len(levels) < count:
        return levels[np.arange(count) * len(levels) // count]
    edges = np.arange(count) * len(levels) // count
    return np.maximum.reduceat(levels, edges)
