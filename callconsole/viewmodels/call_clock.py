"""The clock in the header: time waited before the answer, talk time after it."""

from __future__ import annotations

from datetime import UTC, datetime

from PySide6.QtCore import QObject, QTimer, Signal

from callconsole.domain.call import Call
from callconsole.viewmodels.headline import clock_text

TICK_MS = 200


class CallClock(QObject):
    """Ticks from the press of Call to the end.

    Signals:
        changed(str): another second is shown.
    """

    changed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._call: Call | None = None
        self._began_at: datetime | None = None
        self._stopped_at: datetime | None = None
        self._shown = ""
        self._ticker = QTimer(self)
        self._ticker.setInterval(TICK_MS)
        self._ticker.timeout.connect(self.tick)

    @property
    def text(self) -> str:
        """What it shows now: ``02:41``."""
        if self._call is not None:
            return clock_text(self._call.clock_s(datetime.now(UTC)))
        if self._began_at is None:
            return "00:00"
        waited = (self._stopped_at or datetime.now(UTC)) - self._began_at
        return clock_text(waited.total_seconds())

    def reset(self) -> None:
        """Forget what it counted."""
        self._call = self._began_at = self._stopped_at = None

    def begin(self) -> None:
        """The operator pressed Call: count from now."""
        self._began_at, self._stopped_at = datetime.now(UTC), None
        self.start()

    def follow(self, call: Call) -> None:
        """Count as this state of the call says."""
        self._call = call

    def start(self) -> None:
        """Go on counting by itself."""
        self._ticker.start()

    def stop(self) -> None:
        """Nothing more is counted."""
        self._stopped_at = datetime.now(UTC)
        self._ticker.stop()

    def tick(self) -> None:
        """Say what it shows where that is another second."""
        shown = self.text
        if shown != self._shown:
            self._shown = shown
            self.changed.emit(shown)
