"""An event loop that does not count the time which the machine did not give it.

A computer that runs a phone call is never stopped for a third of a second; one that runs tests is.
On this loop a stall, or slow work, makes the world late as a whole: the phone, the carrier, the
agent and the console, which a test runs side by side, keep step with one another.
"""

from __future__ import annotations

import asyncio
import selectors
import time
from collections.abc import Callable
from concurrent.futures import Executor
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from callconsole.engine.clock import SystemClock

# What is counted of each piece of work, and of each wait beyond its time, at the most.
WORK_S = 0.001
LATE_S = 0.005
# A thread that works for the loop holds its clock for so long; one that waits does no longer.
THREAD_S = 5.0


class _Selector(selectors.DefaultSelector):  # type: ignore[misc, valid-type]
    """Waits as any selector does, and adds up how long it was asked to.

    Attributes:
        threads: when each piece of work began that another thread does for the loop just now.
    """

    def __init__(self) -> None:
        super().__init__()
        self.threads: dict[asyncio.Future[Any], float] = {}
        self._passed_s = time.monotonic()
        self._left_at_s = self._passed_s

    @property
    def passed_s(self) -> float:
        return self._passed_s + min(time.monotonic() - self._left_at_s, WORK_S)

    def select(self, timeout: float | None = None) -> list[Any]:
        self._passed_s = self.passed_s
        began_s = time.monotonic()
        if self._a_thread_works(began_s) and timeout != 0:
            ready = super().select(THREAD_S if timeout is None else max(timeout, WORK_S))
            self._left_at_s = time.monotonic()
            return ready
        ready = super().select(timeout)
        self._left_at_s = time.monotonic()
        waited_s = self._left_at_s - began_s
        self._passed_s += waited_s if timeout is None else min(waited_s, timeout + LATE_S)
        return ready

    def _a_thread_works(self, now_s: float) -> bool:
        return any(now_s - began_s < THREAD_S for began_s in self.threads.values())


class PatientLoop(asyncio.SelectorEventLoop):
    """Its clock is the monotonic one, less what was lost."""

    def __init__(self) -> None:
        self._waits = _Selector()
        super().__init__(self._waits)

    def time(self) -> float:
        return self._waits.passed_s

    def run_in_executor(
        self, executor: Executor | None, func: Callable[..., Any], *args: Any
    ) -> asyncio.Future[Any]:
        work: asyncio.Future[Any] = super().run_in_executor(executor, func, *args)
        self._waits.threads[work] = time.monotonic()
        work.add_done_callback(self._waits.threads.pop)
        return work


def lost_s() -> float:
    """How much the running loop's clock is behind the computer's."""
    loop = asyncio.events._get_running_loop()
    return time.monotonic() - loop.time() if isinstance(loop, PatientLoop) else 0.0


class PatientClock(SystemClock):
    """The computer's clock, which goes as slowly as the loop that asks it."""

    def now(self) -> datetime:
        return PatientTime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic() - lost_s()


class PatientTime(datetime):
    """The same for those who ask `datetime` itself."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        return datetime.now(tz) - timedelta(seconds=lost_s())
