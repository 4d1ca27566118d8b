"""One call's answering machine detection at work: it listens, decides, and tells the customer."""

from __future__ import annotations

import asyncio

from callconsole.practice.carrier.amd import AmdOrder, MachineDetector
from callconsole.practice.carrier.line import Line
from callconsole.practice.carrier.services import Services


class Detection:
    """Listens to one call from its answer on.

    Attributes:
        answered_by: Twilio's ``AnsweredBy`` once decided, else None.
        elapsed_ms: audio heard before the decision.
    """

    def __init__(self, order: AmdOrder, call_sid: str, services: Services) -> None:
        self.answered_by: str | None = None
        self.elapsed_ms = 0
        self._order = order
        self._call_sid = call_sid
        self._services = services
        self._decided = asyncio.Event()

    @property
    def blocks(self) -> bool:
        """True where the call's document waits for the verdict."""
        return not self._order.in_background

    async def wait_until_decided(self) -> None:
        """Return when the verdict stands; with the fault ``never``, not at all."""
        await self._decided.wait()

    def fields(self) -> dict[str, str]:
        """What the verdict adds to a request for a document that waited for it."""
        if self.answered_by is None or not self.blocks:
            return {}
        return {
            "AnsweredBy": self.answered_by,
            "MachineDetectionDuration": str(self.elapsed_ms),
        }

    def listen(self, line: Line) -> None:
        """Begin; the voice path has just been opened."""
        detector = MachineDetector(self._order)

        def hear(frame: bytes, _elapsed_ms: int) -> None:
            verdict = detector.feed(frame)
            if verdict is not None:
                line.sinks.remove(hear)
                self._services.tasks.spawn(self._decide(verdict, detector.elapsed_ms))

        line.sinks.append(hear)

    async def _decide(self, verdict: str, elapsed_ms: int) -> None:
        fault = self._services.faults.amd
        if fault.never:
            return
        await asyncio.sleep(fault.late_s)
        self.answered_by = fault.verdict or verdict
        self.elapsed_ms = elapsed_ms
        self._decided.set()
        if not self.blocks and self._order.callback_url:
            for _ in range(2 if fault.duplicated else 1):
                await self._tell(self.answered_by)

    async def _tell(self, answered_by: str) -> None:
        fields = {
            "CallSid": self._call_sid,
            "AccountSid": self._services.account_sid,
            "AnsweredBy": answered_by,
            "MachineDetectionDuration": str(self.elapsed_ms),
        }
        order = self._order
        await self._services.webhooks.send(
            order.callback_url, fields, self._call_sid, order.callback_method
        )
