"""One line to type in with an icon before it and small buttons inside its box."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSizePolicy, QWidget

from callconsole.ui import fonts, theme
from callconsole.ui.kit.banner import IconMark
from callconsole.ui.tokens import RADIUS_CONTROL
from callconsole.ui.zoom import px

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class BoxedEdit(QLineEdit):
    """The text alone; the field around it draws box and ring."""

    entered = Signal()
    shift_entered = Signal()
    lowered = Signal()
    escaped = Signal()

    def __init__(self, host: QWidget, name: str, placeholder: str) -> None:
        super().__init__(host)
        self.ring_host = host
        self.setFrame(False)
        self.setFont(fonts.font(13))
        self.setPlaceholderText(placeholder)
        self.setAccessibleName(name)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Tell of Enter with and without Shift, of Down and of Escape."""
        shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if event.key() in _ENTER:
            if not event.isAutoRepeat():
                (self.shift_entered if shifted else self.entered).emit()
        elif event.key() == Qt.Key.Key_Down:
            self.lowered.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.escaped.emit()
        else:
            super().keyPressEvent(event)


class BoxedField(QWidget):
    """40 high.

    Signals:
        entered, shift_entered: Enter alone and with Shift.
        lowered: the Down key, which opens a list where there is one.
        escaped: Escape, which leaves the field.
    """

    entered = Signal()
    shift_entered = Signal()
    lowered = Signal()
    escaped = Signal()
    ring_radius = RADIUS_CONTROL

    def __init__(
        self, name: str, placeholder: str, icon: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setFixedHeight(40)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.edit = BoxedEdit(self, name, placeholder)
        self.edit.setMinimumWidth(80)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(12, 0, 6, 0)
        self._row.setSpacing(6)
        self._row.addWidget(IconMark(icon, "accent", 16))
        self._row.addWidget(self.edit, 1)
        self.edit.entered.connect(self.entered)
        self.edit.shift_entered.connect(self.shift_entered)
        self.edit.lowered.connect(self.lowered)
        self.edit.escaped.connect(self.escaped)
        self.setFocusProxy(self.edit)

    def add_inside(self, widget: QWidget) -> None:
        """Put a small button at the right end of the box."""
        self._row.addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click beside the text is meant for it."""
        self.edit.setFocus(Qt.FocusReason.MouseFocusReason)
        super().mousePressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the outer box."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.colour("strong"), 1))
        painter.setBrush(theme.colour("surface"))
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(box, px(RADIUS_CONTROL), px(RADIUS_CONTROL))
