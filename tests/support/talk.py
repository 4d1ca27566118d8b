"""One call with its line, on a console with a gate, driven from all its ends."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from callconsole.domain.abilities import Abilities, TransferTarget
from callconsole.domain.answering import AnsweredBy
from callconsole.domain.call import Call, Ending
from callconsole.domain.problems import Problem
from callconsole.domain.prompt import Prompt
from callconsole.engine.ports import (
    AgentAudio,
    AgentGenerated,
    AgentToolCall,
    AgentTurnDone,
    AnswerVerdict,
    CarrierStatus,
)
from callconsole.engine.world import Habits
from fakes.engine import FakeAgentSession, FakeLine
from support.bridge_rig import tone
from support.console_desk import Desk

COLLEAGUE = TransferTarget("Front desk", "+14155550117")
SAID = (AgentAudio(tone(400, 24000)), AgentGenerated(), AgentTurnDone())
REFUSED = Problem("twilio.21220", "The call is over", "It has ended.", "Stop.")


class Talk:
    """One call with its line, on a console with a gate."""

    def __init__(self, desk: Desk, call: Call, line: FakeLine, served: asyncio.Task[None]) -> None:
        self.desk, self.sid, self.line, self.served = desk, call.sid, line, served

    @property
    def agent(self) -> FakeAgentSession:
        return self.desk.agent.sessions[-1]

    @property
    def call(self) -> Call:
        call = self.desk.console.call(self.sid)
        assert call is not None
        return call

    @property
    def ending(self) -> Ending:
        assert self.call.ending is not None
        return self.call.ending

    def carrier_hears(self, answered_by: AnsweredBy, detail: str) -> None:
        self.desk.console.answer_judged(AnswerVerdict(self.sid, answered_by, detail))

    def tool(self, name: str, **arguments: Any) -> None:
        self.agent.does(AgentToolCall(f"{name}-{len(self.agent.results)}", name, arguments))

    async def event(self, kind: str) -> None:
        await self.desk.until(lambda: kind in self.desk.names())

    async def said(self, *said: Any) -> None:
        self.agent.does(*said)
        for _ in range(20):
            await asyncio.sleep(0)

    def echo_all(self) -> None:
        for name in self.line.marks():
            self.line.echo(name)

    async def rejoin(self, token: str) -> FakeLine:
        assert await self.desk.console.admit(self.sid, token)
        line = FakeLine(self.sid)
        before = self.desk.names().count("StreamStarted")
        self.served = asyncio.create_task(self.desk.console.serve_line(line))
        await self.desk.until(lambda: self.desk.names().count("StreamStarted") > before)
        return line

    async def over(self, status: CarrierStatus = CarrierStatus.COMPLETED) -> None:
        self.desk.report(self.call, status)
        await self.event("CallEnded")


def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, seconds in (
        ("hanging_up.LAST_WORD_S", 0.05),
        ("call_streams.REJOIN_S", 0.2),
        ("call_streams.MISSED_AFTER_S", 0.01),
        ("farewell.WORDS_S", 0.3),
        ("passing_on.OLD_TURN_S", 0.3),
        ("farewell.TRAILING_S", 0.05),
        ("farewell.ECHO_S", 0.2),
        ("farewell.TAIL_S", 0.0),
    ):
        monkeypatch.setattr(f"callconsole.engine.{name}", seconds)


async def opened(tmp_path: Path, **habits: Any) -> Talk:
    desk = Desk(tmp_path, habits=Habits("survey", **habits))
    desk.prompts.write(Prompt("survey", "You are Ada.", Abilities(transfers=(COLLEAGUE,))))
    return Talk(desk, *await desk.answered())


async def closed(talk: Talk) -> None:
    for call in talk.desk.console.live_calls():
        talk.desk.report(call, CarrierStatus.COMPLETED)
    await talk.desk.console.stop()
