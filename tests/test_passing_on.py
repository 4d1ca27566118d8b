"""A call that is passed on to a colleague: who is reached, who is not, and what each one hears."""

from __future__ import annotations

from pathlib import Path

import pytest

from callconsole.audio import mulaw
from callconsole.domain import events
from callconsole.domain.abilities import Abilities, TransferTarget
from callconsole.domain.call import Call, EndedBy, Outcome
from callconsole.domain.prompt import Prompt
from callconsole.domain.transcript import Speaker
from callconsole.practice.callees import AwaitTurn, Callee, Say, Wait, hastened
from callconsole.practice.carrier import tones
from callconsole.practice.carrier.call import PracticeCall
from support.room import Room, on_the_phone, until_audio
from support.stories import NUMBERS, practising, together

COULD_NOT = "agent_transfer_failed"
# Asks at once, so that the call is no longer than it has to be.
ASKS = Callee(
    NUMBERS["Wants a human"],
    "Wants a human",
    "Asks for a person, hears that nobody is free, says goodbye.",
    dial_s=0.01,
    ring_s=0.05,
    script=(
        Wait(0.3),
        Say("person_human"),
        AwaitTurn(),
        AwaitTurn(patience_s=45.0),
        Say("person_bye"),
        AwaitTurn(or_hang_up=False),
    ),
)


# Says hello and listens from then on.
WAITS = Callee(
    NUMBERS["Never hangs up"],
    "Waits",
    "Listens to whatever is said.",
    dial_s=0.01,
    ring_s=0.05,
    script=(Wait(0.3), Say("person_hello"), *[AwaitTurn(patience_s=60.0)] * 6),
)
OTHERS = tuple(callee for callee in hastened() if callee.number != WAITS.number)


def passes_on_to(colleague: str) -> Prompt:
    target = TransferTarget("Front desk", NUMBERS[colleague])
    return Prompt("appointment_reminder", "You are Ada.", Abilities(transfers=(target,)))


def leg_of(room: Room, call: Call) -> PracticeCall:
    """The colleague's call."""
    (leg,) = (c for c in room.world.carrier.calls.values() if c.order.parent_sid == call.sid)
    return leg


async def to_somebody_who_is_there(data: Path) -> None:
    async with practising(data, prompt=passes_on_to("A colleague")) as room:
        call = await room.app.console.place_call(NUMBERS["Wants a human"])
        await room.until(lambda: bool(room.of(events.TransferAnswered)))
        session = room.world.agent.sessions[-1]
        heard, said = session.audio_samples, list(session.said)
        call = await room.until_over(call)
        await room.until_agent_free()
        # Two people talk: the AI, kept for the case that they are not joined, costs nothing.
        assert (session.audio_samples, session.said) == (heard, said)
        leg = leg_of(room, call)
        whisper = tones.murmur("A call for you. It was about: Appointment reminder.")
        told = leg.heard.find(whisper[:8000])
        assert told >= 0
        # The caller hears ringing in the meantime, and nothing of what the colleague is told.
        assert whisper[:8000] not in room.world.carrier.calls[call.sid].heard
        joined = leg.heard[told + len(whisper) :]
        assert abs(mulaw.decode(joined).astype(int)).max() > 1000
        assert leg.person is not None
        assert leg.person.said == [
            "colleague_hello",
            "colleague_help",
            "colleague_fine",
            "colleague_bye",
        ]
        assert call.transferred_to == NUMBERS["A colleague"]
        assert call.ending is not None
        assert (call.ending.outcome, call.ending.by) == (Outcome.COMPLETED, EndedBy.CALLER)


async def until_the_operator_hangs_up(data: Path) -> None:
    async with practising(data, prompt=passes_on_to("A colleague")) as room:
        call = await room.app.console.place_call(NUMBERS["Wants a human"])
        await room.until(lambda: bool(room.of(events.TransferAnswered)))
        await room.app.console.hang_up(call.sid)
        call = await room.until_over(call)
        assert call.ending is not None
        assert (call.ending.outcome, call.ending.by) == (Outcome.COMPLETED, EndedBy.OPERATOR)
        leg = leg_of(room, call)
        await leg.wait_until_over()
        assert leg.ended_by == "parent"
        assert room.world.carrier.calls[call.sid].ended_by == "api"


async def to_somebody_who_is_not(data: Path, colleague: str, reason: str) -> None:
    callees = (ASKS, *(c for c in hastened() if c.number != ASKS.number))
    async with practising(data, prompt=passes_on_to(colleague), callees=callees) as room:
        call = await room.app.console.place_call(NUMBERS["Wants a human"])
        call = await room.until_over(call)
        (ended,) = room.of(events.TransferEnded)
        assert (ended.to, ended.reached, ended.reason) == (NUMBERS[colleague], False, reason)
        assert room.of(events.TransferAnswered) == []
        assert call.transferred_to is None
        # The same agent comes back on a new stream, says so, and writes down what is needed.
        assert len(room.world.agent.sessions) == 2
        session = room.world.agent.sessions[-1]
        assert session.said.count(COULD_NOT) == 1
        assert session.said.index(COULD_NOT) == session.said.index("agent_transfer") + 1
        assert len(room.of(events.StreamStarted)) == 2
        assert len(room.of(events.NoteTaken)) >= 1
        assert room.spoken(call, Speaker.AGENT)[-1] == "Thank you very much. Goodbye."
        assert call.ending is not None
        assert call.ending.outcome is Outcome.COMPLETED
        assert call.ending.problem is None
        assert room.last_words_were_heard_whole(call)


async def for_the_operator_with_words_of_the_agent(data: Path) -> None:
    prompt = passes_on_to("A colleague")
    async with practising(data, prompt=prompt, callees=(WAITS, *OTHERS)) as room:
        console = room.app.console
        call = await console.place_call(WAITS.number)
        await room.until(lambda: bool(room.of(events.AgentHeard)))
        await console.transfer_call(call.sid, "front desk", "Wants the afternoon.")
        await room.until(lambda: bool(room.of(events.TransferAnswered)))
        leg = leg_of(room, call)
        whisper = tones.murmur(
            "A call for you. It was about: Appointment reminder. Wants the afternoon."
        )
        await until_audio(leg, len(whisper) / 8 + 1000)
        assert whisper[:8000] in leg.heard
        assert on_the_phone("agent_transfer") in room.world.carrier.calls[call.sid].heard
        await console.hang_up(call.sid)
        call = await room.until_over(call)
        assert call.transferred_to == NUMBERS["A colleague"]


async def for_the_operator_to_somebody_who_is_not(data: Path) -> None:
    async with practising(data, callees=(WAITS, *OTHERS)) as room:
        console = room.app.console
        call = await console.place_call(WAITS.number)
        await room.until(lambda: bool(room.of(events.AgentHeard)))
        await console.transfer_call(call.sid, NUMBERS["A busy colleague"])
        await room.until(lambda: bool(room.of(events.TransferEnded)))
        (over,) = room.of(events.TransferEnded)
        assert (over.reached, over.reason) == (False, "busy")
        await room.until(lambda: len(room.of(events.StreamStarted)) == 2)
        assert room.now(call).transferred_to is None
        session = room.world.agent.sessions[-1]
        await room.until(lambda: COULD_NOT in session.said)
        await console.hang_up(call.sid)
        await room.until_over(call)


@pytest.mark.limit(100)
async def test_an_operator_passes_a_call_on(tmp_path: Path) -> None:
    await together(
        for_the_operator_with_words_of_the_agent(tmp_path / "there"),
        for_the_operator_to_somebody_who_is_not(tmp_path / "busy"),
    )


@pytest.mark.limit(100)
async def test_whoever_asks_for_a_person_gets_one_or_is_told(tmp_path: Path) -> None:
    await together(
        to_somebody_who_is_there(tmp_path / "there"),
        until_the_operator_hangs_up(tmp_path / "operator"),
        to_somebody_who_is_not(tmp_path / "busy", "A busy colleague", "busy"),
        to_somebody_who_is_not(tmp_path / "absent", "An absent colleague", "no answer"),
    )
