"""Who calls just now: one row a call, and the three answers that can be given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from callconsole.domain.call import Call
from callconsole.domain.incoming import Answerer
from callconsole.domain.problems import ProblemError
from callconsole.engine import tasks
from callconsole.viewmodels.desk import Desk
from callconsole.viewmodels.live_call import LiveCall
from callconsole.viewmodels.live_list import LiveList
from callconsole.viewmodels.parties import Parties


@dataclass(frozen=True, slots=True)
class IncomingRow:
    """One call that rings here.

    Attributes:
        name: the number as people read it, or that it is withheld.
        line: where it comes from and how long it has been ringing, or what went wrong.
        answering: it is being picked up; nothing can be chosen any more.
        trouble: `line` says why it could not be picked up.
    """

    sid: str
    name: str
    line: str
    answering: bool = False
    trouble: bool = False

    def spoken(self) -> str:
        """The row as a screen reader says it."""
        return f"{self.name} calls you. {self.line}"


class IncomingCalls(QObject):
    """Rows in the order in which they began to ring.

    Attributes:
        rows: what rings now.
        prompt: gives the name of the prompt that the AI is to follow, or None.

    Signals:
        changed: the rows.
    """

    changed = Signal()

    def __init__(
        self,
        desk: Desk,
        live: LiveCall,
        lines: LiveList,
        parties: Parties,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._live = live
        self._parties = parties
        self._answering: set[str] = set()
        self._troubles: dict[str, str] = {}
        self._mine: set[str] = set()
        self.prompt: Callable[[], str | None] = lambda: None
        self.rows: list[IncomingRow] = []
        # Its clocks tick with those of the list.
        lines.changed.connect(self._renew)
        live.calls_changed.connect(self._renew)

    @property
    def waiting(self) -> bool:
        """True while a call rings that nobody is picking up."""
        return any(not row.answering for row in self.rows)

    def answer(self, by: Answerer, sid: str | None = None) -> None:
        """Pick this call up, or the one that has been waiting longest."""
        row = self._row(sid)
        if row is None:
            return
        self._answering.add(row.sid)
        self._mine.add(row.sid)
        self._troubles.pop(row.sid, None)
        self._renew()
        tasks.start(
            self._desk.answer_incoming(row.sid, by, self.prompt()),
            on_error=lambda error: self._on_failed(row.sid, error),
            name="answer",
        )

    def decline(self, sid: str | None = None) -> None:
        """Refuse this call, or the one that has been waiting longest."""
        row = self._row(sid)
        if row is None:
            return
        try:
            self._desk.decline_incoming(row.sid)
        except ProblemError as error:
            self._on_failed(row.sid, error)

    def _row(self, sid: str | None) -> IncomingRow | None:
        for row in self.rows:
            if not row.answering and sid in (None, row.sid):
                return row
        return None

    def _on_failed(self, sid: str, error: BaseException) -> None:
        self._answering.discard(sid)
        self._mine.discard(sid)
        if isinstance(error, ProblemError):
            self._troubles[sid] = f"{error.problem.title}. {error.problem.cure}"
        else:
            self._troubles[sid] = "It could not be answered."
        self._renew()

    def _renew(self) -> None:
        views = self._live.live_views
        calls = {sid: view.call for sid, view in views.items() if view.call is not None}
        for sid in [sid for sid in self._mine if sid not in calls or not calls[sid].rings_here]:
            self._mine.discard(sid)
            # Whom the operator speaks to stays in the centre.
            if not any(call.taken_over for other, call in calls.items() if other != sid):
                self._live.focus(sid)
        ringing = [call for call in calls.values() if call.rings_here]
        sids = {call.sid for call in ringing}
        self._answering &= sids
        self._troubles = {sid: told for sid, told in self._troubles.items() if sid in sids}
        rows = [self._make(call, views[call.sid].clock) for call in ringing]
        if rows != self.rows:
            self.rows = rows
            self.changed.emit()

    def _make(self, call: Call, clock: str) -> IncomingRow:
        party = self._parties.of(call)
        trouble = self._troubles.get(call.sid)
        answering = call.sid in self._answering
        line = trouble or ("Answering…" if answering else f"{party.place} · {clock}")
        return IncomingRow(call.sid, party.title, line, answering, trouble is not None)
