"""The list of kept calls: searched, filtered, paged, and renewed when a call changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from enum import Enum

from PySide6.QtCore import QObject, QTimer, Signal

from callconsole.domain import events
from callconsole.domain.call import Call
from callconsole.domain.problems import Problem, ProblemError
from callconsole.domain.record import CallPage, CallQuery
from callconsole.engine import tasks
from callconsole.viewmodels import history_rows
from callconsole.viewmodels.call_search import CallFilter, CallSearch, matches
from callconsole.viewmodels.desk import Desk
from callconsole.viewmodels.history_rows import HistoryRow
from callconsole.viewmodels.parties import Parties
from callconsole.viewmodels.relay import Relay

PAGE = 50
TYPING_MS = 200
RENEW_MS = 100
TICK_MS = 1000
WRITTEN = timedelta(seconds=3)


class ListState(Enum):
    """Whether the rows can be believed."""

    LOADING = "loading"
    READY = "ready"
    FAILED = "failed"


class CallList(QObject):
    """A page of rows, newest first, live calls on top.

    It asks for rows only while it is `active`: shown to somebody.

    Attributes:
        rows: the page shown.
        total: calls that match, on all pages.
        recorded_s: seconds of recordings among them.
        problem: why the history cannot be read, or None.
        wanted: what is looked for.
        selected: SID of the call whose page is open, or None.

    Signals:
        changed: rows, counts, state or what is looked for.
        selection_changed: another call is selected.
    """

    changed = Signal()
    selection_changed = Signal()

    def __init__(
        self,
        desk: Desk,
        relay: Relay,
        parties: Parties,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._parties = parties
        self._now = now
        self.rows: list[HistoryRow] = []
        self.total = 0
        self.recorded_s = 0.0
        self.problem: Problem | None = None
        self.wanted = CallSearch()
        self.selected: str | None = None
        self._page = CallPage((), 0)
        self._offset = 0
        self._loaded = False
        self._active = False
        self._asked = 0
        self._new: list[str] = []
        self._later = QTimer(self, singleShot=True)
        self._later.timeout.connect(self.refresh)
        self._ticker = QTimer(self, interval=TICK_MS)
        self._ticker.timeout.connect(self._show)
        relay.call_event.connect(self._on_event)

    # What is shown ----------------------------------------------------------------------------

    @property
    def state(self) -> ListState:
        """Whether the rows can be believed."""
        if self.problem is not None:
            return ListState.FAILED
        return ListState.READY if self._loaded else ListState.LOADING

    @property
    def summary(self) -> str:
        """How many calls, and how much of them is recorded."""
        if not self._loaded or self.total == 0:
            return ""
        calls = f"{self.total:,} call{'s' if self.total != 1 else ''}"
        return f"{calls}, {_recorded(self.recorded_s)}" if self.recorded_s >= 1 else calls

    @property
    def range_text(self) -> str:
        """Which rows are shown, "1 to 50 of 318"."""
        if not self.rows:
            return ""
        return f"{self._offset + 1} to {self._offset + len(self.rows)} of {self.total:,}"

    @property
    def has_newer(self) -> bool:
        """True where there is a page before this one."""
        return self._offset > 0

    @property
    def has_older(self) -> bool:
        """True where there is a page after this one."""
        return self._offset + PAGE < self.total

    # What is done -----------------------------------------------------------------------------

    def set_active(self, active: bool) -> None:
        """Whether somebody looks at it; then it is renewed."""
        self._active = active
        if active:
            self.refresh()
        else:
            self.close()

    def renew(self) -> None:
        """Ask again where somebody looks at it; else it is asked when somebody does."""
        if self._active:
            self.refresh()

    def close(self) -> None:
        """Nothing ticks or is asked any more."""
        self._later.stop()
        self._ticker.stop()

    def search(self, text: str) -> None:
        """Look for a part of a number or of a prompt's name, once typing pauses."""
        text = text.strip()
        if text != self.wanted.text:
            self.wanted = replace(self.wanted, text=text)
            self._offset = 0
            self._later.start(TYPING_MS)

    def choose_filter(self, chosen: CallFilter) -> None:
        """List only these."""
        self._look_for(replace(self.wanted, filter=chosen))

    def choose_prompt(self, prompt: str | None) -> None:
        """List only calls with this prompt, or with any."""
        if prompt != self.wanted.prompt:
            self._look_for(replace(self.wanted, prompt=prompt))

    def choose_starred(self, only: bool) -> None:
        """List only calls with a starred moment, or with or without one."""
        if only != self.wanted.starred:
            self._look_for(replace(self.wanted, starred=only))

    def show_all(self) -> None:
        """Look for nothing in particular."""
        if self.wanted.narrowed or self._offset:
            self._look_for(CallSearch())

    def older(self) -> None:
        """The next page."""
        if self.has_older:
            self._offset += PAGE
            self.refresh()

    def newer(self) -> None:
        """The page before."""
        if self.has_newer:
            self._offset = max(0, self._offset - PAGE)
            self.refresh()

    def select(self, sid: str | None) -> None:
        """Open this call's page."""
        if sid != self.selected:
            self.selected = sid
            self.selection_changed.emit()

    def deleted(self, sid: str) -> None:
        """This call is forgotten; its neighbour is selected."""
        if sid in self._new:
            self._new.remove(sid)
        places = [row.sid for row in self.rows]
        if self.selected == sid:
            at = places.index(sid) if sid in places else -1
            others = [*places[at + 1 :], *reversed(places[:at])] if at >= 0 else []
            self.select(others[0] if others else None)
        self.refresh()

    def refresh(self) -> None:
        """Ask the history for this page."""
        self._later.stop()
        self._asked += 1
        asked = self._asked
        tasks.start(
            self._load(asked, self.query()),
            on_error=lambda error: self._on_failed(asked, error),
            name="history list",
        )

    def query(self) -> CallQuery:
        """What the history is asked."""
        return self.wanted.query(self._now(), self._offset, PAGE)

    # Inside -----------------------------------------------------------------------------------

    def _look_for(self, wanted: CallSearch) -> None:
        self.wanted = wanted
        self._offset = 0
        self.changed.emit()
        self.refresh()

    async def _load(self, asked: int, query: CallQuery) -> None:
        page = await self._desk.find_calls(query)
        if asked != self._asked:
            return
        if not page.rows and query.offset:
            self._offset = max(0, (page.total - 1) // PAGE * PAGE)
            self.refresh()
            return
        self._page, self.problem, self._loaded = page, None, True
        self._show()

    def _on_failed(self, asked: int, error: BaseException) -> None:
        if asked == self._asked:
            self.problem = error.problem if isinstance(error, ProblemError) else _UNREADABLE
            self.changed.emit()

    def _show(self) -> None:
        """Make rows of the page and of what the engine knows better."""
        query, now = self.query(), self._now()
        listed = [self._desk.call(call.sid) or call for call in self._page.rows]
        added = self._not_listed_yet({call.sid for call in listed}, query, now)
        shown = sorted([*added, *listed], key=lambda call: call.placed_at, reverse=True)
        shown.sort(key=lambda call: not call.live)
        stars = self._page.starred
        self.rows = [
            history_rows.row(call, self._parties.of(call), now, starred=call.sid in stars)
            for call in shown
        ]
        self.total = self._page.total + len(added)
        self.recorded_s = self._page.recorded_s
        if self._active and any(row.live for row in self.rows):
            self._ticker.start()
        else:
            self._ticker.stop()
        self.changed.emit()

    def _not_listed_yet(self, listed: set[str], query: CallQuery, now: datetime) -> list[Call]:
        """New calls that the query is after; the history has each a moment after it began."""
        new = []
        for sid in self._new:
            call = self._desk.call(sid)
            fresh = call is not None and (call.ended_at is None or now - call.ended_at < WRITTEN)
            if call is not None and fresh and sid not in listed:
                new.append(call)
        self._new = [call.sid for call in new]
        return [call for call in new if query.offset == 0 and matches(call, query)]

    def _on_event(self, event: events.CallEvent) -> None:
        if not isinstance(event, _CHANGES):
            return
        if isinstance(event, events.CallBegan):
            self._new = [*self._new[-PAGE:], event.call_sid]
        if self._active and not self._later.isActive():
            self._later.start(RENEW_MS)


_CHANGES = (
    events.CallBegan,
    events.CallRinging,
    events.CallAnswered,
    events.AnswerJudged,
    events.CallEnded,
    events.RecordingSaved,
    events.MomentStarred,
    events.MomentUnstarred,
)


def _recorded(seconds: float) -> str:
    if seconds >= 3600:
        hours = round(seconds / 3600)
        return f"{hours:,} recorded hour{'s' if hours != 1 else ''}"
    minutes = max(1, round(seconds / 60))
    return f"{minutes} recorded minute{'s' if minutes != 1 else ''}"


_UNREADABLE = Problem(
    "history.unreadable",
    "The history cannot be read",
    "Something went wrong while the calls were looked up.",
    "Try again; if it goes on, start the console again.",
)
