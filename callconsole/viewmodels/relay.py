"""From the engine's bus into Qt: state at once, text and levels gathered to 30 a second."""

from __future__ import annotations

from collections.abc import Hashable

from PySide6.QtCore import QObject, QTimer, Signal

from callconsole.domain.events import (
    AnswerWeighed,
    CallEvent,
    Event,
    LevelsMeasured,
    ServiceChanged,
    TurnChanged,
)
from callconsole.viewmodels.desk import Desk

INTERVAL_MS = 33


class Relay(QObject):
    """Subscribes once to the desk.

    Of levels, of weighings and of each turn only the newest is passed on, at most every 33 ms,
    and always before a state event that came after it.

    Signals:
        call_event: a `CallEvent`.
        service_changed: a `ServiceChanged`.
    """

    call_event = Signal(object)
    service_changed = Signal(object)

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pending: dict[Hashable, CallEvent] = {}
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(INTERVAL_MS)
        self._timer.timeout.connect(self.flush)
        self._unsubscribe = desk.subscribe(self._on_event)

    def close(self) -> None:
        """Stop listening; nothing is emitted any more."""
        self._unsubscribe()
        self._timer.stop()
        self._pending.clear()

    def flush(self) -> None:
        """Pass on what waits."""
        waiting, self._pending = self._pending, {}
        self._timer.stop()
        for event in waiting.values():
            self.call_event.emit(event)

    def _on_event(self, event: Event) -> None:
        match event:
            case LevelsMeasured():
                self._hold((event.call_sid, "levels"), event)
            case AnswerWeighed():
                self._hold((event.call_sid, "weighing"), event)
            case TurnChanged(turn=turn) if not turn.final:
                self._hold((event.call_sid, turn.id), event)
            case TurnChanged(turn=turn):
                self._hold((event.call_sid, turn.id), event)
                self.flush()
            case ServiceChanged():
                self.service_changed.emit(event)
            case CallEvent():
                self.flush()
                self.call_event.emit(event)

    def _hold(self, key: Hashable, event: CallEvent) -> None:
        self._pending.pop(key, None)
        self._pending[key] = event
        if not self._timer.isActive():
            self._timer.start()
