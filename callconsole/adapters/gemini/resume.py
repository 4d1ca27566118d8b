"""When a session changes to a new connection, with which handle, and how often it may try."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from google.genai import types

# Seconds before the server's deadline at which we change, whatever is going on.
MARGIN_S = 3.0
# Waits before each try; a connection that lasts `STEADY_S` makes all tries good again.
RETRY_DELAYS_S = (0.0, 0.25, 0.5, 1.0, 2.0)
STEADY_S = 10.0
# A caller who hears nothing for longer than this has hung up.
GIVE_UP_S = 20.0


@dataclass(slots=True)
class Handover:
    """What the server said about leaving and resuming. Times are monotonic seconds.

    A handle remembers the conversation up to where it was issued, so the quiet moment to change
    is after a turn is complete and a handle newer than that turn has come.

    Attributes:
        handle: the newest handle that may be resumed, or None.
    """

    handle: str | None = None
    _leave_at: float | None = field(default=None, init=False)
    _turn_done: bool = field(default=False, init=False)
    _handle_is_newest: bool = field(default=False, init=False)

    def note(self, message: types.LiveServerMessage, time_left_s: float, now: float) -> None:
        """Take in one message; `time_left_s` counts only where it carries ``goAway``."""
        content = message.server_content
        if content is not None:
            self._handle_is_newest = False
            if content.turn_complete and self.leaving:
                self._turn_done = True
        update = message.session_resumption_update
        if update is not None and update.resumable and update.new_handle:
            self.handle = update.new_handle
            self._handle_is_newest = True
        if message.go_away is not None:
            leave_at = now + max(0.0, time_left_s - MARGIN_S)
            self._leave_at = min(leave_at, self._leave_at or leave_at)

    def spoke(self) -> None:
        """The model has said something; only a newer handle will remember it."""
        self._handle_is_newest = False

    @property
    def leaving(self) -> bool:
        """True once the server has said that it will close this connection."""
        return self._leave_at is not None

    def wait_s(self, now: float) -> float | None:
        """Seconds until the change is due; None where there is nothing to wait for."""
        if self._leave_at is None or self.handle is None:
            return None
        if self._turn_done and self._handle_is_newest:
            return 0.0
        return max(0.0, self._leave_at - now)

    def moved(self) -> None:
        """Begin anew on another connection; the handle stays until a newer one comes."""
        self._leave_at = None
        self._turn_done = False
        self._handle_is_newest = False


class Retries:
    """Counts tries in a row, so that a server which always refuses is not stormed."""

    def __init__(self, delays_s: Sequence[float] = RETRY_DELAYS_S) -> None:
        self._delays_s = delays_s
        self._used = 0

    def next_delay_s(self) -> float | None:
        """Seconds to wait before the next try, or None where there is none left."""
        if self._used >= len(self._delays_s):
            return None
        self._used += 1
        return self._delays_s[self._used - 1]

    def lasted(self, connection_s: float) -> None:
        """Take in how long a connection lived."""
        if connection_s >= STEADY_S:
            self._used = 0
