"""Whole conversations of the real SDK with the practice agent, at both back ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import date
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from gemini_kit import BRIEF
from pydantic import SecretStr

from callconsole.adapters.gemini import ApiKey, GeminiAccess, GeminiAgent, Vertex
from callconsole.adapters.gemini.models import BackEnd, known_models
from callconsole.adapters.gemini.session import GeminiSession
from callconsole.audio.resample import Upsampler
from callconsole.domain.problems import ProblemError
from callconsole.engine.ports import (
    AgentAudio,
    AgentCutOff,
    AgentEvent,
    AgentGenerated,
    AgentLeaving,
    AgentTurnDone,
    AgentUsage,
    AgentWords,
    Pcm16,
)
from callconsole.practice import clips
from callconsole.practice.agent import AT_ONCE, AgentFaults, Pace, PracticeAgent, SessionRecord
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

BRISK = Pace(think_ms=0.0, speed=10.0, waits_for_playback=False)
GREET = "Greet the caller now."
Start = Callable[..., Awaitable[PracticeAgent]]


@pytest.fixture
async def practice(tmp_path: Path) -> AsyncIterator[Start]:
    started: list[PracticeAgent] = []

    async def start(faults: AgentFaults | None = None, pace: Pace = AT_ONCE) -> PracticeAgent:
        folder = tmp_path / f"agent-{len(started)}"
        started.append(
            PracticeAgent(
                folder,
                faults=faults or AgentFaults(),
                pace=pace,
                today=lambda: date(2025, 6, 1),
            )
        )
        await started[-1].start()
        return started[-1]

    yield start
    for agent in started:
        await agent.stop()


def agent_for(
    practice: PracticeAgent, back_end: str, model: str = "gemini-3.8-live"
) -> GeminiAgent:
    account: ApiKey | Vertex = (
        ApiKey(SecretStr("practice-key"))
        if back_end == BackEnd.DEVELOPER
        else Vertex("desk", "us-central1", SecretStr("practice-token"))
    )
    return GeminiAgent(GeminiAccess(account, practice.base_url, practice.ca_file), model=model)


def _has(record: SessionRecord, samples: int) -> bool:
    return record.audio_samples >= samples


class Talk:
    """A session and everything that it has said so far."""

    def __init__(self, practice: PracticeAgent, session: GeminiSession) -> None:
        self.practice, self.session = practice, session
        self.events: list[AgentEvent] = []
        self._coming = session.events()

    async def until(self, kind: type, count: int = 1) -> None:
        async with asyncio.timeout(10):
            while sum(isinstance(event, kind) for event in self.events) < count:
                self.events.append(await anext(self._coming))

    async def say(self, pcm: Pcm16) -> None:
        """Speak, 16000 Hz, no faster than it is taken in."""
        record = self.practice.sessions[-1]
        before = record.audio_samples
        for start in range(0, len(pcm), 320):
            piece = pcm[start : start + 320]
            self.session.send_audio(piece)
            target = before + start + len(piece)
            await self.practice.until(partial(_has, record, target))

    @property
    def heard(self) -> Pcm16:
        return np.concatenate([e.pcm for e in self.events if isinstance(e, AgentAudio)])

    def words(self, *, by_caller: bool) -> str:
        return "".join(
            event.text
            for event in self.events
            if isinstance(event, AgentWords) and event.by_caller is by_caller
        ).strip()


@pytest.fixture(params=sorted(BackEnd))
async def talk(
    request: pytest.FixtureRequest, practice: Start
) -> AsyncIterator[Callable[..., Awaitable[Talk]]]:
    open_now: list[tuple[GeminiAgent, GeminiSession]] = []

    async def begin(faults: AgentFaults | None = None, pace: Pace = AT_ONCE) -> Talk:
        server = await practice(faults, pace)
        agent = agent_for(server, request.param)
        session = await agent.open(BRIEF)
        open_now.append((agent, session))
        return Talk(server, session)

    yield begin
    for agent, session in open_now:
        await session.close()
        await agent.close()


def callee(clip_id: str) -> Pcm16:
    """A callee's line as the bridge sends it, and a second of silence after it."""
    return np.concatenate(
        [Upsampler().process(clips.load("callee")[clip_id].pcm), np.zeros(16000, np.int16)]
    )


Begin = Callable[..., Awaitable[Talk]]


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
