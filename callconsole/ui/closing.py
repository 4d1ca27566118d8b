"""What closing the window means while calls live: a question, and their end before its own."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from callconsole.domain.call import Call
from callconsole.ui import icons, theme
from callconsole.ui.kit.button import Button, Kind
from callconsole.ui.window_title import NAME
from callconsole.viewmodels.dialler import DialFailure
from callconsole.viewmodels.models import Models


class Closing(QObject):
    """Asks before calls are ended, and closes the window once they are over.

    Attributes:
        question: the box that asks, while it is open.
    """

    def __init__(self, window: QWidget, models: Models) -> None:
        super().__init__(window)
        self._window = window
        self._models = models
        self._agreed = False
        self.question: QMessageBox | None = None
        models.live.ended.connect(self._on_over)
        models.dialler.failed.connect(self._on_over)

    def allowed(self) -> bool:
        """Whether the window may close now; if not, the operator has been asked."""
        if self._live_calls() and not self._agreed:
            self._ask()
            return False
        return True

    def _live_calls(self) -> int:
        """How many calls closing would end, with one that is being dialled."""
        named = len(self._models.live.live_views)
        return named + int(self._models.dialler.dialling)

    def _ask(self) -> None:
        if self.question is not None:
            return
        box = QMessageBox(self._window)
        box.setWindowTitle(NAME)
        warning = theme.current().warning
        sharpness = self._window.devicePixelRatioF()
        box.setIconPixmap(icons.pixmap("warning-fill", warning, 32, sharpness))
        count = self._live_calls()
        one = "A call is in progress. Closing ends it."
        box.setText(one if count == 1 else f"{count} calls are in progress. Closing ends them all.")
        keep = Button("Keep open", Kind.SECONDARY, parent=box)
        words = "End call and close" if count == 1 else f"End {count} calls and close"
        end = Button(words, Kind.DANGER, parent=box)
        box.addButton(keep, QMessageBox.ButtonRole.RejectRole)
        box.addButton(end, QMessageBox.ButtonRole.DestructiveRole)
        box.setEscapeButton(keep)
        end.clicked.connect(self._on_end_and_close)
        box.finished.connect(self._on_answered)
        self.question = box
        box.open()
        keep.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_answered(self) -> None:
        if self.question is not None:
            self.question.deleteLater()
            self.question = None

    def _on_end_and_close(self) -> None:
        self._agreed = True
        self._models.live.hang_up_all()
        if not self._live_calls():
            self._window.close()

    def _on_over(self, _what: Call | DialFailure) -> None:
        if self._agreed and not self._live_calls():
            self._window.close()
