"""The end that talks: sessions with a model, and what is asked of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from callconsole.domain.prompt import Prompt
from callconsole.domain.transcript import Turn
from callconsole.engine.ports.agent_events import AgentEvent, AgentToolCall
from callconsole.engine.ports.sound import Pcm16


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """A function that the model may call.

    Attributes:
        parameters: JSON schema of the arguments: ``type``, ``properties``, ``required``,
            ``description``, ``enum`` and nothing else.
    """

    name: str
    description: str
    parameters: dict[str, Any]


@dataclass(frozen=True, slots=True)
class AgentBrief:
    """What one session is opened with.

    Attributes:
        prompt: the operator's words, first.
        tools: what the agent may do besides talking.
        facts: what it is told besides, such as the date; "" for nothing.
    """

    prompt: Prompt
    tools: tuple[ToolSpec, ...] = ()
    facts: str = ""


class ToolReply(StrEnum):
    """What the model does with a function's result, where it can choose (non-blocking tools)."""

    SILENT = "silent"
    """It knows it, and says nothing about it."""
    WHEN_IDLE = "when idle"
    """It speaks about it once it has finished what it is saying."""


@dataclass(frozen=True, slots=True)
class ConnectionSpan:
    """How long the agent's present connection is kept; monotonic seconds of `Clock`.

    Attributes:
        opened_at: when it was made.
        renewed_from: from when on a quiet moment is looked for to replace it.
        renewed_by: when it is replaced whatever is going on.
    """

    opened_at: float
    renewed_from: float
    renewed_by: float


class AgentSession(Protocol):
    """One conversation with the model. Sending never blocks."""

    @property
    def span(self) -> ConnectionSpan | None:
        """How long the present connection is kept; None where that is not known."""
        ...

    def events(self) -> AsyncIterator[AgentEvent]:
        """What the model says and does, until the session is closed by us (ends normally).

        Raises `ProblemError` where the session breaks.
        """
        ...

    def send_audio(self, pcm: Pcm16) -> None:
        """Queue caller audio, shape (n,), int16, mono, 16000 Hz."""
        ...

    def send_text(self, text: str) -> None:
        """Queue an instruction in text that the model acts on now, such as to greet."""
        ...

    def tell(self, text: str) -> None:
        """Queue something to keep in mind; where the model can, it says nothing about it now."""
        ...

    def answer_tool(
        self, call: AgentToolCall, result: dict[str, Any], reply: ToolReply = ToolReply.WHEN_IDLE
    ) -> None:
        """Queue a function's result, small and JSON-ready; one for each `AgentToolCall`.

        Survives a change of connection. With a model whose tools block, `reply` cannot be chosen
        and it goes on by itself.
        """
        ...

    def remember(self, history: Callable[[], Sequence[Turn]]) -> None:
        """Where to find what has been said, should the session have to begin anew."""
        ...

    def recover(self, *, fresh: bool, reason: str) -> None:
        """Replace the connection now: resume the old session, or begin a fresh one.

        A fresh one is told the transcript and does not greet again. `AgentRecovered` follows,
        or the session breaks.
        """
        ...

    async def close(self) -> None:
        """Close within about a second; safe to call twice."""
        ...


class Agent(Protocol):
    """Where sessions come from: one model at one back end."""

    async def open(self, brief: AgentBrief) -> AgentSession:
        """Open a session that is ready to talk. Raises `ProblemError`."""
        ...

    async def check(self) -> str:
        """Open and close a session; return a short text. Raises `ProblemError`."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...
