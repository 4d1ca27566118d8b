"""What every part of the phone company needs: the account, the way out, and the notebook."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any

from callconsole.practice.carrier.alerts import AlertLog
from callconsole.practice.carrier.edge import Edge
from callconsole.practice.carrier.faults import CarrierFaults
from callconsole.practice.carrier.legs import Leg
from callconsole.practice.carrier.number import NumberSettings
from callconsole.practice.carrier.orders import Order
from callconsole.practice.carrier.webhooks import Webhooks
from callconsole.practice.clips import Clip

_log = logging.getLogger(__name__)


class TaskKeeper:
    """Holds background tasks until they are done, and ends those that are left."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run in the background; an exception is logged."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)
        return task

    async def finish(self, patience_s: float = 0.0) -> None:
        """Wait that long for the tasks, then cancel what is left."""
        if self._tasks and patience_s:
            await asyncio.wait(self._tasks, timeout=patience_s)
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            _log.error("the practice carrier failed", exc_info=error)


@dataclass(frozen=True, slots=True)
class Services:
    """Shared by all calls of one phone company.

    Attributes:
        number: the account's own, E.164.
        place: begins a call that another one dials.
        is_unverified: true for numbers that a trial account may not call.
        own: what the account's number is set to.
    """

    account_sid: str
    number: str
    edge: Edge
    webhooks: Webhooks
    alerts: AlertLog
    faults: CarrierFaults
    clips: Mapping[str, Clip]
    tasks: TaskKeeper
    place: Callable[[Order], Leg]
    is_unverified: Callable[[str], bool]
    own: NumberSettings


def new_sid(prefix: str) -> str:
    """A fresh Twilio name: two letters and 32 hex digits."""
    return prefix + secrets.token_hex(16)
