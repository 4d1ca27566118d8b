"""A recording player without sound: does as it is told and stands where it is put."""

from __future__ import annotations

import asyncio
from pathlib import Path

from callconsole.domain.problems import Problem, ProblemError


class FakePlayer:
    """`Player`.

    Attributes:
        told: everything that was asked of it, in order.
        position_s: where it stands.
        refusal: what `play_file` raises, or None.
        gate: `play_file` waits here until it is set.
    """

    def __init__(self) -> None:
        self.told: list[tuple[object, ...]] = []
        self.position_s = 0.0
        self.volume = 1.0
        self.device: str | None = None
        self.refusal: Problem | None = None
        self.gate = asyncio.Event()
        self.gate.set()

    async def play_file(
        self, path: Path, at_s: float = 0.0, speed: float = 1.0, until_s: float | None = None
    ) -> float:
        end = () if until_s is None else (until_s,)
        self.told.append(("play", str(path), at_s, speed, *end))
        await self.gate.wait()
        if self.refusal is not None:
            raise ProblemError(self.refusal)
        self.position_s = at_s
        return 240.0

    def pause(self) -> None:
        self.told.append(("pause",))

    def resume(self) -> None:
        self.told.append(("resume",))

    def seek(self, at_s: float) -> None:
        self.told.append(("seek", at_s))
        self.position_s = at_s

    def set_speed(self, speed: float) -> None:
        self.told.append(("speed", speed))

    def stop_file(self) -> None:
        self.told.append(("stop",))

    def choose(self, device: str | None) -> None:
        self.device = device

    def set_volume(self, volume: float) -> None:
        self.volume = volume
