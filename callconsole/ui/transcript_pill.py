"""The pill over the transcript that leads back to the newest line."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from callconsole.ui import fonts, icons, theme
from callconsole.ui.kit.button import paint_hover
from callconsole.ui.zoom import px

HEIGHT = 32
PAD_X = 14
GAP = 6
ICON = 14
ABOVE_EDGE = 12


class JumpPill(QAbstractButton):
    """Floats at the lower edge of `host`, in its middle; hidden until `show_count`."""

    ring_radius = HEIGHT / 2

    def __init__(self, host: QWidget) -> None:
        super().__init__(host)
        self._host = host
        self._live = True
        self._count = 0
        self.setFont(fonts.font(12, 600))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolTip("End")
        self.hide()
        host.installEventFilter(self)

    def set_live(self, live: bool) -> None:
        """Whether a call goes on below, or the transcript is over."""
        self._live = live
        self._write()

    def show_count(self, count: int) -> None:
        """Appear, and say how many lines are new below."""
        self._count = count
        self._write()
        self.show()
        self.raise_()

    def sizeHint(self) -> QSize:
        """As wide as its words."""
        words = self.fontMetrics().horizontalAdvance(self.text())
        return QSize(words + px(ICON) + px(GAP) + px(PAD_X) * 2, px(HEIGHT))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in place when the host grows or shrinks."""
        if event.type() == QEvent.Type.Resize:
            self._place()
        return False

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the pill."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(theme.colour("accent"), 1))
        painter.setBrush(theme.colour("surface"))
        painter.drawRoundedRect(box, px(HEIGHT) / 2, px(HEIGHT) / 2)
        paint_hover(painter, box, self, radius=px(HEIGHT) / 2)
        top = (px(HEIGHT) - px(ICON)) // 2
        icons.paint(painter, "arrow-down", theme.current().accent, px(PAD_X), top, ICON)
        painter.setPen(theme.colour("accent"))
        words = self.rect().adjusted(px(PAD_X) + px(ICON) + px(GAP), 0, 0, 0)
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, self.text())

    def _write(self) -> None:
        goal = "jump to live" if self._live else "jump to the end"
        if self._count:
            goal = f"{self._count} new line{'s' if self._count != 1 else ''} · {goal}"
        self.setText(goal[:1].upper() + goal[1:])
        self.setAccessibleName(self.text())
        self._place()
        self.update()

    def _place(self) -> None:
        host = self._host
        size = self.sizeHint()
        self.setGeometry(
            (host.width() - size.width()) // 2,
            host.height() - size.height() - px(ABOVE_EDGE),
            size.width(),
            size.height(),
        )
