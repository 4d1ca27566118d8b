"""What the tests of the Gemini adapter share: accounts, a brief, and ways to read events."""

from __future__ import annotations

import asyncio
from unittest.mock import ANY

from pydantic import SecretStr

from callconsole.adapters.gemini import ApiKey, Vertex
from callconsole.adapters.gemini.session import GeminiSession
from callconsole.domain.prompt import Prompt
from callconsole.engine.ports import AgentBrief, AgentEvent, AgentRecovered, ToolSpec

KEY = "test-key-4711"
TOKEN = "test-token-4711"
BRIEF = AgentBrief(Prompt(name="friendly", text="Be friendly."))
MODELS = {"developer": "gemini-3.8-live", "vertex": "gemini-3.8-live"}
# Models that wait for the result of each function.
BLOCKING = {
    "developer": "gemini-3.1-flash-live-preview",
    "vertex": "gemini-live-2.5-flash-native-audio",
}
ACCOUNTS: dict[str, ApiKey | Vertex] = {
    "developer": ApiKey(SecretStr(KEY)),
    "vertex": Vertex("desk", "us-central1", SecretStr(TOKEN)),
}


def tool(name: str, *required: str) -> ToolSpec:
    """A function whose arguments are all required texts."""
    properties = {each: {"type": "string"} for each in required}
    return ToolSpec(
        name, name, {"type": "object", "properties": properties, "required": list(required)}
    )


WITH_TOOLS = AgentBrief(
    BRIEF.prompt,
    (
        tool("end_call"),
        tool("press_keys", "digits"),
        tool("transfer_call", "to"),
        tool("take_note", "text"),
        tool("schedule_callback", "at", "reason"),
    ),
)


def resumed(reason: str = "connection lost") -> AgentRecovered:
    """A resumed session, whatever the time it took."""
    return AgentRecovered(fresh=False, reason=reason, gap_ms=ANY)


def anew(reason: str = "connection lost") -> AgentRecovered:
    """A fresh session, whatever the time it took."""
    return AgentRecovered(fresh=True, reason=reason, gap_ms=ANY)


async def take(session: GeminiSession, count: int) -> list[AgentEvent]:
    """The next events of a session."""
    taken: list[AgentEvent] = []
    async with asyncio.timeout(5):
        async for event in session.events():
            taken.append(event)
            if len(taken) == count:
                break
    return taken


async def drain(session: GeminiSession) -> list[AgentEvent]:
    """All events until the session ends; a `ProblemError` passes through."""
    async with asyncio.timeout(5):
        return [event async for event in session.events()]
