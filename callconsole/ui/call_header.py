"""Whom the call is with, its state, its clock, and the red Hang up, always in one place."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from callconsole.ui.announce import announce
from callconsole.ui.fitting import hold_width
from callconsole.ui.kit.button import Button, Kind
from callconsole.ui.kit.pill import Pill
from callconsole.ui.kit.text import Elided, Text
from callconsole.ui.zoom import px, zoom
from callconsole.viewmodels.live_call import LiveCall, Stage

GAP = 12


class CallHeader(QWidget):
    """Name and state at the left; clock, recording mark and Hang up at the right.

    A long state stands below the name, so that the number can always be read.
    """

    def __init__(self, live: LiveCall, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._live = live
        self.name = Elided("", 20, 600, tabular=True)
        self.pill = Pill()
        self.place = Elided("", 13, 400, "muted", tabular=True)
        self.clock = Text("00:00", 22, 600, tabular=True)
        self.clock.setAccessibleName("Call time")
        self.recording = Pill(filled=False)
        self.hang_up = Button(
            "Hang up", Kind.DANGER, icon="phone-disconnect-fill", height=44, text_size=14
        )
        zoom.changed.connect(self._hold_button)
        self._hold_button()
        self.hang_up.setToolTip("Hang up (Ctrl Shift H, or Esc)")
        self.hang_up.clicked.connect(live.hang_up)
        self._lay_out()
        live.changed.connect(self._show)
        live.clock_changed.connect(self.clock.setText)
        self._show()

    def _hold_button(self) -> None:
        """Keep Hang up in its place: as wide in every state."""
        hold_width(self.hang_up, max(px(132), self.hang_up.sizeHint().width()))

    def _lay_out(self) -> None:
        self._first = QHBoxLayout()
        self._first.setSpacing(GAP)
        self._first.addWidget(self.name)
        self._first.addWidget(self.pill)
        self._first.addStretch(1)
        self._second = QHBoxLayout()
        self._second.setSpacing(GAP)
        self._second.addWidget(self.place, 1)
        left = QVBoxLayout()
        left.setSpacing(2)
        left.addLayout(self._first)
        left.addLayout(self._second)
        self._left = left
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(self.clock, 0, Qt.AlignmentFlag.AlignRight)
        right.addWidget(self.recording, 0, Qt.AlignmentFlag.AlignRight)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        row.addLayout(left, 1)
        row.addLayout(right)
        row.addWidget(self.hang_up, 0, Qt.AlignmentFlag.AlignVCenter)

    def _show(self) -> None:
        live = self._live
        party = live.party
        if party is not None:
            self.name.setText(party.title)
            beside = [party.number] if party.number != party.title else []
            self.place.setText(" · ".join([*beside, *([party.place] if party.place else [])]))
        said = live.headline
        if said.text != self.pill.text() and self.isVisible():
            announce(self, said.text)
        self.pill.show_state(said.text, said.tone, said.symbol)
        self._place_pill()
        self.clock.setText(live.clock)
        self.recording.show_state(*self._recording_mark())
        self.hang_up.setEnabled(live.can_hang_up)
        text = "Hanging up" if live.hanging_up and live.live else "Hang up"
        self.hang_up.set_content(text)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Find the state's place anew."""
        super().resizeEvent(event)
        self._place_pill()

    def event(self, event: QEvent) -> bool:
        """Find the state's place anew when a neighbour, such as the recording mark, has grown."""
        taken = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self._place_pill()
        return taken

    def _place_pill(self) -> None:
        wanted = self.name.sizeHint().width() + GAP + self.pill.sizeHint().width()
        below = wanted > self._left.geometry().width() > 0
        if below == (self._second.indexOf(self.pill) >= 0):
            return
        (self._first if below else self._second).removeWidget(self.pill)
        if below:
            self._second.insertWidget(0, self.pill)
        else:
            self._first.insertWidget(1, self.pill)

    def _recording_mark(self) -> tuple[str, str, str]:
        live = self._live
        if not live.answered:
            return ("Not connected", "muted", "phone-slash")
        if live.stage is Stage.LIVE and live.recorded:
            return ("Recording", "danger", "record-fill")
        if live.call is not None and live.call.recording:
            return ("Recorded", "muted", "record")
        if live.recorded:
            return ("Saving", "muted", "record")
        return ("Not recorded", "muted", "minus-circle")
