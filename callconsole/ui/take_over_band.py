"""The band over the call while the operator is on the line: heard or muted, and for how long."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from callconsole.ui.announce import announce
from callconsole.ui.fitting import fix_to_text
from callconsole.ui.kit.banner import IconMark
from callconsole.ui.kit.surfaces import Surface
from callconsole.ui.kit.text import Elided, Text
from callconsole.viewmodels.operator import Operator

HEIGHT = 64
USUAL = "You are on the line"


class TakeOverBand(Surface):
    """64 high, in the operator's colour; in warning's while nobody hears them."""

    def __init__(self, operator: Operator, parent: QWidget | None = None) -> None:
        super().__init__("accent_fill", parent=parent)
        self._operator = operator
        self.setFixedHeight(HEIGHT)
        self.title = Text(USUAL, 17, 600, "on_fill")
        self.sentence = Elided("", 13, 400, "on_fill")
        self.clock = Text("00:00", 22, 600, "on_fill", tabular=True)
        self.clock.setAccessibleName("Time on the line")
        self.clock.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        fix_to_text(self.clock, "00:00", fixed=False)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addStretch()
        words.addWidget(self.title)
        words.addWidget(self.sentence)
        words.addStretch()
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 16, 0)
        row.setSpacing(12)
        self._mark = IconMark("microphone-fill", "on_fill", 24)
        row.addWidget(self._mark)
        row.addLayout(words, 1)
        row.addWidget(self.clock)
        operator.changed.connect(self._show)
        operator.clock_changed.connect(self.clock.setText)
        self._show()

    def _show(self) -> None:
        operator = self._operator
        self.setVisible(operator.taken_over)
        if not operator.taken_over:
            return
        name = operator.callee[:1].upper() + operator.callee[1:]
        self.clock.setText(operator.clock)
        if operator.unheard:
            self._show_voice("Nobody hears you", muted=True)
            self.sentence.setText(f"{name} hears silence. Your microphone gives no sound.")
            return
        self._show_voice("You are muted" if operator.muted else USUAL, muted=operator.muted)
        if operator.muted:
            self.sentence.setText(f"{name} hears silence. Press Ctrl M to speak again.")
            return
        reads = "is silent" if operator.caller_muted else "is silent and keeps reading along"
        self.sentence.setText(f"{name} hears your microphone. The AI {reads}.")

    def _show_voice(self, title: str, *, muted: bool) -> None:
        tone = "warning" if muted else "on_fill"
        if muted and title != self.title.text():
            announce(self, title)
        self.title.setText(title)
        for text in (self.title, self.sentence, self.clock):
            text.set_tone(tone)
        self._mark.set_icon("microphone-slash-fill" if muted else "microphone-fill", tone)
        if muted:
            self.set_ground("warning_soft", "warning", 2)
        else:
            self.set_ground("accent_fill")
