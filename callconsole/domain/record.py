"""What is kept of a call once it is over, and how it is looked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from callconsole.domain.answering import Verdict
from callconsole.domain.call import Call, Outcome
from callconsole.domain.transcript import Turn


@dataclass(frozen=True, slots=True)
class Note:
    """Something worth keeping that came up in a call.

    Attributes:
        at: when it was taken, aware UTC.
        text: the note.
        details: names and values, "new time": "Friday 9:30".
        due: when to call back, aware; None for a plain note.
        by_operator: written by a person at the desk, not by the agent.
    """

    at: datetime
    text: str
    details: Mapping[str, str] = field(default_factory=dict)
    due: datetime | None = None
    by_operator: bool = False


@dataclass(frozen=True, slots=True)
class LoggedEvent:
    """One event of a call: its class name, its time and its JSON-ready fields."""

    at: datetime
    name: str
    details: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CallRecord:
    """Everything that is kept of one call; events oldest first, without levels and turns."""

    call: Call
    turns: tuple[Turn, ...] = ()
    notes: tuple[Note, ...] = ()
    events: tuple[LoggedEvent, ...] = ()
    verdict: Verdict | None = None
    figures: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Recorded:
    """As much of a call's recording as can be read: `duration_s` seconds of this file."""

    path: str
    duration_s: float


@dataclass(frozen=True, slots=True)
class CallQuery:
    """Which calls to list, newest first.

    Attributes:
        text: part of a number as typed, "415 555", or of the prompt's name; "" for all.
        outcomes: only these; empty for all, live calls included.
        since: only calls placed at or after this, aware.
        prompt: only calls with this prompt.
        starred: only calls in which a moment is starred.
    """

    text: str = ""
    outcomes: frozenset[Outcome] = frozenset()
    since: datetime | None = None
    prompt: str | None = None
    starred: bool = False
    offset: int = 0
    limit: int = 50


@dataclass(frozen=True, slots=True)
class CallPage:
    """Some rows of a list of calls, and how many there are in all.

    Attributes:
        total: calls that match.
        recorded_s: seconds of recordings among those that match.
        starred: SIDs of the rows in which a moment is starred.
    """

    rows: tuple[Call, ...]
    total: int
    recorded_s: float = 0.0
    starred: frozenset[str] = frozenset()
