"""Waiting until something about a call has become true, told by whoever changes it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class Changes:
    """Wakes those who wait whenever `happened` is called; costs nothing while nobody does."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def happened(self) -> None:
        """Something changed: let those who wait look again."""
        self._event.set()

    async def until(self, true: Callable[[], bool], limit_s: float | None = None) -> bool:
        """Return True as soon as `true()` is, or False after `limit_s` seconds."""
        try:
            async with asyncio.timeout(limit_s):
                while not true():
                    self._event.clear()
                    await self._event.wait()
        except TimeoutError:
            return False
        return True
