"""However the operator hangs up, and whatever is broken by then: the call ends, at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from callconsole.audio import wavfile
from callconsole.domain import events
from callconsole.domain.call import Call, EndedBy, Outcome
from callconsole.domain.transcript import Speaker
from callconsole.practice.carrier.faults import CarrierFaults, RestFault, StreamFaults
from support.room import Room, until_audio
from support.stories import NUMBERS, practising, together

# Gemini's session costs money for as long as it is open.
AGENT_FREE_WITHIN_S = 2.0
HANGS_AFTER_MS = 4000


async def talking(room: Room) -> Call:
    """A call whose callee is hearing the AI's first sentence just now."""
    call = await room.app.console.place_call(NUMBERS["A person"])
    await room.until(lambda: bool(room.of(events.AgentHeard)))
    return call


async def hung_up(room: Room, call: Call) -> Call:
    """Hang up; the call as it then stands, recorded and with its agent free."""
    await room.app.console.hang_up(call.sid)
    await room.until_agent_free()
    ended = await room.until_over(call)
    assert ended.ending is not None
    assert ended.ending.by is EndedBy.OPERATOR
    closed = room.world.agent.sessions[-1].closed_at
    assert closed is not None
    assert ended.ended_at is not None
    assert (closed - ended.ended_at).total_seconds() < AGENT_FREE_WITHIN_S
    return ended


def recorded_s(call: Call) -> float:
    assert call.recording is not None
    both, rate_hz = wavfile.read(Path(call.recording))
    assert both.shape[1] == 2
    return len(both) / rate_hz


async def in_mid_sentence(data: Path) -> None:
    async with practising(data) as room:
        call = await talking(room)
        ended = await hung_up(room, call)
        assert ended.ending is not None
        assert ended.ending.outcome is Outcome.COMPLETED
        assert recorded_s(ended) == pytest.approx(ended.duration_s(ended.placed_at), abs=1.0)
        assert not room.last_words_were_heard_whole(call)
        turn = next(t for t in room.app.console.turns(call.sid) if t.speaker is Speaker.AGENT)
        assert turn.interrupted
        assert turn.unheard_words > 0
        (act,) = room.of(events.OperatorActed)
        assert act.act == "hung up"


async def while_it_rings(data: Path) -> None:
    async with practising(data) as room:
        call = await room.app.console.place_call(NUMBERS["No answer"])
        await room.until(lambda: bool(room.of(events.CallRinging)))
        ended = await hung_up(room, call)
        assert ended.ending is not None
        assert ended.ending.outcome is Outcome.CANCELED
        assert room.world.carrier.calls[call.sid].status == "canceled"
        assert ended.recording is None


async def while_the_interface_is_down(data: Path) -> None:
    async with practising(data) as room:
        call = await talking(room)
        room.world.carrier.faults.rest = RestFault(status=503)
        ended = await hung_up(room, call)
        practice = room.world.carrier.calls[call.sid]
        await practice.wait_until_over()
        # The closed socket alone did it: asked what comes next, the console said "hang up".
        assert (practice.status, practice.ended_by) == ("completed", "twiml")
        assert recorded_s(ended) > 1


async def while_the_socket_hangs(data: Path) -> None:
    faults = CarrierFaults(stream=StreamFaults(hang_after_ms=HANGS_AFTER_MS))
    async with practising(data, carrier=faults) as room:
        call = await talking(room)
        practice = room.world.carrier.calls[call.sid]
        await until_audio(practice, HANGS_AFTER_MS + 500)
        await hung_up(room, call)
        assert (practice.status, practice.ended_by) == ("completed", "api")


@pytest.mark.limit(60)
async def test_hanging_up_ends_the_call_whatever_else_is_broken(tmp_path: Path) -> None:
    await together(
        in_mid_sentence(tmp_path / "mid sentence"),
        while_it_rings(tmp_path / "ringing"),
        while_the_interface_is_down(tmp_path / "interface"),
        while_the_socket_hangs(tmp_path / "socket"),
    )
