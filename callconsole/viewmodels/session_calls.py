"""The calls of this session, newest first, as lines of the idle page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from PySide6.QtCore import QObject, Signal

from callconsole.domain.call import Call
from callconsole.domain.prompt import Prompt
from callconsole.viewmodels import headline
from callconsole.viewmodels.dialler import DialFailure
from callconsole.viewmodels.failure import perhaps_placed
from callconsole.viewmodels.headline import Headline
from callconsole.viewmodels.parties import Parties

KEPT = 30


@dataclass(frozen=True, slots=True)
class RecentCall:
    """One line of the list; `number` is E.164, `duration` and `time` are ready to show."""

    number: str
    title: str
    subtitle: str
    prompt: str
    outcome: Headline
    duration: str
    time: str


class SessionCalls(QObject):
    """Remembers the calls that ended since the window was opened.

    Signals:
        changed: a call was added.
    """

    changed = Signal()

    def __init__(self, parties: Parties, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._parties = parties
        self.entries: list[RecentCall] = []

    def add(self, call: Call) -> None:
        """Put an ended call on top."""
        seconds = call.duration_s(datetime.now(UTC))
        self._put(
            call.to,
            call.prompt,
            headline.outcome(call),
            headline.clock_text(seconds),
            call.placed_at,
        )

    def add_failure(self, failed: DialFailure) -> None:
        """Put an attempt that rang nobody's phone on top."""
        outcome = Headline("Not placed", "danger", "x-circle")
        if perhaps_placed(failed.problem.code):
            outcome = headline.PERHAPS_PLACED
        attempt = failed.attempt
        self._put(attempt.number, attempt.prompt or "", outcome, "00:00", datetime.now(UTC))

    def _put(
        self,
        number: str,
        prompt: str,
        outcome: Headline,
        duration: str,
        at: datetime,
    ) -> None:
        party = self._parties.party(number)
        subtitle = party.number if party.title != party.number else party.place
        self.entries.insert(
            0,
            RecentCall(
                number,
                party.title,
                subtitle,
                Prompt(prompt, "").title,
                outcome,
                duration,
                f"{at.astimezone():%H:%M}",
            ),
        )
        del self.entries[KEPT:]
        self.changed.emit()
