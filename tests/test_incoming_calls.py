"""Somebody calls us: answered by the AI, by a person, by nobody; over real sockets."""

from __future__ import annotations

from pathlib import Path

from callconsole.domain import events
from callconsole.domain.call import Call, Direction, Ending, Outcome, Phase
from callconsole.domain.transcript import Speaker
from callconsole.practice.callers import ASKS, Caller
from callconsole.practice.carrier import PracticeCall
from support.room import Room
from support.stories import practising

ASK = {"CALLCONSOLE_INCOMING": "ask"}


async def rings(room: Room, caller: Caller = ASKS) -> tuple[Call, PracticeCall]:
    """Somebody calls, and it rings here."""
    theirs = room.world.carrier.call_in(caller)
    await room.until(lambda: room.app.console.call(theirs.sid) is not None)
    ours = room.app.console.call(theirs.sid)
    assert ours is not None
    return ours, theirs


def ending(room: Room, call: Call) -> Ending:
    found = room.now(call).ending
    assert found is not None
    return found


async def kept(room: Room, call: Call) -> Call:
    record = await room.app.console.call_record(call.sid)
    assert record is not None
    return record.call


async def test_the_ai_answers_greets_and_talks(tmp_path: Path) -> None:
    async with practising(tmp_path, **ASK) as room:
        call, theirs = await rings(room)
        assert (call.phase, call.direction) == (Phase.RINGING, Direction.INCOMING)
        assert (call.other, call.to) == (ASKS.number, room.world.number)
        assert theirs.status == "ringing"
        await room.app.console.answer_incoming(call.sid)
        over = await room.until_over(call)
        names = [type(e).__name__ for e in room.said if isinstance(e, events.CallEvent)]
        assert names[0] == "IncomingCallRang"
        assert "CallQueued" not in names
        assert over.prompt == room.app.settings.prompt
        assert ending(room, call).outcome is Outcome.COMPLETED
        # It was greeted at once, then talked with; nobody asked who had answered.
        assert room.first_heard_ms(call) < 1500
        assert len(room.spoken(call, Speaker.CALLER)) >= 2
        assert room.verdicts(call) == []
        assert await kept(room, call) == over
        await theirs.wait_until_over()
        assert list(room.world.carrier.alerts) == []
