"""The Qt loop of tests: a timer waits for what was started before it.

Where the machine stalls, a short wait is over before the work that it gives way to has begun. So a
timer lets the loop go round a few times when it is due, and lets threads finish that work for it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextvars import Context
from typing import Any

from PySide6.QtWidgets import QApplication
from qasync import QEventLoop

from support.patient_time import THREAD_S

ROUNDS = 10
LOOK_S = 0.002


class PatientQtLoop(QEventLoop):  # type: ignore[misc]
    """qasync's, with timers that are never early for anything."""

    def __init__(self) -> None:
        self._threads: dict[asyncio.Future[Any], float] = {}
        super().__init__(QApplication.instance() or QApplication([]))

    def call_later(
        self,
        delay: float,
        callback: Callable[..., object],
        *args: Any,
        context: Context | None = None,
    ) -> asyncio.Handle:
        if delay <= LOOK_S:
            return super().call_later(delay, callback, *args, context=context)

        def due(rounds: int = ROUNDS) -> None:
            if handle.cancelled():
                return
            if self._a_thread_works():
                super(PatientQtLoop, self).call_later(LOOK_S, due, rounds, context=context)
            elif rounds:
                self.call_soon(due, rounds - 1, context=context)
            else:
                callback(*args)

        handle = super().call_later(delay, due, context=context)
        return handle

    def run_in_executor(
        self, executor: Any, callback: Callable[..., Any], *args: Any
    ) -> asyncio.Future[Any]:
        work: asyncio.Future[Any] = super().run_in_executor(executor, callback, *args)
        self._threads[work] = time.monotonic()
        work.add_done_callback(self._threads.pop)
        return work

    def _a_thread_works(self) -> bool:
        now_s = time.monotonic()
        return any(now_s - began_s < THREAD_S for began_s in self._threads.values())
