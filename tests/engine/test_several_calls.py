"""Several calls on one desk: which of them is heard, how many more fit, and ending them all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest

from callconsole.domain.answering import GateMode
from callconsole.domain.call import Call, EndedBy
from callconsole.domain.dialling import DialError
from callconsole.domain.incoming import Answerer, Incoming, IncomingCall
from callconsole.engine.ports import CarrierStatus
from callconsole.engine.world import Habits
from fakes.engine import FakeLine, FakeSpeaker
from support.console_desk import Desk

pytestmark = pytest.mark.virtual_time

NUMBERS = ("+14155552671", "+14155552672", "+14155552673")


class Party:
    """A desk of three lines with a speaker; calls on it that are answered."""

    def __init__(self, folder: Path) -> None:
        self.speaker = FakeSpeaker()
        habits = Habits(
            "appointment_reminder", gate=GateMode.OFF, max_calls=3, incoming=Incoming.ASK
        )
        self.desk = Desk(folder, self.speaker, habits)
        self.console = self.desk.console
        self.served: list[asyncio.Task[None]] = []

    async def call(self, number: str) -> tuple[Call, FakeLine]:
        call = await self.console.place_call(number)
        line = FakeLine(call.sid)
        self.desk.report(call, CarrierStatus.IN_PROGRESS)
        self.served.append(asyncio.create_task(self.console.serve_line(line)))
        await self.desk.until(
            lambda: any(
                getattr(event, "call_sid", "") == call.sid
                and type(event).__name__ == "StreamStarted"
                for event in self.desk.events
            )
        )
        return call, line

    async def answer_yourself(self) -> tuple[str, FakeLine]:
        """The operator picks up a call that comes in."""
        caller = IncomingCall("CA" + "1" * 32, "+14155550131", "+16285550100")
        asked = asyncio.create_task(self.console.incoming_call(caller))
        await self.desk.until(lambda: "IncomingCallRang" in self.desk.names())
        await self.console.answer_incoming(caller.sid, Answerer.OPERATOR)
        await asked
        line = FakeLine(caller.sid)
        self.served.append(asyncio.create_task(self.console.serve_line(line)))
        await self.desk.until(lambda: "OperatorTookOver" in self.desk.names())
        return caller.sid, line

    async def heard_of(self, line: FakeLine, other: FakeLine, level: int) -> list[int]:
        """The levels that the speaker plays while this line sounds so loud, the other half."""
        self.speaker.played.clear()
        before = self.speaker.starts
        for _ in range(3):
            line.say(np.full(800, level, np.int16))
            other.say(np.full(800, level // 2, np.int16))
        await self.desk.until(lambda: len(self.speaker.played) >= 5)
        assert self.speaker.starts == before
        return sorted({int(caller.max()) for caller, _agent in self.speaker.played} - {0})


@pytest.fixture
async def party(tmp_path: Path) -> AsyncIterator[Party]:
    made = Party(tmp_path)
    yield made
    for call in made.console.live_calls():
        made.desk.report(call, CarrierStatus.COMPLETED)
    await made.console.stop()
    await asyncio.gather(*made.served)


async def test_a_new_call_takes_the_focus_only_where_none_has_it(party: Party) -> None:
    first, _line = await party.call(NUMBERS[0])
    second, _line = await party.call(NUMBERS[1])
    assert party.console.heard == first.sid
    party.console.focus(second.sid)
    assert party.console.heard == second.sid
    party.desk.report(second, CarrierStatus.COMPLETED)
    assert party.console.heard == first.sid
    party.console.focus(None)
    assert party.console.heard is None
    party.console.focus(second.sid)
    assert party.console.heard is None


async def test_listening_follows_the_focus(party: Party) -> None:
    party.console.listen(True)
    first, one = await party.call(NUMBERS[0])
    second, two = await party.call(NUMBERS[1])
    await party.desk.until(lambda: party.speaker.playing)
    only = await party.heard_of(one, two, 8000)
    party.console.focus(second.sid)
    assert party.speaker.flushed == 1
    assert max(await party.heard_of(two, one, 16000)) > max(only)
    assert party.console.heard != first.sid


async def test_the_operator_hears_whom_they_speak_to(party: Party) -> None:
    first, _line = await party.call(NUMBERS[0])
    second, _line = await party.call(NUMBERS[1])
    await party.console.take_over(first.sid)
    party.console.focus(second.sid)
    assert party.console.heard == first.sid
    party.console.hand_back(first.sid, "")
    assert party.console.heard == second.sid


async def test_who_speaks_hears_the_callee_even_with_listening_off_and_never_themselves(
    party: Party,
) -> None:
    call, line = await party.call(NUMBERS[0])
    assert not party.speaker.playing
    await party.console.take_over(call.sid)
    await party.desk.until(lambda: "ServiceChanged" in party.desk.names())
    for _ in range(20):
        party.desk.microphone.say(np.full(160, 9000, np.int16))
        line.say(np.full(160, 5000, np.int16))
    await party.desk.until(lambda: len(party.speaker.played) >= 10)
    assert max(int(caller.max()) for caller, _agent in party.speaker.played) > 4000
    assert not any(agent.any() for _caller, agent in party.speaker.played)
    party.console.hand_back(call.sid, "")
    while party.speaker.playing:
        await asyncio.sleep(0)


async def test_who_answers_a_call_hears_the_caller_and_not_the_call_that_is_shown(
    party: Party,
) -> None:
    party.console.listen(True)
    first, one = await party.call(NUMBERS[0])
    await party.desk.until(lambda: party.speaker.playing)
    sid, line = await party.answer_yourself()
    assert (party.console.heard, sid) == (sid, sid)
    assert max(await party.heard_of(line, one, 16000)) > 15000
    party.console.hand_back(sid, "")
    assert party.console.heard == first.sid


async def test_free_lines_are_counted_and_the_last_refused(party: Party) -> None:
    assert party.console.lines_free() == 3
    for number in NUMBERS:
        await party.call(number)
    assert party.console.lines_free() == 0
    with pytest.raises(DialError):
        await party.console.place_call("+14155552674")


async def test_all_calls_are_hung_up_at_once(party: Party) -> None:
    calls = [(await party.call(number))[0] for number in NUMBERS]
    ending = asyncio.create_task(party.console.hang_up_all())
    while len(party.desk.carrier.ended) < 3:
        await asyncio.sleep(0)
    for call in calls:
        party.desk.report(call, CarrierStatus.COMPLETED)
    await ending
    assert party.console.live_calls() == []
    endings = [ended.ending for ended in party.console.calls()]
    assert [ending.by for ending in endings if ending] == [EndedBy.OPERATOR] * 3
    assert party.console.lines_free() == 3
