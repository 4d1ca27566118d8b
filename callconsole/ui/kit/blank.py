"""What stands where there is nothing to show: a symbol, a headline, a sentence, one way on."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from callconsole.ui.kit.button import Button, Kind
from callconsole.ui.kit.lead import Disc
from callconsole.ui.kit.text import Text


class Blank(QWidget):
    """Centred in its place; the button is there only with words on it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._disc = Disc("info", "muted", "sunken")
        self._title = Text("", 15, 600, wrap=True)
        self._line = Text("", 13, 400, "muted", wrap=True)
        self.button = Button("", Kind.SECONDARY)
        for words in (self._title, self._line):
            words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(8)
        column.addStretch(2)
        column.addWidget(self._disc, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(4)
        column.addWidget(self._title)
        column.addWidget(self._line)
        column.addSpacing(8)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)

    def say(
        self, title: str, line: str = "", icon: str = "info", tone: str = "muted", way_on: str = ""
    ) -> None:
        """Show these words under this icon, and the button where `way_on` names it."""
        self._title.setText(title)
        self._line.setText(line)
        self._line.setVisible(bool(line))
        self._disc.set_icon(icon, tone, "hover" if tone == "muted" else f"{tone}_soft")
        self.button.set_content(way_on)
        self.button.setVisible(bool(way_on))

    def title(self) -> str:
        """The headline shown."""
        return self._title.text()

    def line(self) -> str:
        """The sentence shown."""
        return self._line.text()
