"""One spoken sentence from a session, to hear a voice before it is chosen."""

from __future__ import annotations

import asyncio

import numpy as np

from callconsole.domain.problems import Problem, ProblemError
from callconsole.domain.prompt import Prompt
from callconsole.engine.ports import (
    AgentAudio,
    AgentBrief,
    AgentGenerated,
    AgentSession,
    AgentTurnDone,
    Pcm16,
)

SAMPLE_S = 15.0
BRIEF = AgentBrief(
    Prompt("voice_sample", "You read out one sentence in a friendly way and say nothing else.")
)
ASK = (
    "Say exactly this and nothing else: “Hello, this is how I sound on the phone. "
    "How can I help you today?”"
)


async def spoken(session: AgentSession) -> Pcm16:
    """The sentence as shape (n,), int16, mono, 24000 Hz.

    Raises:
        ProblemError: the session broke, or nothing was said within fifteen seconds.
    """
    session.send_text(ASK)
    heard: list[Pcm16] = []
    try:
        async with asyncio.timeout(SAMPLE_S):
            async for event in session.events():
                if isinstance(event, AgentAudio):
                    heard.append(event.pcm)
                elif isinstance(event, AgentGenerated | AgentTurnDone) and heard:
                    break
    except TimeoutError:
        raise ProblemError(SILENT) from None
    if not heard:
        raise ProblemError(SILENT)
    return np.concatenate(heard)


SILENT = Problem(
    "agent.no_sample",
    "The voice was not heard",
    "The model did not speak within fifteen seconds.",
    "Try again, or choose another model.",
)
