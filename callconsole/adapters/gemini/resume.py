"""When a session changes to a new connection, with which handle, and how often it may try."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from callconsole.engine.ports import ConnectionSpan

if TYPE_CHECKING:
    from google.genai import types

# Gemini ends a connection after about ten minutes, on Vertex AI with half a minute's notice at
# times, and not always with any.
ROTATE_AFTER_S = 540.0
CONNECTION_LIMIT_S = 600.0
# Seconds before the server's deadline at which we change, whatever is going on.
MARGIN_S = 3.0
# Without a handle a change loses more, so the last moments are soon enough.
NO_HANDLE_S = 20.0
# A quiet moment: neither side has spoken for this long, and nobody is owed an answer. A caller
# who has not been answered for longer was not a caller, or will not be.
QUIET_S = 0.3
NO_ANSWER_S = 4.0
# Waits before each try; a connection that lasts `STEADY_S` makes all tries good again.
RETRY_DELAYS_S = (0.0, 0.25, 0.5, 1.0, 2.0)
STEADY_S = 10.0
# So many tries in a row with a handle, then without.
HANDLE_TRIES = 2
# A caller who hears nothing for longer than this has hung up.
GIVE_UP_S = 20.0


@dataclass(frozen=True, slots=True)
class Lifetime:
    """How long a connection is kept.

    Attributes:
        rotate_after_s: age from which a quiet moment is looked for.
        limit_s: age at which the server is expected to end the connection.
    """

    rotate_after_s: float = ROTATE_AFTER_S
    limit_s: float = CONNECTION_LIMIT_S


@dataclass(slots=True)
class Handover:
    """What is known about leaving one connection and resuming on another.

    Times are monotonic seconds. A handle remembers the conversation up to where it was issued,
    so the moment to change is when a turn is complete and a handle newer than it has come.

    Attributes:
        opened_at: when this connection was made.
        lifetime: how long it is kept.
        handle: the newest handle that may be resumed, or None.
    """

    opened_at: float
    lifetime: Lifetime = Lifetime()
    handle: str | None = None
    _told_at: float | None = field(default=None, init=False)
    _deadline: float = field(init=False)
    _in_turn: bool = field(default=False, init=False)
    _turn_done_at: float = field(default=float("-inf"), init=False)
    _loud_at: float = field(default=float("-inf"), init=False)
    _handle_is_newest: bool = field(default=True, init=False)

    def __post_init__(self) -> None:
        self._deadline = self.opened_at + self.lifetime.limit_s

    def note(self, message: types.LiveServerMessage, time_left_s: float, now: float) -> None:
        """Take in one message; `time_left_s` counts only where it carries ``goAway``."""
        content = message.server_content
        if content is not None:
            if content.input_transcription is not None:
                self.caller_spoke(now)
            if content.model_turn or content.output_transcription:
                self.agent_spoke()
            if content.turn_complete:
                self._in_turn, self._turn_done_at = False, now
                self._handle_is_newest = False
        if message.tool_call is not None:
            self.agent_spoke()
        update = message.session_resumption_update
        if update is not None:
            self._handle_is_newest = bool(update.resumable and update.new_handle)
            if self._handle_is_newest:
                self.handle = update.new_handle
        if message.go_away is not None:
            self._deadline = min(self._deadline, now + time_left_s)
            if self._told_at is None:
                self._told_at = now

    def agent_spoke(self) -> None:
        """The model has said something; only a newer handle will remember it."""
        self._in_turn = True
        self._handle_is_newest = False

    def caller_spoke(self, now: float) -> None:
        """The caller is heard; asked for only while `leaving`."""
        self._loud_at = now

    def leaving(self, now: float) -> bool:
        """True from when a moment to change is looked for."""
        return self._told_at is not None or now >= self._rotate_at

    @property
    def span(self) -> ConnectionSpan:
        """When this connection was made and when it is to be left."""
        renewed_by = self._deadline - MARGIN_S
        told_at = renewed_by if self._told_at is None else self._told_at
        return ConnectionSpan(self.opened_at, min(self._rotate_at, told_at, renewed_by), renewed_by)

    def wait_s(self, now: float) -> float:
        """Seconds until it is worth asking `due`."""
        return 0.0 if self.leaving(now) else self._rotate_at - now

    def due(self, now: float, *, busy: bool = False) -> bool:
        """True where the change should be made now; `busy` while the model waits for a result."""
        quiet = not busy and self.quiet(now)
        return self.leaving(now) and (self.at_last_moment(now) or quiet)

    def at_last_moment(self, now: float) -> bool:
        """True once the server's end is too near to wait any longer."""
        return now >= self._deadline - MARGIN_S

    def quiet(self, now: float) -> bool:
        """True where nobody would notice, and the handle knows all that was said."""
        if self._in_turn:
            return False
        if self.handle is None:
            if self._deadline - now > NO_HANDLE_S:
                return False
        elif not self._handle_is_newest:
            return False
        since = self._rotate_at if self._told_at is None else min(self._told_at, self._rotate_at)
        # The caller's level is not watched any earlier.
        heard_at = max(since, self._loud_at)
        answered = self._turn_done_at > heard_at
        return now - heard_at >= (QUIET_S if answered else NO_ANSWER_S)

    @property
    def _rotate_at(self) -> float:
        return self.opened_at + self.lifetime.rotate_after_s


class Retries:
    """Counts tries in a row, so that a server which always refuses is not stormed.

    Attributes:
        used: tries since a connection last proved steady.
    """

    def __init__(self, delays_s: Sequence[float] = RETRY_DELAYS_S) -> None:
        self.used = 0
        self._delays_s = delays_s

    def next_delay_s(self) -> float | None:
        """Seconds to wait before the next try, or None where there is none left."""
        if self.used >= len(self._delays_s):
            return None
        self.used += 1
        return self._delays_s[self.used - 1]

    def lasted(self, connection_s: float) -> None:
        """Take in how long a connection lived."""
        if connection_s >= STEADY_S:
            self.used = 0
