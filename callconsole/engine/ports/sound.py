"""The ends that are this computer's sound: what is listened on and spoken into."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from callconsole.domain.sound import SoundDevice

Pcm16 = NDArray[np.int16]


class Speaker(Protocol):
    """This computer's sound output, fed with what the line carries."""

    @property
    def healthy(self) -> bool:
        """True while the device takes sound; to be asked at least once a second."""
        ...

    @property
    def fallen_back(self) -> bool:
        """True where another device plays than the chosen one, which is not there."""
        ...

    def devices(self) -> list[SoundDevice]:
        """What can be chosen; blocks for a moment. Raises `ProblemError`."""
        ...

    def choose(self, device: str | None) -> None:
        """Use this `SoundDevice.id`, None for the system's default, from the next `start` on."""
        ...

    def start(self) -> str:
        """Open the chosen device, or the default one where it is missing; return its name.

        What is open already is closed first. Raises `ProblemError` where nothing can be opened.
        """
        ...

    def play(self, caller: Pcm16, agent: Pcm16) -> None:
        """Queue both sides, equal length, int16, 8000 Hz; never blocks."""
        ...

    def set_volume(self, fraction: float) -> None:
        """Loudness, 0 (silent) to 1; works before `start` as well."""
        ...

    def set_balance(self, position: float) -> None:
        """-1 is the caller alone, 0 both alike, 1 the agent alone; works before `start` as well."""
        ...

    def flush(self) -> None:
        """Drop queued sound."""
        ...

    def stop(self) -> None:
        """Close the device; safe to call twice."""
        ...


class Microphone(Protocol):
    """This computer's sound input: the operator's voice. Belongs to the event loop."""

    @property
    def healthy(self) -> bool:
        """True while the device gives sound; to be asked at least once a second."""
        ...

    @property
    def fallen_back(self) -> bool:
        """True where another device is open than the chosen one, which is not there."""
        ...

    @property
    def level_dbfs(self) -> float:
        """Level of the latest frame; -90 where there is none."""
        ...

    def devices(self) -> list[SoundDevice]:
        """What can be chosen; blocks for a moment. Raises `ProblemError`."""
        ...

    def choose(self, device: str | None) -> None:
        """Use this `SoundDevice.id`, None for the system's default, from the next `start` on."""
        ...

    async def start(self, on_frame: Callable[[Pcm16], None]) -> str:
        """Open the chosen device, or the default one where it is missing; return its name.

        Args:
            on_frame: is given every 20 ms of the operator's voice in the event loop, levelled,
                shape (160,), int16, 8000 Hz, until `stop`.

        Raises:
            ProblemError: nothing can be opened.
        """
        ...

    async def stop(self) -> None:
        """Close the device; no frame comes once this is called. Safe to call twice."""
        ...
