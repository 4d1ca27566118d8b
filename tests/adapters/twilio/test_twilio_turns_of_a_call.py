"""What turns a call takes at the practice phone company: strict verdicts, lost streams, keys."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from practice_desk import World, open_world

from callconsole.domain.answering import AnsweredBy, AnswerThresholds
from callconsole.domain.problems import ProblemError
from callconsole.engine.ports import Detection, LineAudio, MediaLine
from callconsole.practice.callees import CALLEES, Callee, Wait, find
from callconsole.practice.carrier import AmdFault, StreamFaults, hastened, tones

LISTENER = Callee("+14155550101", "", "", dial_s=0, ring_s=0, script=(Wait(20),))
VOICEMAIL = find(CALLEES, "+14155550106")
# Says for longer than a second, so that it is known for a machine soon.
HASTY = AnswerThresholds(short_ms=1000, silence_ms=2000)


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with asyncio.timeout(25), open_world((LISTENER, *hastened((VOICEMAIL,)))) as world:
        yield world


async def test_a_strict_machine_never_gets_a_stream(world: World) -> None:
    sid = await world.place(VOICEMAIL.number, detection=Detection.BLOCKING, thresholds=HASTY)
    await world.switchboard.over.wait()
    ((asked, verdict),) = world.switchboard.answers
    assert verdict is not None
    assert (asked, verdict.answered_by) == (sid, AnsweredBy.VOICEMAIL)
    call = world.company.calls[sid]
    assert (call.status, call.ended_by) == ("completed", "twiml")
    assert world.switchboard.lines == []
    assert set(call.heard) <= {0xFF}
    assert list(world.company.alerts) == []


async def test_a_strict_person_gets_a_stream_with_its_own_token(world: World) -> None:
    world.company.faults.amd = AmdFault(verdict="human")
    sid = await world.place(LISTENER.number, detection=Detection.BLOCKING, thresholds=HASTY)
    await world.switchboard.line_served.wait()
    assert world.switchboard.spent == [(sid, "fresh-1")]
    await world.carrier.end_call(sid)
    await world.switchboard.over.wait()


async def test_a_call_whose_stream_drops_goes_on_with_another(world: World) -> None:
    world.company.faults.stream = StreamFaults(drop_after_ms=200)
    world.switchboard.resumes = True
    back = asyncio.Event()

    async def serve(line: MediaLine) -> None:
        world.company.faults.stream = StreamFaults()
        if len(world.switchboard.lines) == 2:
            back.set()
        async for _ in line.events():
            pass

    world.switchboard.serve = serve
    sid = await world.place(LISTENER.number)
    await back.wait()
    first, second = world.switchboard.lines
    assert first.call_sid == second.call_sid == sid
    assert first.stream_sid != second.stream_sid
    assert world.switchboard.lost_streams == [sid]
    assert world.company.calls[sid].live
    await world.carrier.end_call(sid)
    await world.switchboard.over.wait()
    assert world.switchboard.lost_streams == [sid]


async def test_keys_are_heard_and_the_conversation_goes_on(world: World) -> None:
    begun, back = asyncio.Event(), asyncio.Event()

    async def serve(line: MediaLine) -> None:
        heard = begun if len(world.switchboard.lines) == 1 else back
        async for event in line.events():
            if isinstance(event, LineAudio):
                heard.set()

    world.switchboard.serve = serve
    sid = await world.place(LISTENER.number)
    await begun.wait()
    token = world.switchboard.stream_token(sid) or ""
    await world.carrier.press_keys(sid, "1#", token)
    await back.wait()
    assert tones.key_tones("1#") in world.company.calls[sid].heard
    assert world.switchboard.spent == [(sid, "one-time"), (sid, token)]
    first, second = world.switchboard.lines
    assert first.stream_sid != second.stream_sid
    # The old stream was replaced and not lost, so nobody was asked what to do.
    assert world.switchboard.lost_streams == []
    await world.carrier.end_call(sid)
    with pytest.raises(ProblemError) as caught:
        await world.carrier.press_keys(sid, "1", "t")
    assert caught.value.problem.code == "twilio.21220"
    await world.switchboard.over.wait()
    assert list(world.company.alerts) == []


async def test_an_order_that_nobody_answered_for_is_found(world: World) -> None:
    sid = await world.place(LISTENER.number)
    ours = world.company.calls[sid]
    # The call that is there belongs to an order that was answered.
    assert await world.carrier.find_call(LISTENER.number, ours.created_at) is None
    lost = world.company.place(ours.order)
    found = await world.carrier.find_call(LISTENER.number, ours.created_at)
    assert found is not None
    assert (found.sid, found.from_number) == (lost.sid, ours.order.from_number)
    for call in (ours, lost):
        await world.carrier.end_call(call.sid)
        await call.wait_until_over()
