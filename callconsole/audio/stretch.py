"""Speech faster or slower at its own pitch: overlap-add with a search for the best overlap.

WSOLA: Verhelst and Roelands, "An overlap-add technique based on waveform similarity (WSOLA) for
high quality time-scale modification of speech", ICASSP 1993.
"""

from __future__ import annotations

from math import ceil

import numpy as np
from numpy.typing import NDArray

HOP_MS = 20  # half a window
REACH_MS = 10  # searched to both sides; a low voice's period of 12 ms must fit into twice this

Frames = NDArray[np.float32]


class TimeStretch:
    """One unbroken stream at another speed.

    Pieces of two hops are laid over one another every hop. Each is taken near the place that the
    speed asks for, where it goes on most like the piece before it.

    Args:
        rate_hz: frames a second, in and out.
        channels: columns of the frames; all are cut at the same places.
        speed: how many seconds go into one that comes out, above 0; at 1 nothing is changed.

    Raises:
        ValueError: `speed` is not above 0.
    """

    def __init__(self, rate_hz: int, channels: int, speed: float) -> None:
        if speed <= 0:
            raise ValueError(f"speed {speed} is not above 0")
        self._speed = speed
        self._channels = channels
        self._hop = max(1, rate_hz * HOP_MS // 1000)
        self._reach = rate_hz * REACH_MS // 1000
        phase = np.arange(self._hop, dtype=np.float32) / self._hop
        self._rise: Frames = np.square(np.sin(np.pi / 2 * phase)).astype(np.float32)[:, None]
        self._fall: Frames = 1 - self._rise
        self._input: Frames = np.zeros((0, channels), np.float32)
        self._dropped = 0  # frames of the stream before `_input`
        self._taken = 0
        self._given = 0
        self._pieces = 0
        self._previous_at = 0  # where the piece before was taken, in the stream

    def process(self, frames: Frames) -> Frames:
        """The next of the stream: shape (n, channels) to (m, channels), float32; m may be 0."""
        self._taken += len(frames)
        if self._speed == 1:
            self._given += len(frames)
            return frames
        self._input = np.concatenate((self._input, frames))
        made = []
        while self._ready():
            made.append(self._piece())
        out = np.concatenate(made) if made else np.zeros((0, self._channels), np.float32)
        self._given += len(out)
        return out

    def finish(self) -> Frames:
        """What is still inside, so that n frames in are round(n / speed) out."""
        if self._speed == 1:
            return np.zeros((0, self._channels), np.float32)
        wanted = round(self._taken / self._speed)
        taken, given = self._taken, self._given
        room = 4 * self._hop + 2 * self._reach + round(self._hop * self._speed)
        rest = self.process(np.zeros((room, self._channels), np.float32))
        self._taken, self._given = taken, wanted
        return rest[: max(0, wanted - given)]

    def _ready(self) -> bool:
        """True where all the next piece may need is there, and nothing comes out too early."""
        last = round(self._pieces * self._hop * self._speed) + self._reach + 2 * self._hop
        follow = self._previous_at + 2 * self._hop
        due = ceil((self._pieces + 1) * self._hop * self._speed)
        return self._dropped + len(self._input) >= max(last, follow, due)

    def _piece(self) -> Frames:
        """One hop of sound: the end of the piece before falls, the next one rises."""
        if self._pieces == 0:
            self._pieces, self._previous_at = 1, 0
            return self._input[: self._hop].copy()
        wanted = round(self._pieces * self._hop * self._speed)
        follow_at = self._previous_at + self._hop
        follow = self._at(follow_at, self._hop)
        at = self._best(wanted, follow)
        piece = self._at(at, self._hop)
        out = follow * self._fall + piece * self._rise
        self._pieces += 1
        self._previous_at = at
        self._forget(at)
        return np.asarray(out, np.float32)

    def _best(self, wanted: int, follow: Frames) -> int:
        """Where within reach of `wanted` the sound is most like `follow`."""
        first = max(wanted - self._reach, self._dropped)
        line = self._at(first, wanted + self._reach - first + self._hop)
        windows = np.lib.stride_tricks.sliding_window_view(line, self._hop, axis=0)
        likeness = np.einsum("nch,hc->n", windows, follow)
        energy = np.einsum("nch,nch->n", windows, windows)
        return first + int(np.argmax(likeness / np.sqrt(energy + 1e-9)))

    def _at(self, start: int, count: int) -> Frames:
        return self._input[start - self._dropped : start - self._dropped + count]

    def _forget(self, before: int) -> None:
        """Drop what no later piece can reach."""
        nominal = round(self._pieces * self._hop * self._speed) - self._reach
        drop = max(0, min(before, nominal) - self._dropped)
        self._input = self._input[drop:]
        self._dropped += drop
