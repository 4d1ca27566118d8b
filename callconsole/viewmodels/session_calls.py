"""The newest calls, of this session and of the history, as lines of the idle page."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from PySide6.QtCore import QObject, Signal

from callconsole.domain.call import Call
from callconsole.domain.prompt import Prompt
from callconsole.domain.record import CallQuery
from callconsole.engine import tasks
from callconsole.viewmodels import headline
from callconsole.viewmodels.clock_text import clock_text
from callconsole.viewmodels.desk import Desk
from callconsole.viewmodels.dialler import DialFailure
from callconsole.viewmodels.failure import perhaps_placed
from callconsole.viewmodels.headline import Headline
from callconsole.viewmodels.history_rows import direction_icon, reached_nobody
from callconsole.viewmodels.parties import Parties

logger = logging.getLogger(__name__)

KEPT = 30


@dataclass(frozen=True, slots=True)
class RecentCall:
    """One line of the list; `number` is E.164, `duration` and `time` are ready to show.

    `sid` names the call in the history; it is empty where no call came about. `number` is empty
    where a caller withheld it. `icon` and `tone` are those of the direction.
    """

    sid: str
    number: str
    title: str
    subtitle: str
    prompt: str
    outcome: Headline
    duration: str
    time: str
    icon: str = "phone-outgoing"
    tone: str = "muted"


class SessionCalls(QObject):
    """Remembers the calls that ended since the window was opened, and before it was.

    Signals:
        changed: calls were added, or one was forgotten.
    """

    changed = Signal()

    def __init__(self, parties: Parties, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._parties = parties
        self.entries: list[RecentCall] = []

    def add(self, call: Call) -> None:
        """Put an ended call on top."""
        self._put([self._of_call(call)])

    def add_failure(self, failed: DialFailure) -> None:
        """Put an attempt that rang nobody's phone on top."""
        outcome = Headline("Not placed", "danger", "x-circle")
        if perhaps_placed(failed.problem.code):
            outcome = headline.PERHAPS_PLACED
        attempt = failed.attempt
        now = datetime.now(UTC)
        self._put([self._line("", attempt.number, attempt.prompt or "", outcome, "00:00", now)])

    def recall(self, desk: Desk) -> None:
        """Put what the history keeps below the calls of this session."""
        tasks.start(self._recall(desk), on_error=_not_recalled, name="recent calls")

    def forget(self, sid: str) -> None:
        """Leave this call out."""
        self.entries = [entry for entry in self.entries if entry.sid != sid]
        self.changed.emit()

    async def _recall(self, desk: Desk) -> None:
        page = await desk.find_calls(CallQuery(limit=KEPT))
        shown = {entry.sid for entry in self.entries}
        over = [call for call in page.rows if not call.live and call.sid not in shown]
        self.entries = [*self.entries, *map(self._of_call, over)][:KEPT]
        self.changed.emit()

    def _put(self, added: list[RecentCall]) -> None:
        self.entries = [*added, *self.entries][:KEPT]
        self.changed.emit()

    def _of_call(self, call: Call) -> RecentCall:
        duration = clock_text(call.duration_s(datetime.now(UTC)))
        how = headline.outcome(call)
        line = self._line(call.sid, call.to, call.prompt, how, duration, call.placed_at)
        if not call.incoming:
            return line
        party = self._parties.of(call)
        tone = "danger" if reached_nobody(call) else "muted"
        return replace(
            line,
            number=call.other,
            title=party.title,
            subtitle=party.place,
            icon=direction_icon(call),
            tone=tone,
        )

    def _line(
        self, sid: str, number: str, prompt: str, outcome: Headline, duration: str, at: datetime
    ) -> RecentCall:
        party = self._parties.party(number)
        return RecentCall(
            sid=sid,
            number=number,
            title=party.title,
            subtitle=party.number if party.title != party.number else party.place,
            prompt=Prompt(prompt, "").title,
            outcome=outcome,
            duration=duration,
            time=_time_text(at, datetime.now(UTC)),
        )


def _time_text(at: datetime, now: datetime) -> str:
    """The time of a call of today, else its day."""
    local, today = at.astimezone(), now.astimezone()
    if local.date() == today.date():
        return f"{local:%H:%M}"
    return f"{local:%a}" if (today.date() - local.date()).days < 7 else f"{local.day} {local:%b}"


def _not_recalled(error: BaseException) -> None:
    """The history page says what is wrong with the history; here its calls are only missing."""
    logger.warning("the recent calls could not be read: %s", type(error).__name__)
