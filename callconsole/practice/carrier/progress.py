"""Status callbacks of one call: numbered in order, sent without waiting, faults included."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from typing import Any

from callconsole.practice.carrier.faults import CallbackFaults
from callconsole.practice.carrier.orders import Order, rfc2822
from callconsole.practice.carrier.webhooks import Webhooks

Spawn = Callable[[Coroutine[Any, Any, None]], "asyncio.Task[None]"]


class ProgressReporter:
    """Posts the events that the order asks for; sequence numbers count those, from 0."""

    def __init__(
        self, order: Order, call_sid: str, webhooks: Webhooks, faults: CallbackFaults, spawn: Spawn
    ) -> None:
        self._order = order
        self._call_sid = call_sid
        self._webhooks = webhooks
        self._faults = faults
        self._spawn = spawn
        self._sequence = 0
        self._held: list[tuple[str, dict[str, str]]] = []
        # One at a time, so that callbacks arrive in order unless a fault says otherwise.
        self._turn = asyncio.Lock()

    def report(self, event: str, fields: dict[str, str]) -> None:
        """Send an event's callback if it was asked for. `fields` are the call's own."""
        if not self._order.status_callback or event not in self._order.status_events:
            return
        numbered = fields | {
            "Timestamp": rfc2822(datetime.now(UTC)),
            "CallbackSource": "call-progress-events",
            "SequenceNumber": str(self._sequence),
        }
        self._sequence += 1
        if event in self._faults.lost:
            return
        if event != "completed" and self._is_overtaken(event):
            self._held.append((event, numbered))
            return
        for item in ((event, numbered), *self._held):
            self._spawn(self._deliver(*item))
        self._held.clear()

    def _is_overtaken(self, event: str) -> bool:
        faults = self._faults
        return event in faults.overtaken or (faults.reordered and not self._held)

    async def _deliver(self, event: str, fields: dict[str, str]) -> None:
        await asyncio.sleep(self._faults.delayed_s.get(event, 0.0))
        times = 2 if event in self._faults.duplicated else 1
        order = self._order
        async with self._turn:
            for _ in range(times):
                await self._webhooks.send(
                    order.status_callback, fields, self._call_sid, order.status_callback_method
                )
