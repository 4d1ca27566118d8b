"""The number to call: country, digits as their country writes them, and one key to take back."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSizePolicy, QWidget

from callconsole.ui import fonts, theme
from callconsole.ui.kit.country_button import CountryButton
from callconsole.ui.kit.dial_key import LONG_PRESS_MS
from callconsole.ui.kit.icon_button import IconButton
from callconsole.ui.kit.surfaces import Hairline
from callconsole.ui.tokens import RADIUS_CONTROL
from callconsole.ui.zoom import px


class NumberDigits(QLineEdit):
    """The digits alone; the field around them draws box and ring."""

    left = Signal()

    def __init__(self, host: QWidget) -> None:
        super().__init__(host)
        self.ring_host = host
        self.setFrame(False)
        self.setFont(fonts.font(15, 500, tabular=True))
        self.setTextMargins(5, 0, 0, 0)
        self.setPlaceholderText("Phone number")
        self.setAccessibleName("Number to call")

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Say that the field was left, unless for a menu of its own."""
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.left.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave Escape to the window."""
        if event.key() == Qt.Key.Key_Escape:
            event.ignore()
            return
        super().keyPressEvent(event)


class NumberField(QWidget):
    """44 high; formats while typed and keeps the caret between the same digits.

    Signals:
        edited: the text as typed or pasted, to be formatted.
        entered: Enter was pressed.
        left: the focus went elsewhere.
        region_chosen: another country was chosen.
        backspaced, cleared: the key at the right, short and long.
    """

    edited = Signal(str)
    entered = Signal()
    left = Signal()
    region_chosen = Signal(str)
    backspaced = Signal()
    cleared = Signal()
    ring_radius = RADIUS_CONTROL

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._wrong = False
        self.setFixedHeight(44)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.country = CountryButton()
        self.digits = NumberDigits(self)
        self.back = IconButton("backspace", "Delete the last digit; hold to clear")
        self.back.hide()
        line = Hairline(vertical=True)
        line.setFixedHeight(20)
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 0, 4, 0)
        row.setSpacing(0)
        row.addWidget(self.country)
        row.addWidget(line)
        row.addWidget(self.digits, 1)
        row.addWidget(self.back)
        self._hold = QTimer(self)
        self._hold.setSingleShot(True)
        self._hold.setInterval(LONG_PRESS_MS)
        self._hold.timeout.connect(self._on_held)
        self.back.pressed.connect(self._hold.start)
        self.back.released.connect(self._hold.stop)
        self.back.clicked.connect(self.backspaced)
        self.country.chosen.connect(self.region_chosen)
        self.digits.textEdited.connect(self.edited)
        self.digits.returnPressed.connect(self.entered)
        self.digits.left.connect(self.left)
        self.setFocusProxy(self.digits)

    def show_text(self, text: str) -> None:
        """Show the formatted number; the caret stays behind the same digit."""
        field = self.digits
        if text != field.text():
            behind = sum(_counts(sign) for sign in field.text()[: field.cursorPosition()])
            at_end = field.cursorPosition() == len(field.text()) or not field.hasFocus()
            field.setText(text)
            field.setCursorPosition(len(text) if at_end else _position(text, behind))
        self.back.setVisible(bool(text))
        self.country.show_code(not text.startswith("+"))

    def text(self) -> str:
        """The number shown."""
        return self.digits.text()

    def set_wrong(self, wrong: bool, sentence: str = "") -> None:
        """Outline in red while the number is wrong; the sentence is for screen readers."""
        self._wrong = wrong
        self.digits.setAccessibleDescription(sentence)
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click beside the digits is meant for them."""
        self.digits.setFocus()
        super().mousePressEvent(event)

    def _on_held(self) -> None:
        self.back.setDown(False)
        self.cleared.emit()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the outer box."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.colour("danger" if self._wrong else "strong"), 1))
        painter.setBrush(theme.colour("surface"))
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(box, px(RADIUS_CONTROL), px(RADIUS_CONTROL))


def _counts(sign: str) -> bool:
    return sign.isalnum() or sign in "+*#"


def _position(text: str, digits: int) -> int:
    """Where in the text the given number of digits lies to the left."""
    if digits == 0:
        return 0
    seen = 0
    for index, sign in enumerate(text):
        seen += _counts(sign)
        if seen == digits:
            return index + 1
    return len(text)
