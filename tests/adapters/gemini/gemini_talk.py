"""Whole conversations with the practice agent: a session and all that it has said."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

import numpy as np
from pydantic import SecretStr

from callconsole.adapters.gemini import ApiKey, GeminiAccess, GeminiAgent, Vertex
from callconsole.adapters.gemini.models import BackEnd
from callconsole.adapters.gemini.resume import Lifetime
from callconsole.adapters.gemini.session import GeminiSession
from callconsole.audio.resample import Upsampler
from callconsole.engine.ports import AgentAudio, AgentEvent, AgentWords, Pcm16
from callconsole.practice import clips
from callconsole.practice.agent import Pace, PracticeAgent, SessionRecord

BRISK = Pace(think_ms=0.0, speed=10.0, waits_for_playback=False)
GREET = "Greet the caller now."
Start = Callable[..., Awaitable[PracticeAgent]]
Begin = Callable[..., Awaitable["Talk"]]


def agent_for(
    practice: PracticeAgent,
    back_end: str,
    model: str = "gemini-3.8-live",
    lifetime: Lifetime | None = None,
) -> GeminiAgent:
    account: ApiKey | Vertex = (
        ApiKey(SecretStr("practice-key"))
        if back_end == BackEnd.DEVELOPER
        else Vertex("desk", "us-central1", SecretStr("practice-token"))
    )
    access = GeminiAccess(account, practice.base_url, practice.ca_file)
    return GeminiAgent(access, model=model, lifetime=lifetime)


def _has(record: SessionRecord, samples: int) -> bool:
    # What is said while a result is waited for is not heard.
    return record.audio_samples >= samples or record.waits


class Talk:
    """A session and everything that it has said so far."""

    def __init__(self, practice: PracticeAgent, session: GeminiSession) -> None:
        self.practice, self.session = practice, session
        self.events: list[AgentEvent] = []
        self._coming = session.events()

    async def until(self, kind: type, count: int = 1) -> None:
        async with asyncio.timeout(15):
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


def callee(clip_id: str) -> Pcm16:
    """A callee's line as the bridge sends it, and a second of silence after it."""
    return np.concatenate(
        [Upsampler().process(clips.load("callee")[clip_id].pcm), np.zeros(16000, np.int16)]
    )
