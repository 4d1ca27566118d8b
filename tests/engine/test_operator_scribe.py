"""The operator's words while they speak to the callee: on the record, and told to the agent."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest

from callconsole.audio.resample import Upsampler
from callconsole.domain import events
from callconsole.domain.answering import AnsweredBy
from callconsole.domain.problems import Problem
from callconsole.domain.transcript import Speaker, Turn
from callconsole.engine import operator_scribe
from callconsole.engine.ports import (
    AgentAudio,
    AgentGenerated,
    AgentToolCall,
    AgentTurnDone,
    AgentUsage,
    AgentWords,
)
from fakes.engine import FakeAgentSession
from support.bridge_rig import tone
from support.talk import SAID, Talk, closed, hurry, opened

pytestmark = pytest.mark.virtual_time

VOICE = tone(200, 8000, 300.0, 9000)
DOWN = Problem("agent.down", "Down", "It is down.", "Wait.")
HELLO = "Hello, this is Jim."


def heard(text: str, *, final: bool = False) -> AgentWords:
    return AgentWords(text, by_caller=True, final=final)


def operators(talk: Talk) -> list[Turn]:
    turns = talk.desk.console.turns(talk.sid)
    return [turn for turn in turns if turn.speaker is Speaker.OPERATOR]


def text(talk: Talk) -> str:
    return operators(talk)[-1].text


async def settle() -> None:
    """Let everything happen that is due now, and what is sent in bursts be sent."""
    await asyncio.sleep(operator_scribe.PACE_S * 2)


async def on_the_line(talk: Talk) -> FakeAgentSession:
    """Take over; the session that writes down."""
    await talk.desk.console.take_over(talk.sid)
    await settle()
    return talk.desk.agent.scribes[-1]


async def says(scribe: FakeAgentSession, *said: object) -> None:
    scribe.does(*said)  # type: ignore[arg-type]
    await settle()


@pytest.fixture
async def talk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Talk]:
    hurry(monkeypatch)
    made = await opened(tmp_path)
    made.carrier_hears(AnsweredBy.PERSON, "human")
    yield made
    await closed(made)
    assert all(scribe.closed for scribe in made.desk.agent.scribes)


async def test_the_words_stand_in_the_transcript_while_they_are_spoken(talk: Talk) -> None:
    scribe = await on_the_line(talk)
    assert text(talk) == "(speaking)"
    await says(scribe, heard("Hello, this"))
    assert (text(talk), operators(talk)[-1].final) == ("Hello, this", False)
    await says(scribe, heard(" is Jim.", final=True), heard("Is Tuesday"), heard(" fine?"))
    assert text(talk) == f"{HELLO} Is Tuesday fine?"
    talk.desk.console.hand_back(talk.sid, "")
    assert (text(talk), operators(talk)[-1].final) == (f"{HELLO} Is Tuesday fine?", True)
    assert len(operators(talk)) == 1
    changed = [e.turn for e in talk.desk.events if isinstance(e, events.TurnChanged)]
    assert changed[-1].text == f"{HELLO} Is Tuesday fine?"


async def test_it_hears_the_microphone_and_nothing_else(talk: Talk) -> None:
    scribe = await on_the_line(talk)
    talk.line.say(tone(400, 8000, 700.0, 9000))
    talk.desk.microphone.say(VOICE)
    await settle()
    up = Upsampler()
    assert np.array_equal(scribe.audio(), up.process(VOICE))
    assert (scribe.texts, scribe.told) == ([], [])


async def test_what_was_said_is_told_at_the_hand_back_apart_from_the_note(talk: Talk) -> None:
    scribe = await on_the_line(talk)
    await says(scribe, heard(HELLO))
    talk.desk.console.hand_back(talk.sid, "Agreed: Tuesday.")
    told = talk.agent.texts[-1]
    assert told.index("Agreed: Tuesday.") < told.index(HELLO)
    assert "Do not greet again" in told
    assert text(talk) == f"{HELLO} (noted: Agreed: Tuesday.)"
    (back,) = [e for e in talk.desk.events if isinstance(e, events.OperatorHandedBack)]
    assert back.note == "Agreed: Tuesday."


async def test_words_that_come_late_complete_the_turn_and_are_kept_in_mind(talk: Talk) -> None:
    scribe = await on_the_line(talk)
    await says(scribe, heard(HELLO))
    talk.desk.console.hand_back(talk.sid, "")
    await says(scribe, heard(" Good"), heard(" night."))
    assert (text(talk), operators(talk)[-1].final) == (f"{HELLO} Good night.", True)
    await asyncio.sleep(operator_scribe.LATE_S)
    assert scribe.closed
    (told,) = talk.agent.told
    assert "“Good night.”" in told
    assert HELLO not in told
    assert not any("Good night" in sent for sent in talk.agent.texts)


async def test_words_that_come_only_after_the_hand_back_replace_the_seconds(talk: Talk) -> None:
    scribe = await on_the_line(talk)
    talk.desk.console.hand_back(talk.sid, "")
    assert text(talk).startswith("(spoke for")
    assert "seconds" in talk.agent.texts[-1]
    await says(scribe, heard(HELLO))
    assert text(talk) == HELLO


async def test_nobody_is_told_of_words_that_did_not_come(talk: Talk) -> None:
    scribe = await on_the_line(talk)
    await says(scribe, heard(HELLO))
    talk.desk.console.hand_back(talk.sid, "")
    await asyncio.sleep(operator_scribe.LATE_S + 1)
    assert scribe.closed
    assert talk.agent.told == []


async def test_where_no_words_come_at_all_it_is_as_it_was_without(
    talk: Talk, caplog: pytest.LogCaptureFixture
) -> None:
    scribe = await on_the_line(talk)
    talk.desk.microphone.say(VOICE)
    with caplog.at_level(logging.INFO, "callconsole.engine.operator_scribe"):
        talk.desk.console.hand_back(talk.sid, "")
        await asyncio.sleep(operator_scribe.LATE_S + 1)
    assert scribe.closed
    assert caplog.messages == ["no words of the operator were heard"]
    assert (text(talk), operators(talk)[-1].final) == ("(spoke for 0 s)", True)


async def test_after_the_last_word_it_hears_the_silence_that_ends_a_sentence(talk: Talk) -> None:
    scribe = await on_the_line(talk)
    talk.desk.microphone.say(VOICE)
    talk.desk.console.hand_back(talk.sid, "")
    await asyncio.sleep(operator_scribe.LATE_S / 2)
    quiet = scribe.audio()[len(VOICE) * 2 + 200 :]
    assert len(quiet) > 16 * 500
    assert not quiet.any()


async def test_whatever_else_the_model_does_is_nobodys(talk: Talk) -> None:
    scribe = await on_the_line(talk)
    sent = len(talk.line.audio())
    call = AgentToolCall("1", "end_call", {})
    await says(scribe, AgentWords("Hello!", by_caller=False), *SAID, call, AgentTurnDone())
    assert len(talk.line.audio()) == sent
    assert text(talk) == "(speaking)"
    assert scribe.results == []
    assert talk.call.live
    assert all(t.speaker is Speaker.OPERATOR for t in talk.desk.console.turns(talk.sid))


async def test_while_it_opens_the_operator_is_heard_and_what_they_said_is_kept(talk: Talk) -> None:
    talk.desk.agent.gate.clear()
    await talk.desk.console.take_over(talk.sid)
    before = len(talk.line.audio())
    for _ in range(10):
        talk.desk.microphone.say(VOICE)
        await asyncio.sleep(0.2)
    assert len(talk.line.audio()) - before == 10 * len(VOICE)
    assert talk.desk.agent.scribes == []
    talk.desk.agent.gate.set()
    await asyncio.sleep(1)
    (scribe,) = talk.desk.agent.scribes
    up = Upsampler()
    assert np.array_equal(scribe.audio(), up.process(np.tile(VOICE, 10)))
    assert max(len(pcm) for pcm in scribe.heard) <= 16000


async def test_what_is_kept_is_bounded(talk: Talk) -> None:
    talk.desk.agent.gate.clear()
    await talk.desk.console.take_over(talk.sid)
    for _ in range(100):
        talk.desk.microphone.say(VOICE)
    talk.desk.agent.gate.set()
    await asyncio.sleep(2)
    (scribe,) = talk.desk.agent.scribes
    assert len(scribe.audio()) == operator_scribe.KEPT_S * 16000


async def test_handed_back_before_it_is_open_the_words_come_all_the_same(talk: Talk) -> None:
    talk.desk.agent.gate.clear()
    await talk.desk.console.take_over(talk.sid)
    talk.desk.microphone.say(VOICE)
    talk.desk.console.hand_back(talk.sid, "")
    talk.desk.agent.gate.set()
    await settle()
    (scribe,) = talk.desk.agent.scribes
    assert scribe.audio().any()
    await says(scribe, heard(HELLO))
    assert text(talk) == HELLO


async def test_what_cannot_be_opened_changes_nothing(
    talk: Talk, caplog: pytest.LogCaptureFixture
) -> None:
    talk.desk.agent.refusal = DOWN
    with caplog.at_level(logging.WARNING):
        await talk.desk.console.take_over(talk.sid)
        await settle()
    assert [r.getMessage() for r in caplog.records] == [
        "the operator's words are not written down: agent.down"
    ]
    before = len(talk.line.audio())
    talk.desk.microphone.say(VOICE)
    await asyncio.sleep(30)
    talk.desk.microphone.say(VOICE)
    assert len(talk.line.audio()) - before == 2 * len(VOICE)
    talk.desk.console.hand_back(talk.sid, "Agreed: Tuesday.")
    assert text(talk) == "Agreed: Tuesday."
    assert talk.desk.agent.scribes == []
    assert len(caplog.records) == 1
    assert talk.call.live


async def test_one_that_breaks_leaves_what_was_written(
    talk: Talk, caplog: pytest.LogCaptureFixture
) -> None:
    scribe = await on_the_line(talk)
    await says(scribe, heard(HELLO))
    scribe.breaks(DOWN)
    await settle()
    assert scribe.closed
    talk.desk.microphone.say(VOICE)
    await settle()
    assert len(talk.desk.agent.scribes) == 1
    assert talk.call.taken_over
    talk.desk.console.hand_back(talk.sid, "")
    assert text(talk) == HELLO
    assert HELLO in talk.agent.texts[-1]
    assert HELLO not in caplog.text


async def test_muted_nothing_of_the_operator_is_heard_and_the_words_before_are_ended(
    talk: Talk,
) -> None:
    scribe = await on_the_line(talk)
    talk.desk.microphone.say(VOICE)
    talk.desk.console.mute_operator(talk.sid, True)
    talk.desk.microphone.say(VOICE)
    await asyncio.sleep(1)
    spoken = scribe.audio()
    assert len(spoken) == 2 * len(VOICE) + 16 * operator_scribe.HUSH_MS
    assert not spoken[2 * len(VOICE) + 200 :].any()
    talk.desk.console.mute_operator(talk.sid, False)
    talk.desk.microphone.say(VOICE)
    await settle()
    assert len(scribe.audio()) == len(spoken) + 2 * len(VOICE)


async def test_a_session_that_hears_nothing_for_long_is_closed_until_it_would(talk: Talk) -> None:
    scribe = await on_the_line(talk)
    await says(scribe, heard(HELLO))
    talk.desk.console.mute_operator(talk.sid, True)
    await asyncio.sleep(operator_scribe.IDLE_S + 1)
    assert scribe.closed
    talk.desk.console.mute_operator(talk.sid, False)
    talk.desk.microphone.say(VOICE)
    await settle()
    _, again = talk.desk.agent.scribes
    await says(again, heard("there I am again."))
    assert text(talk) == f"{HELLO} there I am again."


async def test_hanging_up_closes_it(talk: Talk) -> None:
    scribe = await on_the_line(talk)
    await says(scribe, heard(HELLO))
    ending = asyncio.create_task(talk.desk.console.hang_up(talk.sid))
    await talk.over()
    await ending
    await settle()
    assert scribe.closed
    assert (text(talk), operators(talk)[-1].final) == (HELLO, True)


async def test_the_end_of_the_call_closes_it_while_late_words_are_waited_for(talk: Talk) -> None:
    scribe = await on_the_line(talk)
    talk.desk.console.hand_back(talk.sid, "")
    await talk.over()
    await settle()
    assert scribe.closed
    assert talk.agent.told == []


async def test_the_end_of_the_call_does_not_wait_for_one_that_opens(talk: Talk) -> None:
    talk.desk.agent.gate.clear()
    await talk.desk.console.take_over(talk.sid)
    await talk.over()
    await settle()
    talk.desk.agent.gate.set()
    await settle()
    assert talk.desk.agent.scribes == []


async def test_each_take_over_has_its_own_words(talk: Talk) -> None:
    first = await on_the_line(talk)
    talk.desk.console.hand_back(talk.sid, "")
    second = await on_the_line(talk)
    assert second is not first
    await says(first, heard(HELLO))
    await says(second, heard("Me again."))
    assert [turn.text for turn in operators(talk)] == [HELLO, "Me again."]
    talk.desk.console.hand_back(talk.sid, "")
    assert "Me again." in talk.agent.texts[-1]
    assert HELLO not in talk.agent.texts[-1]


async def test_its_tokens_are_the_calls(talk: Talk) -> None:
    def counted() -> list[int]:
        of = [e for e in talk.desk.events if isinstance(e, events.UsageMeasured)]
        return [event.tokens.audio_in for event in of]

    await talk.said(AgentUsage(10, 0, 10, {"prompt_audio": 10}), *SAID)
    scribe = await on_the_line(talk)
    await says(scribe, AgentUsage(7, 0, 7, {"prompt_audio": 7}), AgentTurnDone())
    assert counted() == [10, 17]
    await talk.said(AgentAudio(tone(100, 24000)), AgentUsage(20, 0, 20, {"prompt_audio": 20}))
    talk.desk.console.hand_back(talk.sid, "")
    again = await on_the_line(talk)
    await says(again, AgentUsage(5, 0, 5, {"prompt_audio": 5}))
    assert counted() == [10, 17, 37, 42]
    figures = talk.desk.console.figures(talk.sid)
    assert figures is not None
    assert figures["tokens"]["audio_in"] == 42


async def test_it_is_no_session_of_the_call(talk: Talk) -> None:
    scribe = await on_the_line(talk)
    await says(scribe, AgentAudio(tone(400, 24000)), AgentGenerated())
    figures = talk.desk.console.figures(talk.sid)
    assert figures is not None
    assert figures["replies"]["count"] == 0
    assert figures["renewals"]["fresh"] == 0
    assert figures["queue"]["longest_ms"] == 0
    assert scribe.recoveries == []


async def test_where_it_is_switched_off_nobody_else_hears_the_operator(tmp_path: Path) -> None:
    talk = await opened(tmp_path, transcribe_operator=False)
    await talk.desk.console.take_over(talk.sid)
    talk.desk.microphone.say(VOICE)
    await settle()
    talk.desk.console.hand_back(talk.sid, "")
    assert talk.desk.agent.scribes == []
    assert text(talk).startswith("(spoke for")
    await closed(talk)
