"""What a model says and does in a session, one record for each kind."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from callconsole.engine.ports.sound import Pcm16


@dataclass(frozen=True, slots=True)
class AgentAudio:
    """Agent speech: `pcm` is shape (n,), int16, mono, 24000 Hz, any n, often in bursts."""

    pcm: Pcm16


@dataclass(frozen=True, slots=True)
class AgentWords:
    """A piece of transcript to append; `final` closes the utterance where the model says so."""

    text: str
    by_caller: bool
    final: bool = False


@dataclass(frozen=True, slots=True)
class AgentCutOff:
    """The model heard the caller over its own speech and stopped; queued audio is void."""


@dataclass(frozen=True, slots=True)
class AgentGenerated:
    """The model has generated all audio of the turn (it may still be playing)."""


@dataclass(frozen=True, slots=True)
class AgentTurnDone:
    """The model's turn is complete, cut off or not."""


@dataclass(frozen=True, slots=True)
class AgentUsage:
    """Tokens of one turn, by modality."""

    prompt_tokens: int
    response_tokens: int
    total_tokens: int
    by_modality: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AgentLeaving:
    """The server will close this connection in `time_left_s` seconds."""

    time_left_s: float


@dataclass(frozen=True, slots=True)
class AgentRecovered:
    """The connection was replaced, and the conversation goes on.

    Attributes:
        fresh: True for a new session that was told what had been said; False where the server
            resumed the old one.
        reason: short, in plain words, such as "connection lost".
        gap_ms: how long the agent was away.
    """

    fresh: bool
    reason: str
    gap_ms: int


@dataclass(frozen=True, slots=True)
class AgentToolCall:
    """The model calls a function; each call comes once, whatever the server repeats.

    Attributes:
        id: unique within the session; made up here where the server gives none.
        arguments: as the model wrote them, unchecked.
    """

    id: str
    name: str
    arguments: dict[str, Any]


@dataclass(frozen=True, slots=True)
class AgentToolCancelled:
    """The model takes calls back, because the caller spoke; no answer is wanted any more."""

    ids: tuple[str, ...]


AgentEvent = (
    AgentAudio
    | AgentToolCall
    | AgentToolCancelled
    | AgentWords
    | AgentCutOff
    | AgentGenerated
    | AgentTurnDone
    | AgentUsage
    | AgentLeaving
    | AgentRecovered
)
