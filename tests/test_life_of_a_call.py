"""The life of a call through what goes wrong in it: streams, orders, callbacks, goodbyes."""

from __future__ import annotations

from bisect import bisect
from pathlib import Path

import pytest
from pydantic import SecretStr

from callconsole.adapters.twilio.rest import TwilioCarrier
from callconsole.audio import wavfile
from callconsole.domain import events
from callconsole.domain.answering import AnsweredBy
from callconsole.domain.call import Call, EndedBy, Floor, Outcome
from callconsole.domain.dialling import DialError
from callconsole.domain.transcript import Speaker
from callconsole.engine.world import World
from callconsole.practice.agent import AgentFaults
from callconsole.practice.carrier.faults import (
    CallbackFaults,
    CarrierFaults,
    RestFault,
    StreamFaults,
)
from support.room import Room, on_the_phone
from support.stories import NUMBERS, practising, together

# The AI's first sentence goes from the third to the twelfth second.
DROPS_AFTER_MS = 6000
LOST_AUDIO_MS_AT_MOST = 1500


def ended_as(call: Call, outcome: Outcome, by: EndedBy) -> None:
    assert call.ending is not None
    assert (call.ending.outcome, call.ending.by) == (outcome, by)


def ended_politely(call: Call) -> None:
    """Both have said goodbye; on a busy machine the callee may be the first to hang up."""
    assert call.ending is not None
    assert call.ending.outcome is Outcome.COMPLETED
    assert call.ending.by in {EndedBy.AGENT, EndedBy.CALLER}
    assert call.ending.problem is None


def said_by_agent(room: Room, call: Call) -> list[str]:
    return [text.split()[0] for text in room.spoken(call, Speaker.AGENT)]


# Streams and goodbyes -----------------------------------------------------------------------


async def a_stream_that_drops(data: Path) -> None:
    # What is under way when the stream breaks is lost with it.
    far = StreamFaults(drop_after_ms=DROPS_AFTER_MS, delay_in_ms=150, delay_out_ms=150)
    faults = CarrierFaults(stream=far)
    async with practising(data, carrier=faults) as room:
        call = await room.app.console.place_call(NUMBERS["A person"])
        await room.until(lambda: bool(room.of(events.StreamStarted)))
        faults.stream = StreamFaults()
        call = await room.until_over(call)
        ended_politely(call)
        assert floor_at(room, room.of(events.StreamStopped)[0]) is Floor.AGENT
        first, second = room.of(events.StreamStarted)
        assert first.stream_sid != second.stream_sid
        assert second.gap_ms < LOST_AUDIO_MS_AT_MOST
        # The console's own look at the agent, and one session over both streams.
        assert len(room.world.agent.sessions) == 2
        assert room.world.agent.sessions[-1].interruptions == 0
        assert said_by_agent(room, call) == ["Hello,", "I", "Lovely,", "Thank"]
        assert len(room.spoken(call, Speaker.CALLER)) == 4
        assert missing_ms(on_the_phone("agent_greeting"), heard_in(room, call)) == 0
        assert room.last_words_were_heard_whole(call)
        recorded_over_both(room, call)


def floor_at(room: Room, moment: events.Event) -> Floor:
    """Who was speaking when an event came."""
    before = room.said[: room.said.index(moment)]
    return [e.floor for e in before if isinstance(e, events.FloorChanged)][-1]


def heard_in(room: Room, call: Call) -> bytes:
    return room.world.carrier.calls[call.sid].heard


def missing_ms(sound: bytes, heard: bytes) -> float:
    """How much of a sound was not heard around its one break."""
    lengths = range(len(sound) + 1)
    began = bisect(lengths, 0, key=lambda n: int(sound[:n] not in heard)) - 1
    ended = bisect(lengths, 0, key=lambda n: int(sound[len(sound) - n :] not in heard)) - 1
    return max(0, len(sound) - began - ended) / 8


def recorded_over_both(room: Room, call: Call) -> None:
    (saved,) = room.of(events.RecordingSaved)
    both, rate_hz = wavfile.read(Path(saved.path))
    said = room.world.carrier.calls[call.sid].spoken
    # Silence stands for what was lost: whatever came later is in its place.
    assert len(both) / rate_hz == pytest.approx(len(said) / 8000, abs=0.5)


async def an_agent_that_never_completes_its_turn(data: Path) -> None:
    async with practising(data, agent=AgentFaults(never_turn_complete=True)) as room:
        call = await room.app.console.place_call(NUMBERS["Never hangs up"])
        call = await room.until_over(call)
        ended_as(call, Outcome.COMPLETED, EndedBy.AGENT)
        assert room.world.carrier.calls[call.sid].ended_by == "api"
        assert room.last_words_were_heard_whole(call)
        assert room.of(events.FarewellCalledOff) == []
        await room.until_agent_free()


async def two_calls_at_once(data: Path) -> None:
    async with practising(data) as room:
        console = room.app.console
        one = await console.place_call(NUMBERS["A person"])
        other = await console.place_call(NUMBERS["An interrupter"])
        await room.until(lambda: len(room.spoken(other, Speaker.AGENT)) == 2)
        await console.hang_up(other.sid)
        other = await room.until_over(other)
        assert room.now(one).live
        one = await room.until_over(one)
        ended_politely(one)
        ended_as(other, Outcome.COMPLETED, EndedBy.OPERATOR)
        for call in (one, other):
            assert [who for who, _ in room.verdicts(call)] == [AnsweredBy.PERSON]
        assert room.spoken(other, Speaker.CALLER)[1].startswith("Sorry, one moment.")
        assert room.spoken(one, Speaker.CALLER)[1].startswith("Could we move it")
        assert {note.call_sid for note in room.of(events.NoteTaken)} == {one.sid}
        assert one.recording != other.recording
        lengths = {c.sid: wavfile.read(Path(c.recording or ""))[0].shape[0] for c in (one, other)}
        assert lengths[one.sid] > lengths[other.sid] > 8000


@pytest.mark.limit(100)
async def test_conversations_outlive_streams_silences_and_each_other(tmp_path: Path) -> None:
    await together(
        a_stream_that_drops(tmp_path / "drop"),
        an_agent_that_never_completes_its_turn(tmp_path / "turn"),
        two_calls_at_once(tmp_path / "two"),
    )


# Callbacks ----------------------------------------------------------------------------------


async def with_callbacks(
    data: Path, callbacks: CallbackFaults, name: str, outcome: Outcome, by: EndedBy
) -> None:
    async with practising(data, carrier=CarrierFaults(callbacks=callbacks)) as room:
        call = await room.app.console.place_call(NUMBERS[name])
        call = await room.until_over(call)
        ended_as(call, outcome, by)
        phases = [type(e).__name__ for e in room.said if type(e).__name__.startswith("Call")]
        answered = ["CallAnswered"] if call.answered_at is not None else []
        assert [p for p in phases if p != "CallRinging"] == ["CallQueued", *answered, "CallEnded"]
        assert phases.count("CallRinging") <= 1
        await room.until_agent_free()


@pytest.mark.limit(60)
async def test_the_ending_is_right_whatever_becomes_of_the_callbacks(tmp_path: Path) -> None:
    every = frozenset({"initiated", "ringing", "answered", "completed"})
    last = CallbackFaults(lost=frozenset({"completed"}))
    lost, doubled = CallbackFaults(lost=every), CallbackFaults(duplicated=every)
    mixed = CallbackFaults(reordered=True, duplicated=every)
    overtaken = CallbackFaults(overtaken=frozenset({"ringing", "answered"}))
    await together(
        # The stream is gone and nobody says why: the call is fetched.
        with_callbacks(tmp_path / "1", last, "Hangs up", Outcome.COMPLETED, EndedBy.CALLER),
        # Not one word of it: fetched as well.
        with_callbacks(tmp_path / "2", lost, "Busy", Outcome.BUSY, EndedBy.CARRIER),
        with_callbacks(tmp_path / "3", doubled, "Hangs up", Outcome.COMPLETED, EndedBy.CALLER),
        with_callbacks(tmp_path / "4", mixed, "Hangs up", Outcome.COMPLETED, EndedBy.CALLER),
        with_callbacks(tmp_path / "5", overtaken, "Declined", Outcome.DECLINED, EndedBy.CALLER),
    )


# Orders -------------------------------------------------------------------------------------


async def impatient(room: Room) -> TwilioCarrier:
    """Let the console place calls by a carrier that soon gives a request up."""
    world, line = room.world, room.app.line
    assert line is not None
    carrier = TwilioCarrier(
        world.account_sid,
        SecretStr(world.auth_token),
        world.number,
        line.address,
        world.carrier.base_url,
        timeout_s=0.5,
        lookup_pauses_s=(0.0, 0.1),
    )
    await carrier.warm_up()
    room.app.console.connect(World(line.name, carrier, line.agent, line.address.url))
    return carrier


async def refused(room: Room, name: str) -> str:
    """The code of the problem for which a number is not dialled."""
    with pytest.raises(DialError) as caught:
        await room.app.console.place_call(NUMBERS[name])
    return caught.value.problem.code


async def an_answer_that_is_too_late(data: Path) -> None:
    async with practising(data) as room:
        carrier = await impatient(room)
        faults, calls = room.world.carrier.faults, room.world.carrier.calls
        faults.create = RestFault(acts=True, delay_s=2.0, times=1)
        call = await room.app.console.place_call(NUMBERS["A person"])
        assert list(calls) == [call.sid]
        # It is an ordinary call: its stream is admitted, and the AI talks.
        await room.until(lambda: bool(room.spoken(call, Speaker.AGENT)))
        assert await refused(room, "A person") == "call.already"
        assert list(calls) == [call.sid]
        await room.app.console.hang_up(call.sid)
        await carrier.close()


async def an_order_that_stays_in_doubt(data: Path) -> None:
    async with practising(data) as room:
        carrier = await impatient(room)
        faults, calls = room.world.carrier.faults, room.world.carrier.calls
        faults.create = RestFault(acts=True, delay_s=2.0, times=1)
        faults.fetch = RestFault(status=503)
        assert (await refused(room, "No answer")).endswith(".perhaps_placed")
        assert len(calls) == 1
        assert await refused(room, "No answer") == "call.in_doubt"
        assert len(calls) == 1
        faults.fetch = None
        assert await refused(room, "No answer") == "call.found_and_ended"
        (practice,) = calls.values()
        assert (practice.status, practice.ended_by) == ("canceled", "api")
        call = await room.app.console.place_call(NUMBERS["No answer"])
        assert len(calls) == 2
        await room.app.console.hang_up(call.sid)
        await room.until_agent_free()
        await carrier.close()


@pytest.mark.limit(60)
async def test_one_press_of_call_is_one_call(tmp_path: Path) -> None:
    await together(
        an_answer_that_is_too_late(tmp_path / "late"),
        an_order_that_stays_in_doubt(tmp_path / "doubt"),
    )
