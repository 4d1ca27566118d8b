"""Playing a finished call's recording on this computer."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal


class Playback(QObject):
    """One recording at a time, through a player that is given from outside.

    Signals:
        changed: playing began or stopped.
    """

    changed = Signal()

    def __init__(
        self,
        play: Callable[[str], None] | None = None,
        stop: Callable[[], None] | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._play = play
        self._stop = stop
        self._path: str | None = None

    @property
    def available(self) -> bool:
        """True where there is a player."""
        return self._play is not None

    @property
    def path(self) -> str | None:
        """The recording that is being played, or None."""
        return self._path

    def toggle(self, path: str) -> None:
        """Play this recording, or stop where it is playing."""
        if self._path == path:
            self.stop()
            return
        if self._play is not None:
            self._path = path
            self._play(path)
            self.changed.emit()

    def stop(self) -> None:
        """Stop where something is playing."""
        if self._path is not None:
            self._path = None
            if self._stop is not None:
                self._stop()
            self.changed.emit()

    def finished(self) -> None:
        """The player came to the end of the file."""
        if self._path is not None:
            self._path = None
            self.changed.emit()
