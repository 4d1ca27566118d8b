"""Functions in whole conversations with the practice agent: the real SDK, both back ends."""

from __future__ import annotations

import asyncio
import math
from typing import Any

import numpy as np
import pytest
from gemini_kit import BLOCKING, MODELS, WITH_TOOLS, resumed
from gemini_talk import GREET, Begin, Start, Talk, agent_for, callee

from callconsole.adapters.gemini.models import BackEnd, known_models
from callconsole.engine.ports import (
    AgentAudio,
    AgentRecovered,
    AgentToolCall,
    AgentToolCancelled,
    AgentTurnDone,
    ToolReply,
)
from callconsole.practice import clips
from callconsole.practice.agent import AgentFaults, Pace, ToolFaults
from callconsole.practice.agent.faults import DropConnection, Moment, Strike
from callconsole.practice.agent.models import MODELS as PRACTICE_MODELS

pytestmark = pytest.mark.usefixtures("short_waits")

STRICT = Pace(think_ms=0.0, speed=math.inf, call_grace_ms=0.0, waits_for_playback=False)
EITHER = pytest.mark.parametrize("models", [MODELS, BLOCKING], ids=["free", "blocking"])
FAREWELL = "Say goodbye to the caller."
OK = {"output": "done"}


def calls(talk: Talk) -> list[AgentToolCall]:
    return [event for event in talk.events if isinstance(event, AgentToolCall)]


async def answer(talk: Talk, count: int = 1, result: dict[str, Any] = OK) -> AgentToolCall:
    """Wait for a call and answer it."""
    await talk.until(AgentToolCall, count)
    call = calls(talk)[count - 1]
    talk.session.answer_tool(call, result, ToolReply.SILENT)
    return call


@EITHER
async def test_a_note_and_a_polite_end(talk: Begin, models: dict[str, str]) -> None:
    conversation = await talk(brief=WITH_TOOLS, models=models)
    await conversation.say(callee("person_choose"))
    note = await answer(conversation)
    await conversation.until(AgentTurnDone)
    await conversation.say(callee("person_bye"))
    end = await answer(conversation, 2)
    await conversation.until(AgentTurnDone, 2)
    assert [note.name, end.name] == ["take_note", "end_call"]
    assert "quarter past three" in note.arguments["text"]
    record = conversation.practice.sessions[0]
    await conversation.practice.until(lambda: len(record.answers) == 2)
    assert record.said == ["agent_moved", "agent_goodbye"]
    voice = clips.load("agent")
    spoken = np.concatenate([voice[line].pcm for line in record.said])
    assert np.array_equal(conversation.heard, spoken)
    assert len(conversation.practice.sessions) == 1


@EITHER
@pytest.mark.parametrize(
    "wrong",
    [
        ToolFaults(repeated=True),
        ToolFaults(in_both_places=True),
        ToolFaults(repeated=True, in_both_places=True, without_id=True),
        ToolFaults(before_audio=True),
        ToolFaults(bad_arguments=True),
    ],
    ids=["repeated", "both places", "no id", "before audio", "bad arguments"],
)
async def test_a_call_is_told_once_whatever_is_wrong_with_it(
    talk: Begin, models: dict[str, str], wrong: ToolFaults
) -> None:
    conversation = await talk(AgentFaults(tools=wrong), brief=WITH_TOOLS, models=models)
    await conversation.say(callee("person_choose"))
    await answer(conversation)
    await conversation.until(AgentTurnDone)
    await conversation.say(callee("person_bye"))
    await answer(conversation, 2)
    await conversation.until(AgentTurnDone, 2)
    assert [call.name for call in calls(conversation)] == ["take_note", "end_call"]
    record = conversation.practice.sessions[0]
    await conversation.practice.until(lambda: len(record.answers) == 2)
    voice = clips.load("agent")
    spoken = np.concatenate([voice[line].pcm for line in ("agent_moved", "agent_goodbye")])
    assert np.array_equal(conversation.heard, spoken)


@EITHER
async def test_a_call_is_taken_back(talk: Begin, models: dict[str, str]) -> None:
    faults = AgentFaults(tools=ToolFaults(cancelled_calls=1))
    conversation = await talk(faults, brief=WITH_TOOLS, models=models)
    await conversation.say(callee("person_choose"))
    call = await answer(conversation)
    await conversation.until(AgentToolCancelled)
    await conversation.until(AgentTurnDone)
    assert AgentToolCancelled((call.id,)) in conversation.events
    record = conversation.practice.sessions[0]
    assert (record.answers, record.cancelled) == ([], [call.id])


async def test_a_blocking_agent_never_hears_while_it_waits(talk: Begin) -> None:
    conversation = await talk(pace=STRICT, brief=WITH_TOOLS, models=BLOCKING)
    conversation.session.send_text(FAREWELL)
    await conversation.until(AgentToolCall)
    record = conversation.practice.sessions[0]
    heard = record.audio_samples
    for _ in range(50):
        conversation.session.send_audio(np.full(320, 1000, np.int16))
        await asyncio.sleep(0)
    assert conversation.session.dropped_ms == 1000.0
    await answer(conversation)
    await conversation.until(AgentTurnDone)
    assert record.audio_samples == heard
    await conversation.say(callee("person_bye"))
    assert record.audio_samples == heard + len(callee("person_bye"))
    assert record.said == ["agent_goodbye"]
    assert (len(conversation.practice.sessions), record.close_code) == (1, None)


async def test_another_agent_hears_all_the_time(talk: Begin) -> None:
    conversation = await talk(brief=WITH_TOOLS)
    await conversation.say(callee("person_choose"))
    await conversation.until(AgentToolCall)
    await conversation.say(callee("person_bye"))
    await conversation.until(AgentTurnDone, 2)
    assert conversation.session.dropped_ms == 0.0
    for call in calls(conversation):
        conversation.session.answer_tool(call, OK)
    record = conversation.practice.sessions[0]
    await conversation.practice.until(lambda: len(record.answers) == 2)
    assert record.said == ["agent_moved", "agent_goodbye"]


async def test_a_line_that_breaks_at_a_call_runs_it_once(talk: Begin) -> None:
    conversation = await talk(brief=WITH_TOOLS, models=BLOCKING)
    await conversation.say(callee("person_choose"))
    await conversation.until(AgentToolCall)
    conversation.session.recover(fresh=False, reason="for the test")
    await answer(conversation)
    await conversation.until(AgentRecovered)
    server = conversation.practice
    await server.until(lambda: len(server.sessions) == 2 and bool(server.sessions[1].answers))
    await conversation.until(AgentAudio)
    assert resumed("for the test") in conversation.events
    assert [call.name for call in calls(conversation)] == ["take_note"]
    assert server.sessions[1].answers[0].response == OK


async def test_a_dropped_line_keeps_a_call_that_the_handle_knows(talk: Begin) -> None:
    drop = AgentFaults(
        strikes=(Strike(DropConnection(), Moment.FIRST_AUDIO, after_ms=300),),
        first_connections=1,
    )
    conversation = await talk(drop, brief=WITH_TOOLS)
    await conversation.say(callee("person_choose"))
    await conversation.until(AgentTurnDone)
    await conversation.until(AgentRecovered)
    await answer(conversation)
    server = conversation.practice
    await server.until(lambda: len(server.sessions) == 2 and bool(server.sessions[1].answers))
    assert len(calls(conversation)) == 1
    assert len(server.sessions) == 2


@pytest.mark.parametrize(
    ("back_end", "model"),
    [
        (back_end, model)
        for back_end in BackEnd
        for model in known_models(back_end)
        if model in PRACTICE_MODELS
    ],
)
async def test_functions_suit_every_model(practice: Start, back_end: BackEnd, model: str) -> None:
    server = await practice()
    agent = agent_for(server, back_end, model)
    session = await agent.open(WITH_TOOLS)
    conversation = Talk(server, session)
    await conversation.say(callee("person_choose"))
    await answer(conversation)
    await conversation.until(AgentTurnDone)
    session.send_text(GREET)
    assert server.sessions[-1].said == ["agent_moved"]
    await server.until(lambda: bool(server.sessions[-1].answers))
    assert server.sessions[-1].close_code is None
    await session.close()
    await agent.close()
