"""The ends that the engine is joined to: Protocols that adapters fulfil and fakes imitate."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from callconsole.domain.answering import USUAL_THRESHOLDS, AnsweredBy, AnswerThresholds, Verdict
from callconsole.domain.call import Call
from callconsole.domain.incoming import Answerer, IncomingCall, IncomingReply
from callconsole.domain.problems import Problem
from callconsole.domain.prompt import Prompt
from callconsole.domain.record import CallPage, CallQuery, CallRecord, LoggedEvent, Note
from callconsole.domain.sound import SoundDevice
from callconsole.domain.transcript import Turn

Pcm16 = NDArray[np.int16]


class Clock(Protocol):
    """Two times: one for people, one for durations."""

    def now(self) -> datetime:
        """Aware UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds that never jump."""
        ...


# The carrier --------------------------------------------------------------------------------


class Detection(StrEnum):
    """The carrier's answering-machine detection.

    ``BACKGROUND``: the audio flows at once and the verdict comes when it comes. ``BLOCKING``: the
    carrier decides before any audio flows, and asks `Switchboard.call_answered` what to do.
    """

    OFF = "off"
    BACKGROUND = "background"
    BLOCKING = "blocking"


@dataclass(frozen=True, slots=True)
class CallOrder:
    """What the carrier is asked for.

    Attributes:
        to: number to dial, E.164.
        stream_token: one-time secret that the call's media stream has to present.
        detection: whether the carrier tells people from machines, and when.
        thresholds: times that tell people from machines, as far as the carrier takes them.
        ring_timeout_s: seconds of ringing before the carrier gives up.
        time_limit_s: longest life of the call; bounds the bill should this process die.
    """

    to: str
    stream_token: str
    detection: Detection = Detection.BACKGROUND
    thresholds: AnswerThresholds = USUAL_THRESHOLDS
    ring_timeout_s: int = 25
    time_limit_s: int = 1800


@dataclass(frozen=True, slots=True)
class PlacedCall:
    """The carrier's answer to an order; placed is not yet ringing."""

    sid: str
    status: CarrierStatus
    from_number: str


class CarrierStatus(StrEnum):
    """A call's state in the carrier's words (Twilio's call statuses and ``initiated``)."""

    QUEUED = "queued"
    INITIATED = "initiated"
    RINGING = "ringing"
    IN_PROGRESS = "in-progress"
    COMPLETED = "completed"
    BUSY = "busy"
    NO_ANSWER = "no-answer"
    CANCELED = "canceled"
    FAILED = "failed"

    @property
    def terminal(self) -> bool:
        """True where nothing follows."""
        return self in _TERMINAL


_TERMINAL = frozenset(
    {
        CarrierStatus.COMPLETED,
        CarrierStatus.BUSY,
        CarrierStatus.NO_ANSWER,
        CarrierStatus.CANCELED,
        CarrierStatus.FAILED,
    }
)


@dataclass(frozen=True, slots=True)
class CarrierReport:
    """One status callback, or one fetched state.

    Attributes:
        sequence: the carrier's order of this report (callbacks arrive unordered), or None
            where the carrier gave none (a fetched state).
        sip_code: final SIP answer, such as 486 busy or 603 declined, or None.
        problem: what the carrier says went wrong, in words, or None.
    """

    call_sid: str
    status: CarrierStatus
    sequence: int | None = None
    sip_code: int | None = None
    duration_s: int | None = None
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class AnswerVerdict:
    """The carrier's answering-machine detection; `detail` is its own word (``machine_start``)."""

    call_sid: str
    answered_by: AnsweredBy
    detail: str


@dataclass(frozen=True, slots=True)
class Transfer:
    """Whom a call is passed on to.

    Attributes:
        to: E.164.
        ring_timeout_s: seconds before the other number is given up.
        time_limit_s: longest talk of the two; bounds the bill.
    """

    to: str
    ring_timeout_s: int = 20
    time_limit_s: int = 1800


class Carrier(Protocol):
    """A phone company."""

    async def place_call(self, order: CallOrder) -> PlacedCall:
        """Dial. Raises `ProblemError` where the carrier refuses or cannot be reached."""
        ...

    async def end_call(self, call_sid: str) -> None:
        """End the call whatever its state; a call that is over already is a success."""
        ...

    async def fetch_call(self, call_sid: str) -> CarrierReport:
        """The call's state now. Raises `ProblemError`."""
        ...

    async def find_call(self, to: str, since: datetime) -> PlacedCall | None:
        """The newest call to this number that was ordered after `since`, live or not, or None.

        For an order of which nobody knows whether it arrived. Raises `ProblemError`.
        """
        ...

    async def press_keys(self, call_sid: str, digits: str, stream_token: str) -> None:
        """Send tones to the other end of a live call, then open a new stream with this token.

        The present stream stops at once. `digits`: 0-9, *, #, A-D, and w for half a second.
        Raises `ProblemError`; then the present stream goes on.
        """
        ...

    async def transfer(self, call_sid: str, transfer: Transfer) -> None:
        """Join a live call to another number; the present stream stops.

        The carrier asks `Switchboard.transfer_answered` and `transfer_ended` on its way. Raises
        `ProblemError`; then the present stream goes on.
        """
        ...

    async def check(self) -> str:
        """Prove that the account answers; return a short text for the status bar.

        Raises `ProblemError`.
        """
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...


# One call's media stream --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LineAudio:
    """Audio from the phone.

    Attributes:
        mulaw: G.711 μ-law bytes, 8000 a second, any length (Twilio sends 160).
        timestamp_ms: presentation time since the stream began, in ms.
    """

    mulaw: bytes
    timestamp_ms: int


@dataclass(frozen=True, slots=True)
class LineMark:
    """The carrier has played everything before this mark, or has cleared it."""

    name: str


@dataclass(frozen=True, slots=True)
class LineDigit:
    """A key pressed on the phone."""

    digit: str


LineEvent = LineAudio | LineMark | LineDigit


class MediaLine(Protocol):
    """The two-way audio stream of one call. Sending never blocks; order is kept."""

    @property
    def call_sid(self) -> str:
        """The call whose audio this is."""
        ...

    @property
    def stream_sid(self) -> str:
        """The carrier's name of this stream; a call may have several after one another."""
        ...

    def events(self) -> AsyncIterator[LineEvent]:
        """What arrives, until the stream stops; ends normally on a stop and on a lost socket."""
        ...

    def send_audio(self, mulaw: bytes) -> None:
        """Queue μ-law audio, 8000 bytes a second, to be played in order."""
        ...

    def send_mark(self, name: str) -> None:
        """Ask for an echo when everything sent before has been played."""
        ...

    def clear(self) -> None:
        """Drop what is queued here and buffered at the carrier; pending marks are echoed."""
        ...

    async def close(self) -> None:
        """Close the stream within a second; safe to call twice."""
        ...


# The agent ----------------------------------------------------------------------------------


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


class ToolReply(StrEnum):
    """What the model does with a function's result, where it can choose (non-blocking tools)."""

    SILENT = "silent"
    """It knows it, and says nothing about it."""
    WHEN_IDLE = "when idle"
    """It speaks about it once it has finished what it is saying."""


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


# The rest -----------------------------------------------------------------------------------


class Tunnel(Protocol):
    """How the outside world reaches our server."""

    async def open(self, local_port: int) -> str:
        """Return the public https address without a trailing slash. Raises `ProblemError`."""
        ...

    async def close(self) -> None:
        """Take the address down."""
        ...


class Speaker(Protocol):
    """This computer's sound output, fed with what the line carries."""

    @property
    def healthy(self) -> bool:
        """True while the device takes sound; to be asked at least once a second."""
        ...

    @property
    def fallen_back(self) -> bool:
        """True where another device plays than the chosen one, which is not there."""
        ...

    def devices(self) -> list[SoundDevice]:
        """What can be chosen; blocks for a moment. Raises `ProblemError`."""
        ...

    def choose(self, device: str | None) -> None:
        """Use this `SoundDevice.id`, None for the system's default, from the next `start` on."""
        ...

    def start(self) -> str:
        """Open the chosen device, or the default one where it is missing; return its name.

        What is open already is closed first. Raises `ProblemError` where nothing can be opened.
        """
        ...

    def play(self, caller: Pcm16, agent: Pcm16) -> None:
        """Queue both sides, equal length, int16, 8000 Hz; never blocks."""
        ...

    def set_volume(self, fraction: float) -> None:
        """Loudness, 0 (silent) to 1; works before `start` as well."""
        ...

    def set_balance(self, position: float) -> None:
        """-1 is the caller alone, 0 both alike, 1 the agent alone; works before `start` as well."""
        ...

    def flush(self) -> None:
        """Drop queued sound."""
        ...

    def stop(self) -> None:
        """Close the device; safe to call twice."""
        ...


class Microphone(Protocol):
    """This computer's sound input: the operator's voice. Belongs to the event loop."""

    @property
    def healthy(self) -> bool:
        """True while the device gives sound; to be asked at least once a second."""
        ...

    @property
    def fallen_back(self) -> bool:
        """True where another device is open than the chosen one, which is not there."""
        ...

    @property
    def level_dbfs(self) -> float:
        """Level of the latest frame; -90 where there is none."""
        ...

    def devices(self) -> list[SoundDevice]:
        """What can be chosen; blocks for a moment. Raises `ProblemError`."""
        ...

    def choose(self, device: str | None) -> None:
        """Use this `SoundDevice.id`, None for the system's default, from the next `start` on."""
        ...

    async def start(self, on_frame: Callable[[Pcm16], None]) -> str:
        """Open the chosen device, or the default one where it is missing; return its name.

        Args:
            on_frame: is given every 20 ms of the operator's voice in the event loop, levelled,
                shape (160,), int16, 8000 Hz, until `stop`.

        Raises:
            ProblemError: nothing can be opened.
        """
        ...

    async def stop(self) -> None:
        """Close the device; no frame comes once this is called. Safe to call twice."""
        ...


class Prompts(Protocol):
    """The prompts an operator can choose from and edit."""

    def names(self) -> list[str]:
        """Names in reading order."""
        ...

    def read(self, name: str) -> Prompt:
        """Raises `ProblemError` where the prompt is missing or cannot be read."""
        ...

    def write(self, prompt: Prompt) -> None:
        """Save atomically. Raises `ProblemError`."""
        ...


class History(Protocol):
    """What is kept of calls.

    Keeping never blocks and never raises: what is given is on the disk within a second. A history
    that cannot be written says so once through its log and keeps going.
    """

    async def open(self) -> None:
        """Make or bring up to date what is needed. Raises `ProblemError`."""
        ...

    def keep_call(self, call: Call) -> None:
        """The call's newest state; the first one makes the record."""
        ...

    def keep_turn(self, call_sid: str, turn: Turn) -> None:
        """A turn's newest state."""
        ...

    def keep_event(self, call_sid: str, event: LoggedEvent) -> None:
        """Something that happened."""
        ...

    def keep_note(self, call_sid: str, note: Note) -> None:
        """A note on the record."""
        ...

    def keep_verdict(self, call_sid: str, verdict: Verdict) -> None:
        """Who answered; a later verdict replaces an earlier one."""
        ...

    def keep_figures(self, call_sid: str, figures: Mapping[str, Any], recorded_s: float) -> None:
        """What was counted, and the length of the recording in seconds, 0 without one."""
        ...

    async def flush(self) -> None:
        """Return when everything kept so far is on the disk."""
        ...

    async def find(self, query: CallQuery) -> CallPage:
        """Calls that match, newest first. Raises `ProblemError`."""
        ...

    async def record(self, call_sid: str) -> CallRecord | None:
        """Everything of one call, or None. Raises `ProblemError`."""
        ...

    async def unfinished(self) -> list[Call]:
        """Calls that never got an ending: the console died under them. Raises `ProblemError`."""
        ...

    async def delete(self, call_sid: str) -> None:
        """Forget one call; its recording's file is not touched. Raises `ProblemError`."""
        ...

    async def close(self) -> None:
        """Write what waits and let go; safe to call twice."""
        ...


class Switchboard(Protocol):
    """What the engine offers to the web server: the console as callers from outside see it."""

    async def place_call(self, to: str, prompt: str | None = None) -> Call:
        """Dial. Raises `ProblemError` (`DialError` with the steps taken)."""
        ...

    async def hang_up(self, call_sid: str) -> None:
        """End a call. Raises `ProblemError` where no such call is known."""
        ...

    async def incoming_call(self, call: IncomingCall) -> IncomingReply:
        """Somebody calls our number, or still does: what the carrier is to do now.

        Answers within about ten seconds; the carrier asks again as long as it rings on.
        """
        ...

    async def answer_incoming(
        self, call_sid: str, by: Answerer = Answerer.AGENT, prompt: str | None = None
    ) -> None:
        """Pick up a call that rings here. Raises `ProblemError`."""
        ...

    def decline_incoming(self, call_sid: str) -> None:
        """Refuse a call that rings here. Raises `ProblemError`."""
        ...

    def call(self, call_sid: str) -> Call | None:
        """The call's present state, or None."""
        ...

    def calls(self) -> list[Call]:
        """Every call since the start, newest last."""
        ...

    def figures(self, call_sid: str) -> dict[str, Any] | None:
        """What was counted during the call, JSON-ready, or None for an unknown one."""
        ...

    def judge_answer(self, call_sid: str, answered_by: AnsweredBy) -> None:
        """The operator says who answered. Raises `ProblemError` where no such call is known."""
        ...

    async def transfer_call(self, call_sid: str, to: str, note: str = "") -> None:
        """Pass a call on to a name of its prompt or a number; `note` is told them before.

        Returns once the carrier does it. Raises `ProblemError`; then the call goes on.
        """
        ...

    async def find_calls(self, query: CallQuery) -> CallPage:
        """Calls that are kept, newest first. Raises `ProblemError`."""
        ...

    async def call_record(self, call_sid: str) -> CallRecord | None:
        """Everything that is kept of one call, or None. Raises `ProblemError`."""
        ...

    def knows(self, call_sid: str) -> bool:
        """True for a call placed by this console, or one that is being placed right now."""
        ...

    def stream_token(self, call_sid: str) -> str | None:
        """A fresh one-time stream token for a live call, or None for an unknown or ended one."""
        ...

    async def admit(self, call_sid: str, token: str) -> bool:
        """Spend a stream token: True once for the right call, False ever after."""
        ...

    def call_answered(self, call_sid: str, verdict: AnswerVerdict | None) -> str | None:
        """With `Detection.BLOCKING`: a one-time token to open a stream, or None to hang up."""
        ...

    def stream_ended(self, call_sid: str) -> str | None:
        """The carrier lost the stream while the call goes on: a token to open another, or None
        to hang up."""
        ...

    def transfer_answered(self, call_sid: str) -> str:
        """Whom this call is transferred to has picked up: what they are told before they talk."""
        ...

    def transfer_ended(self, call_sid: str, *, reached: bool, status: str) -> str | None:
        """A transfer is over: a token to open a stream again, or None to hang up.

        Args:
            call_sid: the transferred call.
            reached: True where the two have talked.
            status: the carrier's word, ``busy``.
        """
        ...

    async def serve_line(self, line: MediaLine) -> None:
        """Carry the call over this stream until it ends."""
        ...

    def carrier_reported(self, report: CarrierReport) -> None:
        """Take in a status callback."""
        ...

    def answer_judged(self, verdict: AnswerVerdict) -> None:
        """Take in the carrier's answering-machine verdict."""
        ...

    def health(self) -> dict[str, object]:
        """JSON-ready: version, services, live calls."""
        ...

    def subscribe(self, listener: Callable[[object], None]) -> Callable[[], None]:
        """Be told of every event; call the result to stop."""
        ...
