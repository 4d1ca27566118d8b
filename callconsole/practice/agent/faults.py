"""What can be made to go wrong at the practice agent, as a typed script."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from callconsole.practice.agent.pieces import Piece, Spoiling, spoil
from callconsole.practice.agent.protocol import Json, server_content, write_message
from callconsole.practice.agent.upgrade import HttpRefusal


class Moment(StrEnum):
    """When a strike's delay begins to count."""

    SETUP = "setup"
    """The setup has been read and not yet answered; the answer waits for the strike."""
    READY = "ready"
    """The session is set up."""
    FIRST_AUDIO = "first audio"
    """The session has sent its first piece of speech."""


@dataclass(frozen=True, slots=True)
class CloseSocket:
    """Close with a code and a reason."""

    code: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class DropConnection:
    """Cut the TCP connection without a word."""


@dataclass(frozen=True, slots=True)
class SendFrame:
    """Send a frame as it stands: bytes as a binary frame, text as a text frame."""

    frame: bytes | str


@dataclass(frozen=True, slots=True)
class GoAway:
    """Say that the connection ends, and close it with 1008 where that is ignored."""

    time_left_s: float = 1.0


@dataclass(frozen=True, slots=True)
class Freeze:
    """Stop reading, answering and sending, pongs included; the socket stays open."""


@dataclass(frozen=True, slots=True)
class PhantomInterruption:
    """Say that the caller interrupted, where nobody spoke."""


Action = CloseSocket | DropConnection | SendFrame | GoAway | Freeze | PhantomInterruption


@dataclass(frozen=True, slots=True)
class Strike:
    """One fault at one time.

    Attributes:
        action: what happens.
        moment: from when `after_ms` counts.
        after_ms: delay.
    """

    action: Action
    moment: Moment = Moment.READY
    after_ms: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolFaults:
    """What goes wrong with function calls; the default has nothing.

    Attributes:
        repeated: each call is sent twice with the same id.
        in_both_places: each call comes as ``toolCall`` and inside the model's turn.
        without_id: calls have no id; on Vertex AI only, where that was seen.
        before_audio: a call that follows a line comes in the middle of the line's audio.
        bad_arguments: arguments are not as declared.
        cancelled_calls: so many first calls are taken back at once.
        never_ends_call: says goodbye and does not call ``end_call``.
    """

    repeated: bool = False
    in_both_places: bool = False
    without_id: bool = False
    before_audio: bool = False
    bad_arguments: bool = False
    cancelled_calls: int = 0
    never_ends_call: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentFaults:
    """The faults of a session; the default has none.

    Attributes:
        refuse_upgrade: HTTP answer instead of the WebSocket.
        hang_setup: the setup is never answered.
        strikes: things that happen at certain times.
        text_frames: server messages come as text frames.
        audio_speed: speed of generation against real time instead of the pace's;
            below 1 the caller hears gaps.
        gap_ms: one pause inside every reply.
        gap_after_ms: how much speech comes before that pause.
        silent_turns: so many first turns end without any audio.
        unanswered_turns: so many first turns get no answer at all.
        never_turn_complete: ``turnComplete`` is never sent.
        faulty_turns: so many first replies are spoilt by `spoiled_by`.
        spoiled_by: how.
        tone_s: how long a reply lasts that is a tone.
        late_interruption_ms: ``interrupted`` comes so long after the caller began to speak, and
            even where the reply is over by then.
        refuse_resume: how a set-up that brings a handle is closed.
        no_go_away: a connection at its limit ends with 1000 and without ``goAway``.
        tools: what goes wrong with function calls.
        first_connections: only so many connections of an agent are hit, or None for all.
    """

    refuse_upgrade: HttpRefusal | None = None
    hang_setup: bool = False
    strikes: tuple[Strike, ...] = ()
    text_frames: bool = False
    audio_speed: float | None = None
    gap_ms: float = 0.0
    gap_after_ms: float = 1000.0
    silent_turns: int = 0
    unanswered_turns: int = 0
    never_turn_complete: bool = False
    faulty_turns: int = 0
    spoiled_by: Spoiling | None = None
    tone_s: float = 600.0
    late_interruption_ms: float = 0.0
    refuse_resume: CloseSocket | None = None
    no_go_away: bool = False
    tools: ToolFaults = ToolFaults()
    first_connections: int | None = None

    def spoil(self, pieces: list[Piece]) -> list[Piece]:
        """A reply as this session's fault leaves it; see `Spoiling`."""
        return spoil(pieces, self.spoiled_by, self.tone_s) if self.spoiled_by else pieces

    def at(self, moment: Moment) -> tuple[Strike, ...]:
        """The strikes that count from `moment`."""
        return tuple(strike for strike in self.strikes if strike.moment is moment)


NO_FAULTS = AgentFaults()

GARBAGE_FRAME = b"\x00\xff{]garbage"
UNKNOWN_MESSAGE: Json = {"somethingNew": {"value": 1}}
ERROR_MESSAGE: Json = {
    "error": {"code": 500, "message": "Internal error encountered.", "status": "INTERNAL"}
}


def send_message(message: Json) -> SendFrame:
    """Send a message of one's own, such as `ERROR_MESSAGE` or `UNKNOWN_MESSAGE`."""
    return SendFrame(write_message(message))


def send_huge_frame(size_bytes: int = 2**20 + 1) -> SendFrame:
    """Send a valid message of at least `size_bytes`: a thought, which clients pass over."""
    thought = {"text": "x" * size_bytes, "thought": True}
    return send_message(server_content(modelTurn={"parts": [thought]}))
