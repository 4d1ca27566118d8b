"""One whole call, by real sockets and the unmodified SDKs, on both of Google's back ends."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest

from callconsole.audio import mulaw, wavfile
from callconsole.domain import events
from callconsole.domain.answering import AnsweredBy
from callconsole.domain.call import EndedBy, Outcome
from callconsole.domain.dialling import DialError
from callconsole.domain.transcript import Speaker
from callconsole.practice.agent import AgentFaults
from callconsole.practice.agent.faults import HttpRefusal
from callconsole.practice.carrier import CALLEES, hastened
from callconsole.practice.world import PracticeWorld
from support.room import Room

NUMBERS = {callee.name: callee.number for callee in CALLEES}
PERSON, INTERRUPTER, VOICEMAIL = (
    NUMBERS[name] for name in ("A person", "An interrupter", "A voicemail")
)
BUSY, NO_ANSWER, DECLINED, UNREACHABLE = (
    NUMBERS[name] for name in ("Busy", "No answer", "Declined", "Unreachable")
)
BACK_ENDS = {"gemini api": {}, "vertex ai": {"vertex_project_id": "a-project"}}


@pytest.fixture(params=sorted(BACK_ENDS))
async def room(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Room]:
    made = Room(tmp_path, PracticeWorld(callees=hastened()), **BACK_ENDS[request.param])
    await made.app.start("practice", practice=made.world)
    yield made
    await made.app.stop()
    assert list(made.world.carrier.alerts) == []


@pytest.fixture
async def quick(tmp_path: Path) -> AsyncIterator[Room]:
    made = Room(tmp_path, PracticeWorld(callees=hastened()))
    await made.app.start("practice", practice=made.world)
    yield made
    await made.app.stop()


def level(pcm: np.ndarray) -> float:
    return float(np.sqrt(np.mean(pcm.astype(float) ** 2)))


@pytest.mark.limit(100)
async def test_a_whole_conversation_ends_in_a_recording_with_both_voices(quick: Room) -> None:
    call = await quick.ended(PERSON)
    await quick.until(lambda: bool(quick.of(events.RecordingSaved)))
    call = quick.now(call)
    assert call.ending is not None
    assert call.ending.outcome is Outcome.COMPLETED
    # After the goodbye either side may be the first to hang up.
    assert call.ending.by in {EndedBy.AGENT, EndedBy.CALLER}
    assert call.answered_by is AnsweredBy.PERSON
    assert quick.spoken(call, Speaker.CALLER) == [
        "Hello, Sam speaking.",
        "Could we move it to the afternoon, maybe after three?",
        "A quarter past three is fine.",
        "No, that is all. Thank you, goodbye.",
    ]
    assert [text.split()[0] for text in quick.spoken(call, Speaker.AGENT)] == [
        "Hello,",
        "I",
        "Lovely,",
        "Thank",
    ]
    phases = [type(e).__name__ for e in quick.said if type(e).__name__.startswith("Call")]
    assert phases == ["CallQueued", "CallRinging", "CallAnswered", "CallEnded"]

    both, rate_hz = wavfile.read(Path(call.recording or ""))
    assert (rate_hz, both.shape[1]) == (8000, 2)
    duration_s = len(both) / rate_hz
    assert duration_s == pytest.approx(call.duration_s(call.placed_at), abs=1.0)
    for turn in quick.app.console.turns(call.sid):
        start = int((turn.offset_s + 0.3) * rate_hz)
        piece = both[start : start + 4000]
        own, other = (0, 1) if turn.speaker is Speaker.CALLER else (1, 0)
        assert level(piece[:, own]) > 300
        assert level(piece[:, own]) > 5 * level(piece[:, other])


@pytest.mark.limit(60)
async def test_what_the_callee_heard_is_what_was_recorded(quick: Room) -> None:
    call = await quick.app.console.place_call(INTERRUPTER)
    await quick.until(lambda: bool(quick.of(events.AgentInterrupted)))
    await quick.until(lambda: len(quick.spoken(call, Speaker.AGENT)) == 2)
    await quick.app.console.hang_up(call.sid)
    await quick.until(lambda: bool(quick.of(events.RecordingSaved)))
    heard = mulaw.decode(quick.world.carrier.calls[call.sid].heard)
    both, _ = wavfile.read(Path(quick.now(call).recording or ""))
    recorded = both[:, 1]
    first = int(np.flatnonzero(np.abs(heard) > 200)[0])
    placed = int(np.flatnonzero(np.abs(recorded) > 200)[0])
    length = min(len(heard) - first, len(recorded) - placed, 8000)
    assert np.array_equal(heard[first : first + length], recorded[placed : placed + length])


@pytest.mark.limit(60)
async def test_a_caller_who_cuts_in_is_heard_and_the_rest_is_struck(room: Room) -> None:
    call = await room.app.console.place_call(INTERRUPTER)
    await room.until(lambda: bool(room.of(events.AgentInterrupted)))
    await room.until(lambda: len(room.spoken(call, Speaker.AGENT)) == 2)
    (cut,) = room.of(events.AgentInterrupted)
    assert cut.dropped_ms > 1000
    turn = room.app.console.turns(call.sid)[cut.turn_id - 1]
    assert turn.interrupted
    assert turn.unheard_words > 5
    assert room.spoken(call, Speaker.CALLER)[1] == "Sorry, one moment. Who is calling, please?"
    assert room.spoken(call, Speaker.AGENT)[1].startswith("This is Ada")
    await room.app.console.hang_up(call.sid)
    ended = room.now(call)
    assert ended.ending is not None
    assert (ended.ending.outcome, ended.ending.by) == (Outcome.COMPLETED, EndedBy.OPERATOR)


@pytest.mark.parametrize(
    ("number", "outcome", "code"),
    [
        (BUSY, Outcome.BUSY, "call.busy"),
        (DECLINED, Outcome.DECLINED, "call.declined"),
        (UNREACHABLE, Outcome.FAILED, "twilio.sip_404"),
    ],
)
async def test_calls_that_nobody_takes(
    quick: Room, number: str, outcome: Outcome, code: str
) -> None:
    call = await quick.ended(number)
    assert call.ending is not None
    assert call.ending.problem is not None
    assert (call.ending.outcome, call.ending.problem.code) == (outcome, code)
    assert call.recording is None


async def test_a_voicemail_is_hung_up_on_and_hears_nothing(quick: Room) -> None:
    call = await quick.ended(VOICEMAIL)
    assert call.ending is not None
    assert call.ending.outcome is Outcome.VOICEMAIL
    assert call.answered_by is AnsweredBy.VOICEMAIL
    assert not quick.world.carrier.calls[call.sid].message_left
    assert quick.spoken(call, Speaker.AGENT) == []


async def test_a_ringing_call_can_be_canceled(quick: Room) -> None:
    call = await quick.app.console.place_call(NO_ANSWER)
    await quick.until(lambda: bool(quick.of(events.CallRinging)))
    await quick.app.console.hang_up(call.sid)
    ended = quick.now(call)
    assert ended.ending is not None
    assert (ended.ending.outcome, ended.ending.by) == (Outcome.CANCELED, EndedBy.OPERATOR)


async def test_stopping_the_app_ends_the_call_and_keeps_its_recording(
    tmp_path: Path,
) -> None:
    room = Room(tmp_path, PracticeWorld(callees=hastened()))
    await room.app.start("practice", practice=room.world)
    call = await room.app.console.place_call(PERSON)
    await room.until(lambda: bool(room.spoken(call, Speaker.AGENT)))
    await room.app.stop()
    ended = room.now(call)
    assert ended.ending is not None
    assert ended.ending.by is EndedBy.OPERATOR
    assert ended.recording is not None
    both, _ = wavfile.read(Path(ended.recording))
    assert len(both) > 8000


async def test_an_agent_that_refuses_the_key_rings_nobody(tmp_path: Path) -> None:
    world = PracticeWorld(callees=hastened())
    room = Room(tmp_path, world)
    await room.app.start("practice", practice=world)
    world.agent.faults = AgentFaults(refuse_upgrade=HttpRefusal(401, "{}"))
    with pytest.raises(DialError) as caught:
        await room.app.console.place_call(PERSON)
    assert caught.value.problem.code == "agent.key_refused"
    assert not world.carrier.calls
    await room.app.stop()
