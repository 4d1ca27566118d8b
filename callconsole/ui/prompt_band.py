"""A sentence across a page that needs the operator, with up to two answers."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from callconsole.ui import icons, theme
from callconsole.ui.kit.button import Button, Kind
from callconsole.ui.kit.surfaces import Surface
from callconsole.ui.kit.text import Text

ICON = 20
BUTTON = 32


class _Symbol(QWidget):
    """One icon in a tone."""

    def __init__(self, name: str, tone: str) -> None:
        super().__init__()
        self._name = name
        self._tone = tone
        self.setFixedSize(ICON, ICON)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the icon."""
        icons.paint(QPainter(self), self._name, getattr(theme.current(), self._tone), 0, 0, ICON)


class PromptBand(Surface):
    """Symbol, title and sentence on a soft tone: ``warning`` or ``danger``."""

    def __init__(self, tone: str, parent: QWidget | None = None) -> None:
        super().__init__(f"{tone}_soft", parent=parent)
        self.title = Text("", 13, 600)
        self.line = Text("", 12, 400, wrap=True)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(12, 8, 8, 8)
        self._row.setSpacing(8)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addStretch(1)
        words.addWidget(self.title)
        words.addWidget(self.line)
        words.addStretch(1)
        self._row.addWidget(_Symbol("warning-fill", tone))
        self._row.addSpacing(4)
        self._row.addLayout(words, 1)
        self.hide()

    def add_answer(
        self, text: str, action: Callable[[], object], kind: Kind = Kind.SECONDARY
    ) -> Button:
        """Put a button at the right end."""
        button = Button(text, kind, height=BUTTON)
        button.clicked.connect(lambda: action())
        self._row.addWidget(button)
        return button

    def say(self, title: str, line: str = "") -> None:
        """Appear with these words."""
        self.title.setText(title)
        self.line.setText(line)
        self.line.setVisible(bool(line))
        self.setAccessibleName(f"{title}. {line}".strip())
        self.show()
