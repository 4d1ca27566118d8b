"""Every shortcut on one sheet over the window; it blocks nothing."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QColor, QHideEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QBoxLayout, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from callconsole.ui import theme
from callconsole.ui.kit.icon_button import IconButton
from callconsole.ui.kit.keycap import Keycap
from callconsole.ui.kit.surfaces import Hairline, Scroll, Surface
from callconsole.ui.kit.text import Text
from callconsole.ui.zoom import px

CALLING = (
    ("Call the number in the field", "Enter"),
    ("Type on the dial pad from anywhere", "0 – 9 * # +"),  # noqa: RUF001
    ("Take the last digit back", "⌫"),
    ("Put the last number back", "Ctrl R"),
    ("Hang up", "Ctrl ⇧ H"),
    ("Hang up, unless you are typing", "Esc"),
    ("Hang up all, after a question", "Ctrl Alt H"),
    ("Answer a caller: with the AI, or yourself", "Ctrl ⇧ A / Y"),
    ("Decline a caller", "Ctrl ⇧ D"),
    ("The next live call, or the one before", "Alt ↓ ↑"),
    ("Listen in, on or off", "Ctrl L"),
    ("Say who answered, on the answer card", "1 – 5"),  # noqa: RUF001
    ("Say who answered, at any time in a call", "Alt 1 – 5"),  # noqa: RUF001
)
STEPPING_IN = (
    ("Take over or hand back; held, talk meanwhile", "Ctrl Space"),
    ("The same, unless you are typing", "Space"),
    ("Go to the whisper field, or to the note", "Ctrl T"),
    ("Whisper; with ⇧ the AI says it", "Enter"),
    ("Saved phrases, in the field", "↓"),
    ("Mute the AI or yourself; with ⇧ the callee", "Ctrl M"),
    ("Hold", "Ctrl P"),
    ("Keypad", "Ctrl ⇧ K"),
    ("Transfer", "Ctrl ⇧ T"),
    ("Star this moment", "Ctrl D"),
)
PAGES = (
    ("Calls, prompts, history, settings", "Ctrl 1 – 4"),  # noqa: RUF001
    ("Settings, as elsewhere", "Ctrl ,"),
    ("Check-up; there, check all again", "Ctrl 5, F5"),
    ("Larger, smaller, as usual", "Ctrl + − 0"),  # noqa: RUF001
    ("This sheet", "F1"),
)
READING = (
    ("Find in the transcript, calls or settings", "Ctrl F"),
    ("Next place found, or the one before", "F3 ⇧ F3"),
    ("Hear, star or copy the chosen line", "Enter S C"),
    ("Next star, or the one before", "F4 ⇧ F4"),
    ("Open the chosen call", "Enter"),
    ("Delete the chosen call, after a question", "Del"),
    ("Play or pause a recording", "Space"),
    ("Five seconds back or on", "← →"),
    ("Save the prompt, or make a new one", "Ctrl S / N"),
)
COLUMNS = (
    (("Calling", CALLING), ("Pages", PAGES)),
    (("In a call", STEPPING_IN), ("Reading and writing", READING)),
)


BAR = 12  # the scroll bar floats here
EDGE = 24


class _Shade(QWidget):
    """Dims the window behind the sheet; what lies below can still be pressed."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw it."""
        shade = QColor(Qt.GlobalColor.black)
        shade.setAlphaF(0.5 if theme.current().dark else 0.3)
        QPainter(self).fillRect(self.rect(), shade)


class ShortcutsSheet(Surface):
    """Opens and closes with F1; Esc closes it too."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__("surface", outline="strong", radius=12, parent=parent)
        self.setAccessibleName("Keyboard shortcuts")
        self._shade = _Shade(parent)
        self.close_button = IconButton("x", "Close")
        self.close_button.clicked.connect(self.hide)
        head = QHBoxLayout()
        head.addWidget(Text("Keyboard shortcuts", 15, 600))
        head.addStretch()
        head.addWidget(self.close_button)
        self._content = QWidget()
        columns = self._columns = QHBoxLayout(self._content)
        columns.setContentsMargins(0, 0, BAR, 0)
        columns.setSpacing(24)
        self._between = Hairline(vertical=True)
        for place, groups in enumerate(COLUMNS):
            if place:
                columns.addWidget(self._between)
            columns.addLayout(_column(groups), 1)
        self._scroll = Scroll(self._content)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20 - BAR, 20)
        column.setSpacing(12)
        column.addLayout(head)
        column.addWidget(self._scroll)
        head.setContentsMargins(0, 0, BAR, 0)
        self.hide()
        parent.installEventFilter(self)

    def toggle(self) -> None:
        """Open in the middle of the window, or close."""
        if self.isVisible():
            self.hide()
            return
        self._centre()
        self._shade.raise_()
        self._shade.show()
        self.raise_()
        self.show()
        self.close_button.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _centre(self) -> None:
        """In the middle, as high as its lines or as the window lets it be."""
        host = self.window()
        self._shade.setGeometry(host.rect())
        self._stack(QBoxLayout.Direction.LeftToRight)
        if self._content.sizeHint().width() + px(40 - BAR) > host.width() - px(EDGE):
            self._stack(QBoxLayout.Direction.TopToBottom)
        inside = self._content.sizeHint()
        around = self.sizeHint().height() - self._scroll.sizeHint().height()
        self.resize(
            inside.width() + px(40 - BAR), min(inside.height() + around, host.height() - px(EDGE))
        )
        self.move((host.width() - self.width()) // 2, (host.height() - self.height()) // 2)

    def _stack(self, direction: QBoxLayout.Direction) -> None:
        """Put the columns beside each other, or one below the other."""
        self._between.setVisible(direction is QBoxLayout.Direction.LeftToRight)
        self._columns.setDirection(direction)

    def hideEvent(self, event: QHideEvent) -> None:
        """Let the window be bright again."""
        super().hideEvent(event)
        self._shade.hide()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close on Escape; the arrows scroll where not every line fits."""
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
            return
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            bar = self._scroll.verticalScrollBar()
            step = bar.singleStep() if event.key() == Qt.Key.Key_Down else -bar.singleStep()
            bar.setValue(bar.value() + step)
            return
        super().keyPressEvent(event)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Stay in the middle when the window changes its size."""
        if event.type() is QEvent.Type.Resize and self.isVisible():
            self._centre()
        return False


def _column(groups: Sequence[tuple[str, Sequence[tuple[str, str]]]]) -> QGridLayout:
    """Titles with their shortcuts below, the keys at the right."""
    grid = QGridLayout()
    grid.setHorizontalSpacing(24)
    grid.setVerticalSpacing(6)
    grid.setColumnStretch(0, 1)
    row = 0
    for title, shortcuts in groups:
        if row:
            grid.setRowMinimumHeight(row, 8)
            row += 1
        grid.addWidget(Text(title, 12, 500, "muted"), row, 0)
        for words, key in shortcuts:
            row += 1
            grid.addWidget(Text(words, 13), row, 0)
            grid.addWidget(Keycap(key), row, 1, Qt.AlignmentFlag.AlignRight)
        row += 1
    grid.setRowStretch(row, 1)
    return grid
