"""A way that takes time: what is put in at one end comes out at the other, later and in order."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

Item = TypeVar("Item")


class Distance(Generic[Item]):
    """One direction of a network.

    Args:
        delay_ms: how long everything is under way; at 0 it is delivered within `put`.
        deliver: the other end.
    """

    def __init__(self, delay_ms: float, deliver: Callable[[Item], None]) -> None:
        self._delay_s = delay_ms / 1000
        self._deliver = deliver
        self._under_way: deque[tuple[float, Item]] = deque()
        self._timer: asyncio.TimerHandle | None = None

    def put(self, item: Item) -> None:
        """Send something on its way."""
        if self._delay_s <= 0:
            self._deliver(item)
            return
        loop = asyncio.get_running_loop()
        self._under_way.append((loop.time() + self._delay_s, item))
        if self._timer is None:
            self._timer = loop.call_at(self._under_way[0][0], self._arrive)

    def hasten(self) -> None:
        """Deliver all that is under way now: the way is about to be closed."""
        self._stop()
        while self._under_way:
            self._deliver(self._under_way.popleft()[1])

    def close(self) -> None:
        """Lose what is under way."""
        self._stop()
        self._under_way.clear()

    def _arrive(self) -> None:
        self._timer = None
        loop = asyncio.get_running_loop()
        while self._under_way and self._under_way[0][0] <= loop.time():
            self._deliver(self._under_way.popleft()[1])
        if self._under_way:
            self._timer = loop.call_at(self._under_way[0][0], self._arrive)

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
