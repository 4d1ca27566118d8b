"""Everything that can be said of a live call, as facts in the past tense."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from callconsole.domain.answering import AnsweredBy, Evidence, JudgedBy, Weighing
from callconsole.domain.call import Call, Ending, Floor
from callconsole.domain.costs import Tokens
from callconsole.domain.json_ready import json_ready
from callconsole.domain.problems import Problem
from callconsole.domain.record import Note
from callconsole.domain.transcript import Turn


@dataclass(frozen=True, slots=True, kw_only=True)
class CallEvent:
    """A fact about one call, named by its SID, at an aware UTC time."""

    call_sid: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CallBegan(CallEvent):
    """There is a call from now on; `call` is its first state."""

    call: Call


@dataclass(frozen=True, slots=True, kw_only=True)
class CallQueued(CallBegan):
    """The carrier accepted the call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingCallRang(CallBegan):
    """Somebody calls us."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRinging(CallEvent):
    """The callee's phone rings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallAnswered(CallEvent):
    """Somebody or something picked up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerWeighed(CallEvent):
    """What is known so far of who picked up; about eight times a second while it is decided."""

    weighing: Weighing


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerJudged(CallEvent):
    """It was decided who picked up; a later one corrects an earlier one.

    Attributes:
        reason: how we know, one sentence.
        by: whose word it is.
        after_ms: call audio between the answer and the verdict.
        obeyed: False for a verdict that is only shown, such as "machine" in the middle of a
            conversation.
    """

    answered_by: AnsweredBy
    reason: str
    by: JudgedBy = JudgedBy.CARRIER
    after_ms: int = 0
    evidence: tuple[Evidence, ...] = ()
    obeyed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamStarted(CallEvent):
    """The call's audio reaches us.

    Attributes:
        gap_ms: how long it was away, where it is not the call's first stream; None at first.
    """

    stream_sid: str
    gap_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamMissed(CallEvent):
    """The audio has been away for a moment while the call goes on; it is expected back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingStarted(CallEvent):
    """The call is being recorded to this file."""

    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorActed(CallEvent):
    """The person at the desk did something about this call.

    Attributes:
        act: what, in plain words: "hung up", "said: a person answered".
        detail: more of it, or empty.
    """

    act: str
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Whispered(CallEvent):
    """The operator told the agent something that the callee does not hear; ids count from 1."""

    whisper_id: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WhisperHeeded(CallEvent):
    """The agent began to speak after a whisper: `delay_ms` later."""

    whisper_id: int
    delay_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SayAsked(CallEvent):
    """The operator had the agent say exactly this sentence."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorTookOver(CallEvent):
    """The agent is silent, and the callee hears the operator's microphone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorHandedBack(CallEvent):
    """The agent goes on, and an operator who was muted is so no more.

    Attributes:
        spoke_s: seconds that the operator's voice was heard.
        note: what the agent was told of it.
    """

    spoke_s: float
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MomentStarred(CallEvent):
    """The operator marked what is said at `position_s` seconds of call audio, in this turn."""

    turn_id: int
    position_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class MomentUnstarred(CallEvent):
    """The operator took the star of this turn away."""

    turn_id: int
    position_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class MutingChanged(CallEvent):
    """Who is not heard by whom, and whether the callee is on hold; see `Call`."""

    agent_muted: bool
    caller_muted: bool
    on_hold: bool
    operator_muted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AbilityUsed(CallEvent):
    """The agent did something besides talking.

    Attributes:
        ability: the function's name, ``take_note``.
        outcome: what came of it, in plain words: "noted", "refused: no such person".
        done: False where it was refused or failed.
    """

    ability: str
    outcome: str
    done: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteTaken(CallEvent):
    """Something was noted, or a call back was asked for."""

    note: Note


@dataclass(frozen=True, slots=True, kw_only=True)
class KeysPressed(CallEvent):
    """Tones were sent to the other end."""

    digits: str
    by_operator: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyReceived(CallEvent):
    """The person on the phone pressed a key."""

    digit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferBegan(CallEvent):
    """The call is being passed on; `label` is how the prompt calls them."""

    to: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferAnswered(CallEvent):
    """Whom the call is passed on to has picked up."""

    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferEnded(CallEvent):
    """The transfer is over: they have talked, or nobody was reached and the agent goes on."""

    to: str
    reached: bool
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FarewellBegan(CallEvent):
    """The agent ends the call: its last words are played, then it hangs up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FarewellCalledOff(CallEvent):
    """The person spoke into the farewell; the call goes on."""


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
    """Loudness of both sides in dBFS (0 = full scale, -90 = silence), and the way to the carrier.

    Attributes:
        buffered_ms: audio sent ahead.
        round_trip_ms: how long sound takes to the carrier and its echo back; None until known.
    """

    caller_dbfs: float
    agent_dbfs: float
    buffered_ms: int
    round_trip_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechGapped(CallEvent):
    """The callee heard a hole of `gap_ms` in the middle of what was said to them."""

    gap_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageMeasured(CallEvent):
    """The model has used so many tokens; `tokens` are those of the whole call so far."""

    tokens: Tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentSessionAged(CallEvent):
    """The agent's connection is new, or will be left at another time; it ages by the clock.

    Attributes:
        age_s: its age at this moment.
        renewed_from_s: the age from which a quiet moment is looked for to renew it.
        renewed_by_s: the age by which it is renewed whatever is going on.
    """

    age_s: float
    renewed_from_s: float
    renewed_by_s: float


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
    HISTORY = "history"


class ServiceState(StrEnum):
    """How a part is doing."""

    OFF = "off"
    STARTING = "starting"
    READY = "ready"
    DEGRADED = "degraded"
    """Calls can be placed, but something about it should be known."""
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceChanged:
    """A part came up, went down or was found wanting.

    Attributes:
        detail: short, and shown as it is.
        round_trip_ms: of a message through the tunnel and back, or None where none was measured.
    """

    service: Service
    state: ServiceState
    detail: str
    problem: Problem | None = None
    round_trip_ms: int | None = None


Event = CallEvent | ServiceChanged


def as_json(event: Event) -> dict[str, Any]:
    """The event as JSON-ready values, with its class name under ``event``."""
    return {"event": type(event).__name__, **json_ready(event)}
