"""Every kind of answer on the practice line: who is spoken to, who is not, and how it ends."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from callconsole.domain import events
from callconsole.domain.abilities import Abilities, TransferTarget
from callconsole.domain.answering import AnsweredBy
from callconsole.domain.call import Call, EndedBy, Outcome
from callconsole.domain.prompt import Prompt
from callconsole.domain.transcript import Speaker
from callconsole.practice.carrier import CALLEES, hastened
from callconsole.practice.world import PracticeWorld
from support.room import Room

NUMBERS = {callee.name: callee.number for callee in CALLEES}
MACHINES = ["A voicemail", "A silent voicemail", "A pausing voicemail", "A fax machine"]


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    made = Room(tmp_path, PracticeWorld(callees=hastened()))
    made.app.prompts.write(
        Prompt(
            "appointment_reminder",
            "You are Ada from Bayside Dental.",
            Abilities(
                transfers=(
                    TransferTarget("Front desk", NUMBERS["A colleague"]),
                    TransferTarget("Accounts", NUMBERS["A busy colleague"]),
                )
            ),
        )
    )
    await made.app.start("practice", practice=made.world)
    yield made
    await made.app.stop()


def verdicts(room: Room) -> list[AnsweredBy]:
    return [e.answered_by for e in room.of(events.AnswerJudged) if e.obeyed]


def seconds_between_verdict_and_end(room: Room, call: Call) -> float:
    last = [e for e in room.of(events.AnswerJudged) if e.obeyed][-1]
    assert call.ended_at is not None
    return (call.ended_at - last.at).total_seconds()


@pytest.mark.limit(60)
@pytest.mark.parametrize("name", MACHINES)
async def test_no_machine_is_ever_spoken_to(room: Room, name: str) -> None:
    call = await room.ended(NUMBERS[name])
    practice = room.world.carrier.calls[call.sid]
    assert call.ending is not None
    assert call.ending.outcome is Outcome.VOICEMAIL
    assert not practice.message_left
    assert room.audible_ms(call) == 0
    assert seconds_between_verdict_and_end(room, call) < 1.0
    expected = AnsweredBy.FAX if name == "A fax machine" else AnsweredBy.VOICEMAIL
    assert verdicts(room)[-1] is expected


@pytest.mark.limit(60)
@pytest.mark.parametrize("name", ["A short hello", "A long hello", "A business"])
async def test_every_person_is_spoken_to(room: Room, name: str) -> None:
    call = await room.app.console.place_call(NUMBERS[name])
    await room.until(lambda: bool(room.spoken(call, Speaker.AGENT)))
    assert verdicts(room) == [AnsweredBy.PERSON]
    await room.until(lambda: bool(room.of(events.AgentHeard)))
    await room.app.console.hang_up(call.sid)


@pytest.mark.limit(100)
async def test_a_screening_is_told_who_calls_and_the_person_is_then_talked_to(room: Room) -> None:
    call = await room.ended(NUMBERS["Call screening"])
    assert verdicts(room)[0] is AnsweredBy.SCREENING
    said = room.spoken(call, Speaker.AGENT)
    assert said[0].startswith("Ada from Bayside Dental")
    assert len(said) >= 3
    assert call.ending is not None
    assert call.ending.outcome is Outcome.COMPLETED


@pytest.mark.limit(100)
async def test_a_menu_is_answered_by_key_and_the_conversation_goes_on(room: Room) -> None:
    call = await room.ended(NUMBERS["A phone menu"])
    assert AnsweredBy.MENU in verdicts(room)
    assert [e.digits for e in room.of(events.KeysPressed)] == ["1"]
    started = room.of(events.StreamStarted)
    assert len(started) == 2
    assert started[1].gap_ms < 1500
    person = room.world.carrier.calls[call.sid].person
    assert person is not None
    assert "business_hello" in person.said
    assert room.spoken(call, Speaker.AGENT)
    assert call.ending is not None
    assert call.ending.outcome is Outcome.COMPLETED


@pytest.mark.limit(60)
async def test_silence_is_spoken_to_and_not_for_ever(room: Room) -> None:
    call = await room.app.console.place_call(NUMBERS["Silence"])
    await room.until(lambda: bool(room.spoken(call, Speaker.AGENT)))
    assert verdicts(room) == [AnsweredBy.UNKNOWN]
    await room.app.console.hang_up(call.sid)


@pytest.mark.limit(100)
async def test_whoever_stays_on_the_line_is_said_goodbye_to_and_hung_up_on(room: Room) -> None:
    call = await room.ended(NUMBERS["Never hangs up"])
    assert call.ending is not None
    assert (call.ending.outcome, call.ending.by) == (Outcome.COMPLETED, EndedBy.AGENT)
    practice = room.world.carrier.calls[call.sid]
    assert room.last_words_were_heard_whole(call)
    assert practice.ended_by == "api"
    assert [note.note.text for note in room.of(events.NoteTaken)]
    assert [e.ability for e in room.of(events.AbilityUsed) if e.done][-1] == "end_call"


@pytest.mark.limit(60)
async def test_whoever_hangs_up_in_mid_sentence_ends_the_call(room: Room) -> None:
    call = await room.ended(NUMBERS["Hangs up"])
    assert call.ending is not None
    assert (call.ending.outcome, call.ending.by) == (Outcome.COMPLETED, EndedBy.CALLER)
    await room.until(lambda: bool(room.of(events.RecordingSaved)))


@pytest.mark.limit(60)
async def test_keys_of_the_person_reach_the_agent(room: Room) -> None:
    call = await room.app.console.place_call(NUMBERS["Presses keys"])
    await room.until(lambda: len(room.of(events.KeyReceived)) == 3)
    assert "".join(e.digit for e in room.of(events.KeyReceived)) == "42#"
    await room.app.console.hang_up(call.sid)


@pytest.mark.limit(120)
async def test_whoever_wants_a_human_is_put_through(room: Room) -> None:
    call = await room.ended(NUMBERS["Wants a human"])
    (began,) = room.of(events.TransferBegan)
    assert began.to == NUMBERS["A colleague"]
    assert room.of(events.TransferAnswered)
    assert call.transferred_to == NUMBERS["A colleague"]
    assert call.ending is not None
    assert call.ending.outcome is Outcome.COMPLETED


@pytest.mark.limit(60)
async def test_whoever_has_no_time_is_noted_for_a_call_back(room: Room) -> None:
    await room.ended(NUMBERS["Has no time"])
    (noted,) = room.of(events.NoteTaken)
    assert noted.note.due is not None
