"""Whom one hears more of, and on which devices one listens and speaks."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from callconsole.ui.kit.banner import IconMark
from callconsole.ui.kit.combo import Combo
from callconsole.ui.kit.slider import BalanceSlider
from callconsole.ui.kit.text import Text
from callconsole.viewmodels.listening import Choice, Listening


class BalanceRow(QWidget):
    """A slider between the callee and the AI."""

    def __init__(self, listening: Listening) -> None:
        super().__init__()
        self._listening = listening
        self.slider = BalanceSlider("Balance between callee and AI")
        self.slider.setAccessibleDescription("Left: only the callee. Right: only the AI.")
        self.slider.setToolTip("Hear more of one side. Double click: both alike.")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(Text("Callee", 12, 600, "callee"))
        row.addWidget(self.slider, 1)
        row.addWidget(Text("AI", 12, 600, "ai"))
        self.slider.valueChanged.connect(lambda value: listening.set_balance(value / 100))
        listening.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        self.slider.setEnabled(self._listening.problem is None)
        self.slider.setValue(round(self._listening.balance * 100))


class DeviceCombo(Combo):
    """A list of devices.

    Signals:
        about_to_open: it will show its rows; now is the time to look for new ones.
        chosen: the operator chose this device's id, None for the system's default.
    """

    about_to_open = Signal()
    chosen = Signal(object)

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._rows: list[Choice] = []
        self.activated.connect(lambda row: self.chosen.emit(self.itemData(row)))

    def showPopup(self) -> None:
        """Show what is known at once; what is found meanwhile is added."""
        self.about_to_open.emit()
        super().showPopup()

    def show_choices(self, rows: Sequence[Choice], chosen: str | None) -> None:
        """Show these rows, with the chosen one in the field."""
        if list(rows) != self._rows:
            self._rows = list(rows)
            self.clear()
            for device, words in rows:
                self.addItem(words, device)
        self.setCurrentIndex([device for device, _ in rows].index(chosen))
        self.setToolTip(self.currentText())


class DevicePickers(QWidget):
    """Where the call is heard, and which microphone speaks when the operator takes over."""

    def __init__(self, listening: Listening) -> None:
        super().__init__()
        self._listening = listening
        self.speaker = DeviceCombo("Listen on")
        self.microphone = DeviceCombo("Speak through")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        for icon, combo in (("headphones", self.speaker), ("microphone", self.microphone)):
            row = QHBoxLayout()
            row.setSpacing(8)
            row.addWidget(IconMark(icon, "muted", 16))
            row.addWidget(combo, 1)
            column.addLayout(row)
            combo.about_to_open.connect(listening.look_for_devices)
        self.speaker.chosen.connect(listening.choose_speaker)
        self.microphone.chosen.connect(listening.choose_microphone)
        listening.devices_changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        listening = self._listening
        self.speaker.show_choices(listening.speakers, listening.speaker)
        self.microphone.show_choices(listening.microphones, listening.microphone)
