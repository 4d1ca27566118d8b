"""What the next call follows: the prompt and whether it is recorded; open or folded."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QSizePolicy, QVBoxLayout, QWidget

from callconsole.ui import fonts, icons, theme
from callconsole.ui.kit.button import paint_hover
from callconsole.ui.kit.combo import Combo
from callconsole.ui.kit.hover_button import HoverButton
from callconsole.ui.kit.switch import Switch
from callconsole.ui.kit.text import Text
from callconsole.ui.tokens import RADIUS_CONTROL
from callconsole.ui.zoom import px
from callconsole.viewmodels.dialler import Dialler


class DialOptions(QWidget):
    """Prompt and recording as fields."""

    def __init__(self, dialler: Dialler, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._dialler = dialler
        self.prompt = Combo("Prompt")
        self.prompt.setPlaceholderText("No prompt yet")
        self.record = Switch("Record this call")
        label = Text("Prompt", 12, 500, "muted")
        label.setBuddy(self.prompt)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(label)
        column.addSpacing(4)
        column.addWidget(self.prompt)
        column.addSpacing(12)
        column.addWidget(self.record)
        self.prompt.activated.connect(self._on_prompt)
        self.record.toggled.connect(dialler.set_recording)
        dialler.options_changed.connect(self._show)
        self._show()

    def _on_prompt(self, row: int) -> None:
        self._dialler.choose_prompt(self.prompt.itemData(row))

    def _show(self) -> None:
        offered = [
            (self.prompt.itemData(row), self.prompt.itemText(row))
            for row in range(self.prompt.count())
        ]
        if offered != self._dialler.prompts:
            self.prompt.clear()
            for name, title in self._dialler.prompts:
                self.prompt.addItem(title, name)
        self.prompt.setCurrentIndex(self.prompt.findData(self._dialler.prompt))
        self.prompt.setEnabled(bool(self._dialler.prompts))
        self.record.setChecked(self._dialler.recording)


class FoldedPopup(QFrame):
    """The ground of the fields when they open over the row."""


class FoldedOptions(HoverButton):
    """The same in one row of 48; a press opens the fields over it."""

    ring_radius = RADIUS_CONTROL

    def __init__(self, dialler: Dialler, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._dialler = dialler
        self._popup: FoldedPopup | None = None
        self.setFixedHeight(48)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.clicked.connect(self._open)
        dialler.options_changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        self.setText(self._dialler.prompt_title())
        self.setAccessibleName(f"Call options: {self.text()}, {self._second_line()}")
        self.update()

    def _second_line(self) -> str:
        return "recorded" if self._dialler.recording else "not recorded"

    def _open(self) -> None:
        if self._popup is None:
            self._popup = FoldedPopup(self, Qt.WindowType.Popup)
            column = QVBoxLayout(self._popup)
            column.setContentsMargins(16, 16, 16, 12)
            column.addWidget(DialOptions(self._dialler))
        self._popup.setFixedWidth(self.width())
        self._popup.adjustSize()
        self._popup.move(self.mapToGlobal(QPoint(0, -self._popup.height() - px(4))))
        self._popup.show()

    def sizeHint(self) -> QSize:
        """As wide as the column."""
        return QSize(px(200), px(48))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw two lines and a caret."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.colour("strong"), 1))
        painter.setBrush(theme.colour("surface"))
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(box, px(RADIUS_CONTROL), px(RADIUS_CONTROL))
        paint_hover(painter, box, self)
        width = self.width() - px(48)
        painter.setPen(theme.colour("text"))
        painter.setFont(fonts.font(13, 500))
        title = painter.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, width)
        align = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(px(12), px(6), width, px(18)), align, title)
        painter.setPen(theme.colour("muted"))
        painter.setFont(fonts.font(12))
        painter.drawText(QRectF(px(12), px(24), width, px(17)), align, self._second_line())
        icons.paint(painter, "caret-down", theme.current().muted, self.width() - px(26), px(17), 14)
