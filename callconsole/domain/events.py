"""Everything that can be said of a live call, as facts in the past tense."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from callconsole.domain.call import AnsweredBy, Call, Ending, Floor
from callconsole.domain.problems import Problem
from callconsole.domain.transcript import Turn


@dataclass(frozen=True, slots=True, kw_only=True)
class CallEvent:
    """A fact about one call, named by its SID, at an aware UTC time."""

    call_sid: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CallQueued(CallEvent):
    """The carrier accepted the call; `call` is its first state."""

    call: Call


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRinging(CallEvent):
    """The callee's phone rings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallAnswered(CallEvent):
    """Somebody or something picked up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerJudged(CallEvent):
    """It was decided who picked up; `reason` says how we know."""

    answered_by: AnsweredBy
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamStarted(CallEvent):
    """The call's audio reaches us."""

    stream_sid: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamStopped(CallEvent):
    """The call's audio no longer reaches us."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorChanged(CallEvent):
    """Another speaker, or nobody, is heard now."""

    floor: Floor


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnChanged(CallEvent):
    """A turn began or grew or ended; `turn` replaces the earlier snapshot of the same id."""

    turn: Turn


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentInterrupted(CallEvent):
    """The caller cut the agent off; `dropped_ms` of agent audio were never played."""

    turn_id: int
    dropped_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentReplied(CallEvent):
    """The agent began to answer `delay_ms` after the caller's last sound."""

    delay_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentHeard(CallEvent):
    """The answer reached the caller's ear `delay_ms` after the caller's last sound.

    Proven by the carrier's echo of the first mark behind it.
    """

    delay_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentStalled(CallEvent):
    """The agent fell silent or made no sense; `remedy` is what was done about it.

    Both are plain words: "no answer", "session resumed".
    """

    stall: str
    remedy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentRenewed(CallEvent):
    """The agent's connection was replaced; the conversation goes on.

    Attributes:
        fresh: True for a new session that was told what had been said.
        reason: short, in plain words.
        gap_ms: how long the agent was away.
    """

    fresh: bool
    reason: str
    gap_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelsMeasured(CallEvent):
    """Loudness of both sides in dBFS (0 = full scale, -90 = silence), and audio sent ahead."""

    caller_dbfs: float
    agent_dbfs: float
    buffered_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentLost(CallEvent):
    """The agent's session broke during the call; `problem` says why."""

    problem: Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingSaved(CallEvent):
    """The stereo recording is whole on disk."""

    path: str
    duration_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CallEnded(CallEvent):
    """The call is over; nothing but its recording follows."""

    ending: Ending


class Service(StrEnum):
    """The parts that a call needs, as the status bar shows them."""

    SERVER = "server"
    TUNNEL = "tunnel"
    CARRIER = "carrier"
    AGENT = "agent"
    SOUND = "sound"


class ServiceState(StrEnum):
    """How a part is doing."""

    OFF = "off"
    STARTING = "starting"
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceChanged:
    """A part came up, went down or was found wanting; `detail` is short and shown as it is."""

    service: Service
    state: ServiceState
    detail: str
    problem: Problem | None = None


Event = CallEvent | ServiceChanged


def as_json(event: Event) -> dict[str, Any]:
    """The event as JSON-ready values, with its class name under ``event``."""

    def plain(value: Any) -> Any:
        if isinstance(value, datetime):
            return value.isoformat(timespec="milliseconds")
        if isinstance(value, dict):
            return {key: plain(item) for key, item in value.items()}
        return value

    return {"event": type(event).__name__, **plain(asdict(event))}
