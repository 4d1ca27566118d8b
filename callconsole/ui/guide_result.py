"""What a check of the guide has come to: it turns, a tick, or a cross with cause, cure and page."""

from __future__ import annotations

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from callconsole.ui.kit.button import Button, Kind
from callconsole.ui.kit.spinner import StateMark
from callconsole.ui.kit.surfaces import Surface
from callconsole.ui.kit.text import Text


class GuideResult(Surface):
    """Hidden while there is nothing to say; its place in the step stays the same."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("sunken", parent=parent)
        self._link = ""
        self.mark = StateMark(20)
        self.title = Text("", 13, 600, wrap=True)
        self.line = Text("", 13, 400, wrap=True)
        self.page = Button("Open page", Kind.SECONDARY, icon="arrow-square-out", height=32)
        self.page.clicked.connect(lambda: QDesktopServices.openUrl(QUrl(self._link)))
        self.other = Button("", Kind.SECONDARY, height=32)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.title)
        words.addWidget(self.line)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(12, 10, 10, 10)
        self._row.setSpacing(10)
        self._row.addWidget(self.mark, 0, Qt.AlignmentFlag.AlignTop)
        self._row.addLayout(words, 1)
        self._row.addWidget(self.other, 0, Qt.AlignmentFlag.AlignTop)
        self._row.addWidget(self.page, 0, Qt.AlignmentFlag.AlignTop)
        self.other.hide()
        self.hide()

    def turn(self, words: str, more: str = "") -> None:
        """Something is being looked at."""
        self._say("spinner-gap", "accent", "sunken", words, more, turning=True)

    def good(self, words: str, more: str = "") -> None:
        """It proved good."""
        self._say("check-circle-fill", "success", "success_soft", words, more)

    def bad(self, title: str, line: str, link: str = "") -> None:
        """It is wrong; `link` is the page to visit."""
        self._say("x-circle-fill", "danger", "danger_soft", title, line, link)

    def warn(self, title: str, line: str) -> None:
        """Somebody has to look at it."""
        self._say("warning-fill", "warning", "warning_soft", title, line)

    def tell(self, title: str, line: str = "") -> None:
        """Neither good nor bad."""
        self._say("info", "accent", "accent_soft", title, line)

    def offer(self, words: str) -> None:
        """Show another button with these words, or none."""
        self.other.set_content(words)
        self.other.setVisible(bool(words))

    def _say(
        self,
        symbol: str,
        tone: str,
        ground: str,
        title: str,
        line: str,
        link: str = "",
        *,
        turning: bool = False,
    ) -> None:
        self.mark.show_state(symbol, tone, turning=turning)
        self.set_ground(ground)
        self.title.setText(title)
        self.line.setText(line)
        self.line.setVisible(bool(line))
        side = Qt.AlignmentFlag.AlignTop if line else Qt.AlignmentFlag.AlignVCenter
        self._row.setAlignment(self.mark, side)
        self._link = link
        self.page.setVisible(bool(link))
        self.page.setToolTip(link)
        self.setAccessibleName(f"{title} {line}".strip())
        self.show()
