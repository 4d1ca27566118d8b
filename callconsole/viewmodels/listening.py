"""Listen in: on or off, how loud, and why not."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from callconsole.domain.events import Service, ServiceChanged
from callconsole.domain.problems import Problem
from callconsole.viewmodels.desk import Desk
from callconsole.viewmodels.relay import Relay


class Listening(QObject):
    """The operator's wish, kept between calls.

    Signals:
        changed: switch, volume or the reason against it changed.
    """

    changed = Signal()

    def __init__(
        self,
        desk: Desk,
        relay: Relay,
        *,
        on: bool = False,
        volume: float = 0.7,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._on = on
        self._volume = volume
        relay.service_changed.connect(self._on_service)
        desk.set_volume(volume)
        if on:
            desk.listen(True)

    @property
    def on(self) -> bool:
        """True where the operator wants to hear and can."""
        return self._on and self.problem is None

    @property
    def volume(self) -> float:
        """0 to 1."""
        return self._volume

    @property
    def problem(self) -> Problem | None:
        """Why nothing can be heard here."""
        return self._desk.listening_problem()

    def set_on(self, on: bool) -> None:
        """Listen, or stop."""
        if on == self._on or (on and self.problem is not None):
            self.changed.emit()
            return
        self._on = on
        self._desk.listen(on)
        self.changed.emit()

    def toggle(self) -> None:
        """The other way round."""
        self.set_on(not self._on)

    def set_volume(self, fraction: float) -> None:
        """Set the loudness, 0 to 1."""
        if fraction != self._volume:
            self._volume = fraction
            self._desk.set_volume(fraction)
            self.changed.emit()

    def _on_service(self, event: ServiceChanged) -> None:
        if event.service is Service.SOUND:
            self.changed.emit()
