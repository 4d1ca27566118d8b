"""Whatever happens to a call, in whatever order, it ends once, and nothing of it stays open."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from unittest.mock import patch

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from callconsole.domain import events
from callconsole.domain.answering import AnsweredBy
from callconsole.domain.call import Phase
from callconsole.engine.ports import (
    AgentAudio,
    AgentCutOff,
    AgentGenerated,
    AgentToolCall,
    AgentTurnDone,
    AgentWords,
    AnswerVerdict,
    CarrierReport,
    CarrierStatus,
)
from callconsole.engine.world import Habits
from fakes.engine import FakeLine
from support.bridge_rig import tone
from support.console_desk import NUMBER, Desk

REPORTS = [
    (CarrierStatus.INITIATED, 0),
    (CarrierStatus.RINGING, 1),
    (CarrierStatus.IN_PROGRESS, 2),
]
ENDS = [CarrierStatus.COMPLETED, CarrierStatus.BUSY, CarrierStatus.NO_ANSWER, CarrierStatus.FAILED]
AGENT = {
    "speaks": AgentAudio(tone(200, 24000)),
    "words": AgentWords("Yes.", by_caller=False),
    "hears": AgentWords("Hello?", by_caller=True),
    "cut off": AgentCutOff(),
    "generated": AgentGenerated(),
    "done": AgentTurnDone(),
    "end_call": AgentToolCall("e", "end_call", {}),
    "keys": AgentToolCall("k", "press_keys", {"digits": "1"}),
    "note": AgentToolCall("n", "take_note", {"note": "Yes."}),
}
STEPS = st.one_of(
    st.tuples(st.just("report"), st.sampled_from(REPORTS)),
    st.tuples(st.just("end"), st.sampled_from(ENDS)),
    st.tuples(st.just("agent"), st.sampled_from(sorted(AGENT))),
    st.tuples(st.just("verdict"), st.sampled_from(list(AnsweredBy))),
    st.tuples(st.just("operator"), st.sampled_from(list(AnsweredBy))),
    st.tuples(st.sampled_from(["stream", "drop", "sound", "hang up", "settle"]), st.none()),
)


class Story:
    """One call, played as drawn."""

    def __init__(self, folder: Path) -> None:
        self.desk = Desk(folder, habits=Habits("appointment_reminder"))
        self.lines: list[FakeLine] = []
        self.tasks: list[asyncio.Task[None]] = []

    async def play(self, steps: list[tuple[str, object]]) -> None:
        call = await self.desk.console.place_call(NUMBER)
        self.sid = call.sid
        for kind, what in steps:
            self.step(kind, what)
            await asyncio.sleep(0)

    def step(self, kind: str, what: object) -> None:
        console = self.desk.console
        match kind, what:
            case "report", (status, sequence):
                console.carrier_reported(CarrierReport(self.sid, status, sequence))
            case "end", CarrierStatus() as status:
                console.carrier_reported(CarrierReport(self.sid, status, 3, 486))
            case "agent", str() as name:
                self.desk.agent.sessions[0].does(AGENT[name])
            case "verdict", AnsweredBy() as heard:
                console.answer_judged(AnswerVerdict(self.sid, heard, heard.value))
            case "operator", AnsweredBy() as heard:
                console.judge_answer(self.sid, heard)
            case "stream", _:
                self.lines.append(FakeLine(self.sid))
                self.tasks.append(asyncio.create_task(console.serve_line(self.lines[-1])))
            case "drop", _ if self.lines:
                self.lines[-1].hang_up()
            case "sound", _ if self.lines:
                self.lines[-1].say(np.full(800, 2000, np.int16))
            case "hang up", _:
                self.tasks.append(asyncio.create_task(console.hang_up(self.sid)))

    async def finish(self) -> None:
        self.desk.console.carrier_reported(CarrierReport(self.sid, CarrierStatus.COMPLETED, 4))
        await self.desk.console.stop()
        await asyncio.gather(*self.tasks)

    def check(self) -> None:
        call = self.desk.console.call(self.sid)
        assert call is not None
        assert call.phase is Phase.ENDED
        assert call.ending is not None
        assert not call.deciding
        named = [type(e) for e in self.desk.events if isinstance(e, events.CallEvent)]
        for once in (events.CallQueued, events.CallEnded):
            assert named.count(once) == 1
        for at_most_once in (events.CallRinging, events.CallAnswered, events.RecordingStarted):
            assert named.count(at_most_once) <= 1
        after = named[named.index(events.CallEnded) + 1 :]
        assert not {events.CallRinging, events.CallAnswered, events.StreamStarted} & set(after)
        assert self.desk.agent.sessions[0].closed
        assert all(line.closed for line in self.lines)
        assert len(self.desk.carrier.orders) == 1


@settings(max_examples=120, deadline=None)
@given(st.lists(STEPS, max_size=25))
def test_it_ends_once_and_leaves_nothing(steps: list[tuple[str, object]]) -> None:
    async def life(folder: Path) -> None:
        story = Story(folder)
        await story.play(steps)
        await story.finish()
        story.check()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        await asyncio.gather(*others)
        assert not others or all(task.done() for task in others)

    with (
        tempfile.TemporaryDirectory() as folder,
        patch("callconsole.engine.hanging_up.LAST_WORD_S", 0.02),
        patch("callconsole.engine.call_streams.REJOIN_S", 0.02),
        patch("callconsole.engine.call_streams.MISSED_AFTER_S", 0.01),
    ):
        asyncio.run(life(Path(folder)))
