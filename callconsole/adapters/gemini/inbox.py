"""What the model has said and nobody has taken yet: in order, and never without bound."""

from __future__ import annotations

import asyncio
from collections import deque

from callconsole.domain.problems import ProblemError
from callconsole.engine.ports import AgentAudio, AgentEvent

# Two minutes of speech at 24000 Hz. Gemini sends replies ahead of time, but not whole minutes:
# more than this waits only where the engine has stopped taking, and then the socket waits too.
HELD_BYTES = 120 * 48_000
_EVENT_BYTES = 500


class Inbox:
    """Events from one task to one consumer; the producer is told when to wait.

    Attributes:
        waiting_bytes: what is held, samples and a flat sum for each event.
    """

    def __init__(self, held_bytes: int = HELD_BYTES) -> None:
        self.waiting_bytes = 0
        self._held_bytes = held_bytes
        self._events: deque[AgentEvent] = deque()
        self._filled = asyncio.Event()
        self._room = asyncio.Event()
        self._room.set()
        self._over = False
        self._problem: ProblemError | None = None

    @property
    def has_room(self) -> bool:
        """False while the producer should wait."""
        return self._room.is_set()

    def put(self, event: AgentEvent) -> None:
        """Append an event; never refuses one that is already here."""
        if self._over:
            return
        self._events.append(event)
        self.waiting_bytes += _size(event)
        if self.waiting_bytes >= self._held_bytes:
            self._room.clear()
        self._filled.set()

    def end(self, problem: ProblemError | None) -> None:
        """No more events: the consumer gets those that wait, then the end or the problem."""
        self._over, self._problem = True, problem
        self._filled.set()
        self._room.set()

    async def room(self) -> None:
        """Wait until there is room."""
        await self._room.wait()

    async def get(self) -> AgentEvent | None:
        """The next event, or None at the end. Raises the `ProblemError` that `end` was given."""
        while not self._events:
            if self._problem is not None:
                raise self._problem
            if self._over:
                return None
            self._filled.clear()
            await self._filled.wait()
        event = self._events.popleft()
        self.waiting_bytes -= _size(event)
        if self.waiting_bytes < self._held_bytes:
            self._room.set()
        return event


def _size(event: AgentEvent) -> int:
    return _EVENT_BYTES + (event.pcm.nbytes if isinstance(event, AgentAudio) else 0)
