"""The ends that keep what outlives a call: prompts and the history."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from callconsole.domain.answering import Verdict
from callconsole.domain.call import Call
from callconsole.domain.prompt import Prompt
from callconsole.domain.record import CallPage, CallQuery, CallRecord, LoggedEvent, Note
from callconsole.domain.transcript import Turn


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
