"""Background tasks that cannot be collected, whose faults reach somebody."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

logger = logging.getLogger(__name__)

_running: set[asyncio.Task[Any]] = set()


def start(
    coro: Coroutine[Any, Any, Any],
    on_error: Callable[[BaseException], None] | None = None,
    name: str | None = None,
) -> asyncio.Task[Any]:
    """Run a coroutine in the background of the running loop.

    asyncio keeps only weak references to tasks, so a task that nobody holds may vanish; this
    module holds it until it is done.

    Args:
        coro: what to run.
        on_error: is given the exception; without it the exception is logged.
        name: shown in logs and by debuggers.
    """
    task = asyncio.get_running_loop().create_task(coro, name=name)
    _running.add(task)

    def done(finished: asyncio.Task[Any]) -> None:
        _running.discard(finished)
        if finished.cancelled():
            return
        error = finished.exception()
        if error is None:
            return
        if on_error is not None:
            on_error(error)
        else:
            logger.error("%s failed", finished.get_name(), exc_info=error)

    task.add_done_callback(done)
    return task


async def stop(task: asyncio.Task[Any] | None) -> None:
    """Cancel a task and wait until it is gone; None and finished tasks are fine."""
    if task is None or task.done():
        return
    task.cancel()
    await asyncio.wait([task])
