"""Last words are heard whole; a model or a carrier that stays silent does not hold up the end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from callconsole.engine.farewell import Farewell
from callconsole.engine.gate import Hold
from callconsole.engine.ports import AgentAudio, AgentCutOff, AgentGenerated, AgentTurnDone
from support.bridge_rig import Rig, tone

pytestmark = pytest.mark.virtual_time


@pytest.fixture
async def rig(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Rig]:
    for name, seconds in (("WORDS_S", 0.3), ("TRAILING_S", 0.05), ("ECHO_S", 0.2), ("TAIL_S", 0.0)):
        monkeypatch.setattr(f"callconsole.engine.farewell.{name}", seconds)
    monkeypatch.setattr("callconsole.engine.farewell.SECOND_THOUGHT_S", 0.1)
    made = Rig()
    yield made
    await made.stop()


async def speaks(rig: Rig, *events: object, duration_ms: int = 200) -> None:
    rig.session.does(AgentAudio(tone(duration_ms, 24000)), *events)  # type: ignore[arg-type]
    await rig.settled()


async def test_it_waits_for_the_echo_of_the_last_word(rig: Rig) -> None:
    await speaks(rig, AgentGenerated(), AgentTurnDone(), duration_ms=210)
    heard = asyncio.create_task(Farewell(rig.bridge).heard_whole())
    await rig.settled()
    assert not heard.done()
    *_, last = rig.line.marks()
    rig.line.echo(last)
    assert await heard
    assert rig.bridge.voice.playout.all_heard


async def test_audio_that_trails_behind_is_waited_for(rig: Rig) -> None:
    await speaks(rig)
    heard = asyncio.create_task(Farewell(rig.bridge).heard_whole())
    await rig.settled()
    await speaks(rig, AgentGenerated(), AgentTurnDone())
    for name in rig.line.marks():
        rig.line.echo(name)
    assert await heard
    # Frames are whole: what the filter held back is in the last one.
    assert len(rig.line.audio()) >= 400 * 8


async def test_a_turn_that_never_ends_and_an_echo_that_never_comes_are_bounded(rig: Rig) -> None:
    await speaks(rig)
    async with asyncio.timeout(5):
        assert await Farewell(rig.bridge).heard_whole()
    assert rig.bridge.voice.turn_whole


async def test_whoever_speaks_into_it_stops_it(rig: Rig) -> None:
    await speaks(rig, duration_ms=3000)
    farewell = Farewell(rig.bridge)
    heard = asyncio.create_task(farewell.heard_whole())
    await rig.settled()
    rig.session.does(AgentCutOff())
    assert not await heard
    assert await farewell.nobody_goes_on()


async def test_a_person_who_goes_on_keeps_the_call(rig: Rig) -> None:
    farewell = Farewell(rig.bridge)
    goes_on = asyncio.create_task(farewell.nobody_goes_on())
    await rig.settled()
    await speaks(rig)
    assert not await goes_on


async def test_words_that_were_asked_for_are_waited_for_or_not_for_ever(rig: Rig) -> None:
    waiting = asyncio.create_task(Farewell(rig.bridge).wait_for_words())
    await rig.settled()
    assert not waiting.done()
    await speaks(rig)
    await waiting
    async with asyncio.timeout(5):
        await Farewell(rig.bridge).wait_for_words()


async def test_held_words_are_none_that_were_heard(rig: Rig) -> None:
    rig.bridge.gate.shut(Hold.UNDECIDED)
    await speaks(rig)
    assert rig.line.audio() == b""
    rig.bridge.gate.release(Hold.UNDECIDED)
    assert len(rig.line.audio()) == 200 * 8
