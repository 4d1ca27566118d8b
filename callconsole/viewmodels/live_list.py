"""The live calls, worst first: the list of the right panel, and the way from call to call."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from PySide6.QtCore import QObject, QTimer, Signal

from callconsole.domain.call import Call
from callconsole.viewmodels.call_view import CallView
from callconsole.viewmodels.desk import Desk
from callconsole.viewmodels.headline import Headline
from callconsole.viewmodels.listening import Listening
from callconsole.viewmodels.live_call import LiveCall
from callconsole.viewmodels.parties import Parties
from callconsole.viewmodels.urgency import Rank, urgency

TICK_MS = 1000


@dataclass(frozen=True, slots=True)
class LiveRow:
    """One live call.

    Attributes:
        shown: the centre shows it.
        heard: it is listened to.
        yours: the operator speaks to it.
    """

    sid: str
    name: str
    clock: str
    state: Headline
    rank: Rank
    shown: bool
    heard: bool
    yours: bool

    @property
    def loud(self) -> bool:
        """True where something is broken and somebody should look now."""
        return Rank.STALLED <= self.rank <= Rank.LOST

    @property
    def incoming(self) -> bool:
        """True while it rings here."""
        return self.rank is Rank.INCOMING

    def spoken(self) -> str:
        """The row as a screen reader says it."""
        marks = ["shown"] * self.shown + ["listened to"] * self.heard
        return ", ".join([self.name, self.state.text, self.clock, *marks])


class LiveList(QObject):
    """Rows worst first; of calls alike the older one first.

    Attributes:
        rows: what the list shows.

    Signals:
        changed: the rows.
    """

    changed = Signal()

    def __init__(
        self,
        desk: Desk,
        live: LiveCall,
        parties: Parties,
        listening: Listening,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._live = live
        self._parties = parties
        self._listening = listening
        self._closed = False
        self.rows: list[LiveRow] = []
        self._timer = QTimer(self)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self.renew)
        live.calls_changed.connect(self.renew)
        # The shown call's clock stands twice in the window and must not differ.
        live.clock_changed.connect(lambda _clock: self.renew())
        listening.changed.connect(self.renew)

    @property
    def stalled(self) -> int:
        """How many calls are broken."""
        return sum(row.loud for row in self.rows)

    @property
    def summary(self) -> str:
        """All of it in a few words, "3 live, 1 stalled"; "" where nothing lives."""
        ringing = sum(row.incoming for row in self.rows)
        counts = ((ringing, "calling"), (len(self.rows) - ringing, "live"))
        parts = [*counts, (self.stalled, "stalled")]
        return ", ".join(f"{count} {words}" for count, words in parts if count)

    def renew(self) -> None:
        """Look at every call again."""
        now = datetime.now(UTC)
        views = self._live.live_views.values()
        rows = [self._row(view, view.call, now) for view in views if view.call is not None]
        rows.sort(key=lambda row: row.rank)
        if rows and not self._closed:
            if not self._timer.isActive():
                self._timer.start()
        else:
            self._timer.stop()
        if rows != self.rows:
            self.rows = rows
            self.changed.emit()

    def step(self, places: int) -> None:
        """Show the call so many places below the shown one, round the end; above if negative."""
        rows = [row for row in self.rows if not row.incoming]
        sids = [row.sid for row in rows]
        if not sids:
            return
        shown = next((place for place, row in enumerate(rows) if row.shown), None)
        if shown is None:
            shown = -1 if places > 0 else 0
        self._live.focus(sids[(shown + places) % len(sids)])

    def close(self) -> None:
        """Nothing is looked at any more."""
        self._closed = True
        self._timer.stop()

    def _row(self, view: CallView, call: Call, now: datetime) -> LiveRow:
        rank, state = urgency(view, now)
        return LiveRow(
            sid=call.sid,
            name=self._parties.of(call).title,
            clock=view.clock,
            state=state,
            rank=rank,
            shown=view is self._live.view,
            heard=self._listening.on and self._desk.heard == call.sid,
            yours=call.taken_over,
        )
