"""When the AI may be heard, by every setting of the gate, the opening and the undecided."""

from __future__ import annotations

from pathlib import Path

import pytest

from callconsole.domain import events
from callconsole.domain.answering import AnsweredBy, JudgedBy
from callconsole.domain.call import EndedBy, Floor, Outcome
from callconsole.domain.transcript import Speaker
from callconsole.engine.session import CONVERSATION_TURNS
from callconsole.practice.carrier.faults import AmdFault, CarrierFaults
from support.stories import NUMBERS, practising, together

# Besides the way to the ear, the call is that much older than its stream.
SOON_MS = 1000


# The gate -----------------------------------------------------------------------------------


async def strict_with_a_person(data: Path) -> None:
    async with practising(data, CALLCONSOLE_GATE="strict") as room:
        call = await room.app.console.place_call(NUMBERS["A person"])
        await room.until(lambda: bool(room.spoken(call, Speaker.AGENT)))
        assert room.verdicts(call)[0] == (AnsweredBy.PERSON, JudgedBy.CARRIER)
        judged, stream = room.of(events.AnswerJudged)[0], room.of(events.StreamStarted)[0]
        assert judged.at <= stream.at
        await room.app.console.hang_up(call.sid)


async def strict_with_a_voicemail(data: Path) -> None:
    async with practising(data, CALLCONSOLE_GATE="strict") as room:
        call = await room.ended(NUMBERS["A voicemail"])
        assert call.ending is not None
        assert call.ending.outcome is Outcome.VOICEMAIL
        assert room.verdicts(call) == [(AnsweredBy.VOICEMAIL, JudgedBy.CARRIER)]
        # No stream was ever opened: not even silence could have been sent.
        assert room.of(events.StreamStarted) == []
        practice = room.world.carrier.calls[call.sid]
        assert practice.ended_by in {"twiml", "api"}
        assert not practice.message_left
        assert room.audible_ms(call) == 0
        await room.until_agent_free()


async def without_a_gate(data: Path) -> None:
    settings = {"CALLCONSOLE_GATE": "off", "CALLCONSOLE_OPENING": "greet"}
    async with practising(data, **settings) as room:
        call = await room.app.console.place_call(NUMBERS["A person"])
        await room.until(lambda: bool(room.verdicts(call)))
        judged_ms = room.of(events.AnswerJudged)[0].after_ms
        assert room.first_heard_ms(call) < judged_ms - 500
        await room.app.console.hang_up(call.sid)


async def undecided_and_told_to_hang_up(data: Path) -> None:
    async with practising(data, CALLCONSOLE_UNDECIDED="hang-up") as room:
        call = await room.ended(NUMBERS["Silence"])
        assert call.ending is not None
        assert call.ending.problem is not None
        assert (call.ending.by, call.ending.problem.code) == (EndedBy.CONSOLE, "call.undecided")
        assert [who for who, _ in room.verdicts(call)] == [AnsweredBy.UNKNOWN]
        assert room.audible_ms(call) == 0


@pytest.mark.limit(60)
async def test_the_gate_opens_as_it_is_set(tmp_path: Path) -> None:
    await together(
        strict_with_a_person(tmp_path / "person"),
        strict_with_a_voicemail(tmp_path / "voicemail"),
        without_a_gate(tmp_path / "off"),
        undecided_and_told_to_hang_up(tmp_path / "undecided"),
    )


# The greeting that is ready -----------------------------------------------------------------


async def greeted_at_once(data: Path) -> None:
    async with practising(data, CALLCONSOLE_OPENING="greet") as room:
        call = await room.app.console.place_call(NUMBERS["A person"])
        await room.until(lambda: bool(room.of(events.AgentHeard) or room.audible_ms(call)))
        assert room.verdicts(call)[0][0] is AnsweredBy.PERSON
        (judged,) = room.of(events.AnswerJudged)
        (began,) = (e for e in room.of(events.FloorChanged) if e.floor is Floor.AGENT)
        between = room.said[room.said.index(judged) : room.said.index(began)]
        # Sent in the same moment: not one more piece of the callee's audio came in between.
        assert not any(isinstance(event, events.LevelsMeasured) for event in between)
        assert 0 <= room.first_heard_ms(call) - judged.after_ms < SOON_MS
        assert len(room.spoken(call, Speaker.AGENT)) == 1
        await room.app.console.hang_up(call.sid)


async def greeting_kept_from_a_voicemail(data: Path, name: str) -> None:
    async with practising(data, CALLCONSOLE_OPENING="greet") as room:
        call = await room.ended(NUMBERS[name])
        assert call.ending is not None
        assert call.ending.outcome is Outcome.VOICEMAIL
        assert room.world.agent.sessions[-1].said[0] == "agent_greeting"
        assert room.audible_ms(call) == 0


async def greeting_kept_from_a_screening(data: Path) -> None:
    async with practising(data, CALLCONSOLE_OPENING="greet") as room:
        call = await room.app.console.place_call(NUMBERS["Call screening"])
        await room.until(
            lambda: bool(room.of(events.CallEnded)) or len(room.spoken(call, Speaker.AGENT)) == 2
        )
        assert [who for who, _ in room.verdicts(call)] == [AnsweredBy.SCREENING, AnsweredBy.PERSON]
        assert room.spoken(call, Speaker.AGENT)[0].startswith("Ada from Bayside Dental")
        assert room.world.agent.sessions[-1].said[:2] == ["agent_greeting", "agent_screening"]
        await room.app.console.hang_up(call.sid)


@pytest.mark.limit(60)
async def test_the_prepared_greeting_is_for_people_only(tmp_path: Path) -> None:
    await together(
        greeted_at_once(tmp_path / "person"), greeting_kept_from_a_screening(tmp_path / "screening")
    )


async def test_no_voicemail_hears_the_prepared_greeting(tmp_path: Path) -> None:
    await together(
        greeting_kept_from_a_voicemail(tmp_path / "voicemail", "A voicemail"),
        greeting_kept_from_a_voicemail(tmp_path / "pausing", "A pausing voicemail"),
    )


# A carrier that is late, or says nothing ----------------------------------------------------


async def late_machine(data: Path) -> None:
    faults = CarrierFaults(amd=AmdFault(late_s=14.0, verdict="machine_start"))
    async with practising(data, carrier=faults) as room:
        call = await room.app.console.place_call(NUMBERS["A person"])
        await room.until(lambda: len(room.of(events.AnswerJudged)) == 2)
        for side in (Speaker.CALLER, Speaker.AGENT):
            assert len(room.spoken(call, side)) >= CONVERSATION_TURNS
        first, shown = room.of(events.AnswerJudged)
        assert (first.answered_by, first.obeyed) == (AnsweredBy.PERSON, True)
        assert (shown.answered_by, shown.by) == (AnsweredBy.VOICEMAIL, JudgedBy.CARRIER)
        assert not shown.obeyed
        assert room.now(call).answered_by is AnsweredBy.PERSON
        said = len(room.spoken(call, Speaker.CALLER))
        await room.until(lambda: len(room.spoken(call, Speaker.CALLER)) > said)
        await room.app.console.hang_up(call.sid)


async def no_word_on(data: Path, name: str, expected: tuple[AnsweredBy, JudgedBy]) -> None:
    async with practising(data, carrier=CarrierFaults(amd=AmdFault(never=True))) as room:
        call = await room.app.console.place_call(NUMBERS[name])
        await room.until(lambda: bool(room.verdicts(call)))
        assert room.verdicts(call) == [expected]
        if expected[0] is AnsweredBy.VOICEMAIL:
            call = await room.until_over(call)
            assert call.ending is not None
            assert call.ending.outcome is Outcome.VOICEMAIL
            assert room.audible_ms(call) == 0
        else:
            await room.until(lambda: bool(room.spoken(call, Speaker.AGENT)))
            await room.app.console.hang_up(call.sid)


@pytest.mark.limit(60)
async def test_a_carrier_that_is_late_or_silent_keeps_nobody_waiting(tmp_path: Path) -> None:
    await together(
        late_machine(tmp_path / "late"),
        no_word_on(tmp_path / "person", "A person", (AnsweredBy.PERSON, JudgedBy.EAR)),
        no_word_on(tmp_path / "machine", "A voicemail", (AnsweredBy.VOICEMAIL, JudgedBy.EAR)),
        no_word_on(tmp_path / "silence", "Silence", (AnsweredBy.UNKNOWN, JudgedBy.LIMIT)),
    )
