"""What a test may not leave behind: threads, asyncio tasks, running Qt timers and animations."""

from __future__ import annotations

import asyncio
import gc
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

# asyncio keeps the executor of a loop until the loop is closed; the others are pools and
# monitors that libraries keep for the life of the process.
_TOLERATED = ("asyncio_", "pytest", "execnet", "QThread", "Dummy", "tokio", "grpc")
GRACE_S = 20.0  # on a busy machine; what is gone by then was not left
COLLECT_AFTER = 50_000


def threads() -> set[threading.Thread]:
    """The threads that run Python now, without those that nobody could join."""
    return {
        thread
        for thread in threading.enumerate()
        if not thread.name.startswith(_TOLERATED) and not isinstance(thread, threading._DummyThread)
    }


def left(before: set[threading.Thread], grace_s: float = GRACE_S) -> list[str]:
    """Names of threads that are still alive after a grace period."""
    limit = time.monotonic() + grace_s
    while remaining := threads() - before:
        if time.monotonic() > limit:
            return sorted(thread.name for thread in remaining)
        time.sleep(0.01)
    return []


async def tasks_left(before: set[asyncio.Task[object]], grace_s: float = GRACE_S) -> list[str]:
    """Names of asyncio tasks that are still pending after a grace period."""
    mine = asyncio.current_task()
    remaining = {task for task in asyncio.all_tasks() if task is not mine} - before
    if remaining:
        _, remaining = await asyncio.wait(remaining, timeout=grace_s)
    return sorted(f"{task.get_name()}: {task.get_coro()!r}" for task in remaining)


def qt_activity() -> list[str]:
    """Active timers and running animations that Python still holds."""
    if running := _active():
        # A widget's cycle may only be waiting for the collector, its deletion for the event loop.
        delete_later_now()
        gc.collect()
        running = _active()
    for thing in running:
        thing.stop()  # or it is found again after every test that follows
    return [f"{type(thing).__name__} of {_owner(thing)}" for thing in running]


def _active() -> list[Any]:
    from PySide6.QtCore import QAbstractAnimation, QTimer
    from shiboken6 import isValid

    checks: Iterable[tuple[type, Callable[..., bool]]] = (
        (QTimer, lambda timer: timer.isActive()),
        (QAbstractAnimation, lambda it: it.state() == QAbstractAnimation.State.Running),
    )
    return [
        thing
        for thing in gc.get_objects()
        for kind, is_running in checks
        # Not isinstance, which asks weak proxies for the class of what they have lost.
        if issubclass(type(thing), kind) and isValid(thing) and is_running(thing)
    ]


def _owner(thing: Any) -> str:
    parent = thing.parent()
    return f"{type(parent).__name__} {parent.objectName()}".strip() if parent else "nobody"


def process_events() -> None:
    """Let Qt do what waits to be done around a test, but for timers.

    No event loop runs by then, so that a view model whose timer is due could start no task: on a
    slow machine, a short test's first timer is.
    """
    from PySide6.QtCore import QCoreApplication, QEventLoop

    if (application := QCoreApplication.instance()) is not None:
        application.processEvents(QEventLoop.ProcessEventsFlag.X11ExcludeTimers)


def delete_later_now() -> None:
    """Let what waits for its deletion go now, in this thread.

    Left waiting, it may fall to Python's collector in a worker thread, and a QObject that dies
    there leaves its timers behind, which crash the next event loop.
    """
    from PySide6.QtCore import QCoreApplication, QEvent

    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def collect_now_and_then() -> None:
    """Collect garbage between two tests, in the main thread, instead of somewhere in a worker.

    A failed test's window is kept by its report for a while, so that `delete_later_now` is not
    enough.
    """
    if gc.get_count()[0] > COLLECT_AFTER:
        gc.collect()
