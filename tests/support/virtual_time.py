"""An event loop whose clock jumps to the next timer: minutes pass at once, to the microsecond.

However slow or busy the machine is, nothing on such a loop comes too late, because no time passes
while work is done.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor
from datetime import UTC, datetime
from typing import Any


class _Selector(selectors.DefaultSelector):  # type: ignore[misc, valid-type]
    """Waits for threads only: what would have been waited otherwise is added up.

    Attributes:
        passed_s: the time that has passed.
        threads_busy: how many pieces of work another thread does for the loop just now.
    """

    def __init__(self) -> None:
        super().__init__()
        self.passed_s = 0.0
        self.threads_busy = 0

    def select(self, timeout: float | None = None) -> list[Any]:
        if self.threads_busy and (timeout is None or timeout > 0):
            return super().select(None)
        ready = super().select(0)
        if not ready:
            if timeout is None:
                raise RuntimeError("nothing is due, and nobody is there to wake the loop")
            self.passed_s += timeout
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """Its clock begins at 1000 s, moves only while the loop would sleep, and is `monotonic` too.

    Work that is given to a thread takes no time. Sockets and processes have no place here.
    """

    def __init__(self) -> None:
        self._waited = _Selector()
        super().__init__(self._waited)

    def time(self) -> float:
        return 1000.0 + self._waited.passed_s

    def monotonic(self) -> float:
        return self.time()

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.time(), UTC)

    def block(self, seconds: float) -> None:
        """Let time pass in which the loop does nothing, as if a callback had taken so long."""
        self._waited.passed_s += seconds

    def run_in_executor(
        self, executor: Executor | None, func: Callable[..., Any], *args: Any
    ) -> asyncio.Future[Any]:
        work: asyncio.Future[Any] = super().run_in_executor(executor, func, *args)
        self._waited.threads_busy += 1
        work.add_done_callback(self._thread_is_done)
        return work

    async def shutdown_default_executor(self, *given: Any) -> None:
        self._waited.threads_busy += 1
        try:
            await super().shutdown_default_executor(*given)
        finally:
            self._waited.threads_busy -= 1

    def _thread_is_done(self, _: object) -> None:
        self._waited.threads_busy -= 1


def virtual_loop() -> VirtualLoop:
    """The loop of a test or a story that runs on virtual time."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualLoop)
    return loop


def play(story: Coroutine[Any, Any, None]) -> None:
    """Run a story to its end on a clock of its own."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        runner.run(story)
