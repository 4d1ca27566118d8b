"""How loud both sides of a call were over the last few frames, several times a second."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from callconsole.audio.meter import level_dbfs
from callconsole.engine.ports import Pcm16

LEVELS_EVERY_MS = 60


@dataclass(frozen=True, slots=True)
class Levels:
    """Both sides' loudness.

    Attributes:
        over_ms: of how much call audio.
    """

    caller_dbfs: float
    agent_dbfs: float
    over_ms: float


class LevelMeter:
    """Gathers frames until there are enough to be measured."""

    def __init__(self) -> None:
        self._unmeasured: list[tuple[Pcm16, Pcm16]] = []
        self._measured_at_ms = 0.0

    def hear(self, caller: Pcm16, agent: Pcm16, now_ms: float) -> Levels | None:
        """Take in what both sides sent, up to `now_ms` of call audio; None while it is too little.

        Both are 8 kHz, int16, shape (n,).
        """
        self._unmeasured.append((caller, agent))
        over_ms = now_ms - self._measured_at_ms
        if over_ms < LEVELS_EVERY_MS:
            return None
        self._measured_at_ms = now_ms
        sides = zip(*self._unmeasured, strict=True)
        caller_dbfs, agent_dbfs = (level_dbfs(np.concatenate(side)) for side in sides)
        self._unmeasured.clear()
        return Levels(caller_dbfs, agent_dbfs, over_ms)
