"""Both sides of a call on one clock: the phone's own samples."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from callconsole.audio import mulaw
from callconsole.engine.ports import Pcm16

RATE_HZ = 8000
# Twilio's timestamps wobble by a frame or two; only a real hole is filled with silence.
GAP_MS = 100

Tap = Callable[[Pcm16, Pcm16], None]


class Timeline:
    """Pairs caller audio with the agent audio that is heard at the same moment.

    The caller's samples are the clock. Agent frames are placed when they are sent, behind what
    is still to be heard, and what a `clear` drops is taken away again; so recording, meters and
    listener get what the ear got, and the two sides cannot drift apart.

    Every tap is called with (caller, agent): two int16 arrays of equal length, 8000 Hz.
    """

    def __init__(self) -> None:
        self._taps: list[Tap] = []
        self._samples = 0
        self._base = 0
        self._origin_ms: int | None = None
        self._ahead = bytearray()

    @property
    def position_s(self) -> float:
        """Seconds of call audio so far."""
        return self._samples / RATE_HZ

    def add_tap(self, tap: Tap) -> None:
        """Give every later pair to `tap` as well."""
        self._taps.append(tap)

    def caller_heard(self, pcm: Pcm16, timestamp_ms: int) -> None:
        """Take in caller audio, shape (n,), 8000 Hz, with its presentation time."""
        if self._origin_ms is None:
            self._origin_ms = timestamp_ms
        due = self._base + (timestamp_ms - self._origin_ms) * RATE_HZ // 1000
        missing = due - self._samples
        if missing * 1000 > GAP_MS * RATE_HZ:
            self._emit(np.zeros(missing, dtype=np.int16))
        self._emit(pcm)

    def rejoined(self, gap_ms: int) -> None:
        """Another stream begins, whose times count from 0; there was no sound for `gap_ms`."""
        if self._origin_ms is not None:
            self._base = self._samples + gap_ms * RATE_HZ // 1000
            self._origin_ms = None

    def agent_sent(self, frame: bytes) -> None:
        """Place a μ-law frame behind the agent audio that is still to be heard."""
        self._ahead += frame

    def cleared(self) -> None:
        """Take away what was placed and will not be heard."""
        self._ahead.clear()

    def _emit(self, caller: Pcm16) -> None:
        count = len(caller)
        heard = bytes(self._ahead[:count])
        del self._ahead[:count]
        if len(heard) < count:
            heard += bytes([mulaw.SILENCE]) * (count - len(heard))
        agent = mulaw.decode(heard)
        self._samples += count
        for tap in self._taps:
            tap(caller, agent)
