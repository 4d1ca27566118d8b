"""The History page: every kept call on the left, one of them on the right."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from callconsole.ui.call_record import CallRecordPage
from callconsole.ui.history_list import HistoryList
from callconsole.ui.kit.surfaces import panel
from callconsole.ui.player_keys import PlayerKeys
from callconsole.viewmodels.call_detail import DetailState
from callconsole.viewmodels.models import Models
from callconsole.viewmodels.playback import STEP_S


class HistoryPage(QWidget):
    """List and call side by side.

    Space plays, Left and Right go five seconds back and on.

    Signals:
        call_asked(str): the E.164 number to call again.
    """

    call_asked = Signal(str)

    def __init__(self, models: Models, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._calls = models.history
        detail = self._detail = models.detail
        self.list = HistoryList(models.history, models.dialler)
        self.record = CallRecordPage(detail, models.dialler)
        ground = panel()
        inside = QVBoxLayout(ground)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(self.record)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 8, 8)
        row.setSpacing(0)
        row.addWidget(self.list)
        row.addWidget(ground, 1)
        self.list.entered.connect(self.record.focus_player)
        self.list.rows.deletion_asked.connect(self.record.ask_delete)
        self.record.call_asked.connect(self.call_asked)
        detail.deleted.connect(self.focus_list)
        self.list.blank.button.clicked.connect(self._on_way_on)
        self._keys = PlayerKeys(
            self,
            {
                Qt.Key.Key_Space: detail.play_or_pause,
                Qt.Key.Key_Left: lambda: detail.step(-STEP_S),
                Qt.Key.Key_Right: lambda: detail.step(STEP_S),
            },
        )

    def open_call(self, sid: str) -> None:
        """Open this call's page, whatever was looked for before."""
        self.list.search.clear()
        self._calls.show_all()
        self._calls.select(sid)

    def focus_list(self) -> None:
        """Give the keyboard to the rows."""
        self.list.focus_rows()

    def _on_way_on(self) -> None:
        if self._detail.state is DetailState.FAILED:
            self._detail.refresh()

    def set_narrow(self, narrow: bool) -> None:
        """Leave more of the width to the call."""
        self.list.set_narrow(narrow)
        self.record.set_narrow(narrow)

    def fold(self, low: bool) -> None:
        """Leave more of the height to the transcript."""
        self.record.set_low(low)

    def showEvent(self, event: QShowEvent) -> None:
        """Renew the list each time the page comes to the front."""
        super().showEvent(event)
        self._calls.set_active(True)

    def hideEvent(self, event: QHideEvent) -> None:
        """Ask nothing while nobody looks."""
        super().hideEvent(event)
        self._calls.set_active(False)
