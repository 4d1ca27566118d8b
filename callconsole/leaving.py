"""What asks the program from outside to end: Ctrl+C, SIGTERM, a terminal that is closed."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Callable, Coroutine
from types import FrameType
from typing import Any, Final

ENDED: Final = 128 + signal.SIGTERM
"""Exit code of a command that was asked to end before it was done."""


def asked_to_end() -> tuple[signal.Signals, ...]:
    """The signals that ask for an end; a closed terminal does not where ``nohup`` says so."""
    hang_up = getattr(signal, "SIGHUP", None)
    if hang_up is None or signal.getsignal(hang_up) is signal.SIG_IGN:
        return (signal.SIGINT, signal.SIGTERM)
    return (signal.SIGINT, signal.SIGTERM, hang_up)


class Leave:
    """Remembers that somebody asked for the end, from its making on, and tells once.

    It raises nothing: an exception in one of Qt's slots is printed there and lost, and the
    program would go on as if nobody had asked.
    """

    def __init__(self) -> None:
        """Catch the signals; to be called in the main thread."""
        self._asked = False
        self._then: Callable[[], None] | None = None
        for number in asked_to_end():
            signal.signal(number, self._on_signal)

    def tell(self, then: Callable[[], None]) -> None:
        """Have this called when the end is asked for; at once where it was already."""
        self._then = then
        if self._asked:
            then()

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self._asked = True
        if self._then is not None:
            self._then()


async def until_asked(work: Coroutine[Any, Any, int]) -> int:
    """Run a command; SIGTERM and a closed terminal cancel it, so that it closes what it opened.

    Ctrl+C is `asyncio.Runner`'s. On Windows, which has no such signals, nothing is added.
    """
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    asked = False

    def end() -> None:
        nonlocal asked
        asked = True
        if task is not None:
            task.cancel()

    for number in asked_to_end()[1:]:
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(number, end)
    try:
        return await work
    except asyncio.CancelledError:
        if asked:
            return ENDED
        raise
