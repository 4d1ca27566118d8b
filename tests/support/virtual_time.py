"""An event loop whose clock jumps to the next timer: minutes pass at once, to the microsecond."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from datetime import UTC, datetime
from typing import Any


class _Selector(selectors.DefaultSelector):  # type: ignore[misc, valid-type]
    """Does not wait: what would have been waited is added up."""

    def __init__(self) -> None:
        super().__init__()
        self.passed_s = 0.0

    def select(self, timeout: float | None = None) -> list[Any]:
        ready = super().select(0)
        if not ready:
            if timeout is None:
                raise RuntimeError("nothing is due, and nobody is there to wake the loop")
            self.passed_s += timeout
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """Its clock begins at 1000 s, moves only while the loop would sleep, and is `monotonic` too."""

    def __init__(self) -> None:
        self._waited = _Selector()
        super().__init__(self._waited)

    def time(self) -> float:
        return 1000.0 + self._waited.passed_s

    def monotonic(self) -> float:
        return self.time()

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.time(), UTC)


def play(story: Coroutine[Any, Any, None]) -> None:
    """Run a story to its end on a clock of its own."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        runner.run(story)
