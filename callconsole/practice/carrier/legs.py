"""Two calls as one conversation: what a dialled leg offers, and the voice path between both."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from callconsole.practice.carrier.line import Line
from callconsole.practice.carrier.playout import SILENT_FRAME

# Both lines keep their own clock; what one is ahead is held for the other, at most 200 ms.
_MOST_FRAMES = 10


class Leg(Protocol):
    """A call that another one dialled."""

    @property
    def sid(self) -> str:
        """CA and 32 hex digits."""
        ...

    @property
    def status(self) -> str:
        """Twilio's word."""
        ...

    @property
    def line(self) -> Line | None:
        """The voice path, from the answer on."""
        ...

    @property
    def duration_s(self) -> int:
        """Whole seconds since the answer; 0 without one."""
        ...

    async def wait_until_joinable(self) -> bool:
        """Return when it was answered and its own document is done; False where it ended first."""
        ...

    async def wait_until_over(self) -> None:
        """Return when it has ended."""
        ...

    def hang_up(self, by: str) -> None:
        """End it as whatever it is by now; nothing happens to one that has ended."""
        ...


class _Pipe:
    """What one party says, on its way to the other's ear."""

    def __init__(self) -> None:
        self._frames: deque[bytes] = deque(maxlen=_MOST_FRAMES)

    def put(self, frame: bytes, _elapsed_ms: int) -> None:
        self._frames.append(frame)

    def take(self) -> bytes:
        return self._frames.popleft() if self._frames else SILENT_FRAME


@contextmanager
def joined(one: Line, other: Line) -> Iterator[None]:
    """Let two parties hear one another for as long as the context lasts."""
    pipes = ((one, _Pipe(), other), (other, _Pipe(), one))
    for mouth, pipe, ear in pipes:
        mouth.sinks.append(pipe.put)
        ear.play(pipe.take)
    try:
        yield
    finally:
        for mouth, pipe, ear in pipes:
            mouth.sinks.remove(pipe.put)
            ear.stop(pipe.take)
