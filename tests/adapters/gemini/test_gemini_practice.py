"""Whole conversations of the real SDK with the practice agent, at both back ends."""

from __future__ import annotations

import numpy as np
import pytest
from gemini_kit import BRIEF
from gemini_talk import BRISK, GREET, Begin, Start, Talk, agent_for, callee
from pydantic import SecretStr

from callconsole.adapters.gemini import ApiKey, GeminiAccess, GeminiAgent, Vertex
from callconsole.adapters.gemini.models import BackEnd, known_models
from callconsole.domain.problems import ProblemError
from callconsole.engine.ports import (
    AgentAudio,
    AgentCutOff,
    AgentGenerated,
    AgentLeaving,
    AgentTurnDone,
    AgentUsage,
)
from callconsole.practice import clips
from callconsole.practice.agent import AgentFaults, Pace
from callconsole.practice.agent.faults import (
    ERROR_MESSAGE,
    GARBAGE_FRAME,
    UNKNOWN_MESSAGE,
    Action,
    CloseSocket,
    DropConnection,
    GoAway,
    Moment,
    SendFrame,
    Strike,
    send_huge_frame,
    send_message,
)
from callconsole.practice.agent.models import MODELS


async def test_greeting_arrives_whole(talk: Begin) -> None:
    conversation = await talk()
    conversation.session.send_text(GREET)
    await conversation.until(AgentUsage)
    greeting = clips.load("agent")["agent_greeting"]
    assert np.array_equal(conversation.heard, greeting.pcm)
    assert conversation.words(by_caller=False) == greeting.text
    kinds = [type(event) for event in conversation.events]
    assert kinds[-3:] == [AgentGenerated, AgentTurnDone, AgentUsage]
    assert conversation.practice.sessions[0].texts == [GREET]


async def test_caller_is_heard_sample_for_sample_and_answered(talk: Begin) -> None:
    conversation = await talk()
    spoken = callee("person_hello")
    await conversation.say(spoken)
    await conversation.until(AgentUsage)
    record = conversation.practice.sessions[0]
    assert np.array_equal(record.audio, spoken)
    assert [piece.clip_id for piece in record.heard] == ["person_hello"]
    assert conversation.words(by_caller=True) == clips.load("callee")["person_hello"].text
    assert record.said == ["agent_greeting"]


async def test_caller_interrupts(talk: Begin) -> None:
    conversation = await talk(AgentFaults(audio_speed=1.0), Pace())
    conversation.session.send_text(GREET)
    await conversation.until(AgentAudio)
    await conversation.say(callee("person_hello"))
    await conversation.until(AgentTurnDone)
    kinds = [type(event) for event in conversation.events]
    assert AgentCutOff in kinds
    assert AgentGenerated not in kinds[: kinds.index(AgentTurnDone)]
    assert conversation.practice.sessions[0].interruptions == 1


@pytest.mark.parametrize(
    "action",
    [
        SendFrame(GARBAGE_FRAME),
        send_message(ERROR_MESSAGE),
        send_message(UNKNOWN_MESSAGE),
        send_huge_frame(),
    ],
    ids=["garbage", "error", "unknown", "huge"],
)
async def test_talk_goes_on_after_a_strange_message(talk: Begin, action: Action) -> None:
    conversation = await talk(AgentFaults(strikes=(Strike(action, Moment.FIRST_AUDIO),)))
    conversation.session.send_text(GREET)
    await conversation.until(AgentTurnDone)
    assert np.array_equal(conversation.heard, clips.load("agent")["agent_greeting"].pcm)
    assert len(conversation.practice.sessions) == 1


async def test_text_frames_are_read_too(talk: Begin) -> None:
    conversation = await talk(AgentFaults(text_frames=True))
    conversation.session.send_text(GREET)
    await conversation.until(AgentTurnDone)


@pytest.mark.parametrize(
    "action",
    [CloseSocket(1011, "Internal error encountered."), DropConnection(), GoAway(1.0)],
    ids=["1011", "dropped", "go away"],
)
async def test_lost_mid_sentence_goes_on_without_a_second_greeting(
    talk: Begin, action: Action
) -> None:
    strike = Strike(action, Moment.FIRST_AUDIO, after_ms=50)
    conversation = await talk(AgentFaults(strikes=(strike,), first_connections=1), BRISK)
    conversation.session.send_text(GREET)
    await conversation.until(AgentTurnDone)
    server = conversation.practice
    await server.until(lambda: len(server.sessions) == 2 and server.sessions[1].set_up)
    first, second = server.sessions
    assert second.setup["sessionResumption"]["handle"] in first.handles
    await conversation.say(callee("person_move"))
    await conversation.until(AgentTurnDone, 2)
    assert "agent_greeting" not in second.said
    assert second.texts == []
    assert conversation.session.reconnects == 1
    told = any(isinstance(event, AgentLeaving) for event in conversation.events)
    assert told == isinstance(action, GoAway)


@pytest.mark.parametrize(
    ("account", "code"),
    [
        (ApiKey(SecretStr("wrong-key")), "agent.key_refused"),
        (Vertex("desk", "us-central1", SecretStr("wrong-token")), "agent.credentials_refused"),
    ],
)
async def test_wrong_secret(practice: Start, account: ApiKey | Vertex, code: str) -> None:
    server = await practice()
    agent = GeminiAgent(GeminiAccess(account, server.base_url, server.ca_file))
    with pytest.raises(ProblemError) as caught:
        await agent.check()
    await agent.close()
    assert caught.value.problem.code == code
    assert "wrong-" not in str(caught.value)


async def test_unknown_voice(practice: Start) -> None:
    server = await practice()
    access = GeminiAccess(ApiKey(SecretStr("practice-key")), server.base_url, server.ca_file)
    agent = GeminiAgent(access, voice="Nobody")
    with pytest.raises(ProblemError) as caught:
        await agent.check()
    await agent.close()
    assert caught.value.problem.code == "agent.settings_refused"


@pytest.mark.parametrize(
    ("back_end", "model"),
    [
        (back_end, model)
        for back_end in BackEnd
        for model in known_models(back_end)
        if model in MODELS
    ],
)
async def test_setup_and_text_suit_every_model(
    practice: Start, back_end: BackEnd, model: str
) -> None:
    server = await practice()
    agent = agent_for(server, back_end, model)
    assert (await agent.check()).startswith(f"{model}, ")
    session = await agent.open(BRIEF)
    conversation = Talk(server, session)
    session.send_text(GREET)
    await conversation.until(AgentTurnDone)
    assert server.sessions[-1].said == ["agent_greeting"]
    await session.close()
    await agent.close()
