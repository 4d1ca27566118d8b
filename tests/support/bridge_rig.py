"""A bridge between a scripted phone and a scripted model."""

from __future__ import annotations

import asyncio

import numpy as np

from callconsole.domain import events
from callconsole.domain.problems import Problem
from callconsole.engine.bridge import Bridge
from callconsole.engine.conversation import Conversation
from callconsole.engine.ports import AgentToolCall, AgentToolCancelled, Pcm16
from callconsole.engine.silence import SilenceStep
from callconsole.engine.timeline import Timeline
from callconsole.engine.watchdog import Remedy, Stall
from fakes.engine import SID, FakeAgentSession, FakeClock, FakeLine


def tone(duration_ms: int, rate_hz: int, hertz: float = 440.0, peak: int = 8000) -> Pcm16:
    time_s = np.arange(rate_hz * duration_ms // 1000) / rate_hz
    return np.rint(peak * np.sin(2 * np.pi * hertz * time_s)).astype(np.int16)


class Rig:
    """A bridge between a scripted phone and a scripted model."""

    def __init__(self, *, protect_greeting: bool = False) -> None:
        self.stalls: list[tuple[Stall, Remedy]] = []
        self.line = FakeLine()
        self.session = FakeAgentSession()
        self.events: list[events.CallEvent] = []
        self.happened = asyncio.Event()
        self.clock = FakeClock()
        self.timeline = Timeline()
        self.conversation = Conversation(lambda _: self.happened.set())
        self.lost: list[Problem] = []
        self.tools: list[AgentToolCall | AgentToolCancelled] = []
        self.said: list[str] = []
        self.keys: list[str] = []
        self.silences: list[SilenceStep] = []
        self.utterance_ms = 0
        self.bridge = Bridge(
            SID,
            self.session,
            self.timeline,
            self.conversation,
            self.clock,
            self.publish,
            self,
            protect_greeting=protect_greeting,
            utterance_ms=lambda: self.utterance_ms,
        )
        self.task = asyncio.create_task(self.bridge.run(self.line))

    def stalled(self, stall: Stall, remedy: Remedy) -> None:
        self.stalls.append((stall, remedy))

    def agent_lost(self, problem: Problem) -> None:
        self.lost.append(problem)

    def tool_called(self, event: AgentToolCall | AgentToolCancelled) -> None:
        self.tools.append(event)

    def caller_said(self, text: str) -> None:
        self.said.append(text)

    def key_received(self, digit: str) -> None:
        self.keys.append(digit)

    def silent(self, step: SilenceStep) -> None:
        self.silences.append(step)

    def publish(self, event: events.CallEvent) -> None:
        self.events.append(event)
        self.happened.set()

    def of(self, kind: type[events.CallEvent]) -> list[events.CallEvent]:
        return [event for event in self.events if isinstance(event, kind)]

    async def settled(self) -> None:
        """Everything that is queued has been taken in."""
        for _ in range(20):
            await asyncio.sleep(0)

    async def stop(self) -> None:
        self.line.hang_up()
        await self.task
        await self.bridge.close()
