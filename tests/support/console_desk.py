"""A console on a fake world, for tests that drive it as a front end and the outside would."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from callconsole.domain.answering import GateMode
from callconsole.domain.call import Call
from callconsole.domain.events import Event
from callconsole.engine.console import Console
from callconsole.engine.ports import CarrierReport, CarrierStatus
from callconsole.engine.world import Habits, World
from fakes.engine import FakeAgent, FakeCarrier, FakeClock, FakeLine, FakePrompts, FakeSpeaker
from fakes.history import FakeHistory

NUMBER = "+1 415 555 2671"


class Desk:
    """A console on a fake world, with everything it published."""

    def __init__(
        self,
        recordings: Path,
        speaker: FakeSpeaker | None = None,
        habits: Habits | None = None,
    ) -> None:
        self.carrier = FakeCarrier()
        self.agent = FakeAgent()
        self.prompts = FakePrompts()
        self.clock = FakeClock()
        self.history = FakeHistory()
        self.events: list[Event] = []
        self._changed = asyncio.Event()
        self.console = Console(
            prompts=self.prompts,
            clock=self.clock,
            habits=habits or Habits("appointment_reminder", gate=GateMode.OFF),
            recordings=recordings,
            speaker=speaker,
            history=self.history,
            version="1.2.3",
        )
        self.console.subscribe(self._keep)
        self.console.connect(
            World("practice", self.carrier, self.agent, "https://console.practice.example")
        )

    def _keep(self, event: Event) -> None:
        self.events.append(event)
        self._changed.set()

    def names(self) -> list[str]:
        return [type(event).__name__ for event in self.events]

    async def until(self, true: Callable[[], bool]) -> None:
        async with asyncio.timeout(5):
            while not true():
                self._changed.clear()
                await self._changed.wait()

    def report(self, call: Call, status: CarrierStatus, **more: int) -> None:
        self.console.carrier_reported(CarrierReport(call.sid, status, **more))

    async def answered(self) -> tuple[Call, FakeLine, asyncio.Task[None]]:
        call = await self.console.place_call(NUMBER)
        self.report(call, CarrierStatus.RINGING)
        line = FakeLine(call.sid)
        served = asyncio.create_task(self.console.serve_line(line))
        await self.until(lambda: "StreamStarted" in self.names())
        return call, line, served
