"""Transfers at the practice phone company: reached or not, whispered to, and what follows."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from practice_desk import World, open_world

from callconsole.engine.ports import MediaLine, Transfer
from callconsole.practice.callees import Callee, Reaction, Wait

LISTENER = Callee("+14155550101", "", "", dial_s=0, ring_s=0, script=(Wait(30),))
FRONT_DESK = Callee("+14155550120", "", "", dial_s=0, ring_s=0.05, script=(Wait(3.0),))
BUSY = Callee("+14155550121", "", "", Reaction.BUSY, dial_s=0.05)
ABSENT = Callee("+14155550122", "", "", Reaction.NEVER_ANSWERS, dial_s=0)


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with asyncio.timeout(25), open_world((LISTENER, FRONT_DESK, BUSY, ABSENT)) as world:
        yield world


async def live_call(world: World) -> tuple[str, asyncio.Event]:
    """A call whose first stream is open; the event tells of the second one."""
    first, second = asyncio.Event(), asyncio.Event()

    async def serve(line: MediaLine) -> None:
        (first if len(world.switchboard.lines) == 1 else second).set()
        async for _ in line.events():
            pass

    world.switchboard.serve = serve
    sid = await world.place(LISTENER.number)
    await first.wait()
    return sid, second


@pytest.mark.parametrize(
    ("target", "status"), [(BUSY.number, "busy"), (ABSENT.number, "no-answer")]
)
async def test_where_nobody_is_reached_the_agent_goes_on(
    world: World, target: str, status: str
) -> None:
    world.switchboard.resumes = True
    sid, back = await live_call(world)
    await world.carrier.transfer(sid, Transfer(target, ring_timeout_s=1))
    await back.wait()
    assert world.switchboard.transfers == [(sid, False, status)]
    assert world.switchboard.spent[-1] == (sid, "fresh-1")
    # The document of the first stream was replaced, so that nobody was asked about its end.
    assert world.switchboard.lost_streams == []
    await world.carrier.end_call(sid)
    await world.switchboard.over.wait()
    assert list(world.company.alerts) == []


async def test_who_is_reached_hears_the_whisper_and_talks(world: World) -> None:
    world.switchboard.whisper = "Sam, about the roof."
    sid, _ = await live_call(world)
    await world.carrier.transfer(sid, Transfer(FRONT_DESK.number))
    await world.switchboard.over.wait()
    assert world.switchboard.transfers == [(sid, True, "completed")]
    (child,) = (call for call in world.company.calls.values() if call.sid != sid)
    assert child.order.to == FRONT_DESK.number
    assert set(child.heard) > {0xFF}
    assert len(world.switchboard.lines) == 1
    assert list(world.company.alerts) == []


async def test_the_other_party_of_a_transfer_is_no_call_of_ours(world: World) -> None:
    sid, _ = await live_call(world)
    since = world.company.calls[sid].created_at
    await world.carrier.transfer(sid, Transfer(FRONT_DESK.number))
    await world.switchboard.over.wait()
    assert await world.carrier.find_call(FRONT_DESK.number, since) is None
