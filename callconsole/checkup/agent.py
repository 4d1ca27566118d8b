"""Checks of the AI: a session opens, and the model speaks in it."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Final, cast

from callconsole.domain.problems import Problem
from callconsole.domain.prompt import Prompt
from callconsole.engine.checkup import Verdict, amber, green, red
from callconsole.engine.ports import Agent, AgentAudio, AgentBrief, AgentEvent, AgentTurnDone

SLOW_MS: Final = 3000
_PROMPT: Final = Prompt(
    "check-up", "You test a phone line. Say what you are asked to, and no more."
)
_ASK: Final = "Say hello now."


async def session(agent: Agent) -> Verdict:
    """The credentials are right, and the model opens a session."""
    return green(await agent.check())


async def speech(agent: Agent) -> Verdict:
    """The model speaks; how long its first sound takes is told."""
    talk = await agent.open(AgentBrief(_PROMPT))
    try:
        asked_at = time.monotonic()
        talk.send_text(_ASK)
        if not await _sounds(cast("AsyncGenerator[AgentEvent]", talk.events())):
            return red(_MUTE)
        first_ms = round((time.monotonic() - asked_at) * 1000)
    finally:
        await talk.close()
    detail = f"first sound after {first_ms} ms"
    return green(detail) if first_ms <= SLOW_MS else amber(_slow(first_ms), detail)


async def _sounds(events: AsyncGenerator[AgentEvent]) -> bool:
    """True at the first sound, False where a turn ends without any."""
    async with aclosing(events):
        async for event in events:
            if isinstance(event, AgentAudio):
                return True
            if isinstance(event, AgentTurnDone):
                return False
    return False


_MUTE: Final = Problem(
    "agent.mute",
    "The AI does not speak",
    "The model took the request and ended its turn without any sound.",
    "Check again; if it stays silent, choose another model or voice.",
)


def _slow(first_ms: int) -> Problem:
    return Problem(
        "agent.slow",
        "The AI answers slowly",
        f"Its first sound took {first_ms / 1000:.1f} s.",
        "Check this computer's connection, or choose a nearer region or another model.",
    )
