"""The newest calls as a table of two-line rows; a click puts the number back."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from callconsole.ui import fonts, icons, theme
from callconsole.ui.kit.button import paint_hover
from callconsole.ui.kit.hover_button import RowButton
from callconsole.ui.kit.icon_button import IconButton
from callconsole.ui.kit.surfaces import paint_hairline
from callconsole.ui.kit.text import Text
from callconsole.ui.zoom import px
from callconsole.viewmodels.session_calls import RecentCall, SessionCalls

ROW_HEIGHT = 46
OPEN_WIDTH = 32
NO_CALLS = "No calls yet. Calls that you place or take appear here."


class RecentRow(RowButton):
    """One call: whom, prompt, outcome, duration, time, and the way to its page.

    Signals:
        open_asked: the call's page in the history is wanted.
    """

    open_asked = Signal()

    def __init__(self, call: RecentCall) -> None:
        super().__init__()
        self.call = call
        self._twice = False
        self.open = IconButton("clock-counter-clockwise", "Open in history", parent=self)
        self.open.setVisible(bool(call.sid))
        self.open.clicked.connect(self.open_asked)
        self.setText(call.title)
        again = "Call again" if call.number else "Cannot be called back"
        self.setAccessibleName(
            f"{call.title}, {call.outcome.text}, {call.duration}, {call.time}. {again}"
        )
        self.setToolTip("Put this number back into the field" if call.number else again)

    def sizeHint(self) -> QSize:
        """Two lines."""
        return QSize(px(400), px(ROW_HEIGHT))

    def minimumSizeHint(self) -> QSize:
        """Columns are shortened."""
        return QSize(px(300), px(ROW_HEIGHT))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the button at the right end."""
        super().resizeEvent(event)
        self.open.setGeometry(
            self.width() - px(32), (self.height() - px(28)) // 2 + 1, px(28), px(28)
        )

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open the call's page, once the button is up: the row is hidden then."""
        super().mouseDoubleClickEvent(event)
        self._twice = bool(self.call.sid)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Open what was double-clicked."""
        super().mouseReleaseEvent(event)
        twice, self._twice = self._twice, False
        if twice:
            self.open_asked.emit()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the columns."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_hover(painter, QRectF(self.rect()).adjusted(0, 1, 0, 0), self)
        paint_hairline(painter, "border", QPointF(0, 0), self.width())
        call, width = self.call, self.width() - px(OPEN_WIDTH)
        icons.paint(painter, call.icon, getattr(theme.current(), call.tone), px(4), px(8), 14)
        prompt_at, outcome_at = width * 0.34, width * 0.61
        # Calls that came in have no prompt, and a longer line below the number.
        room = (prompt_at if call.prompt else outcome_at) - px(38)
        self._write(painter, call.title, px(26), px(5), room, "text", 600)
        self._write(painter, call.subtitle, px(26), px(23), room, "muted", 400, 12)
        self._write(
            painter, call.prompt, prompt_at, px(14), outcome_at - prompt_at - px(12), "muted", 400
        )
        mark = getattr(theme.current(), call.outcome.tone)
        icons.paint(painter, icons.line(call.outcome.symbol), mark, outcome_at, px(16), 14)
        self._write(
            painter,
            call.outcome.text,
            outcome_at + px(20),
            px(14),
            width - px(112) - outcome_at - px(24),
            "text",
        )
        right = Qt.AlignmentFlag.AlignRight
        self._write(painter, call.duration, width - px(112), px(14), px(58), "text", align=right)
        self._write(painter, call.time, width - px(48), px(14), px(44), "muted", 400, 12, right)

    def _write(
        self,
        painter: QPainter,
        text: str,
        x: float,
        y: float,
        width: float,
        tone: str,
        weight: int = 500,
        size: int = 13,
        align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
    ) -> None:
        painter.setFont(fonts.font(size, weight, tabular=True))
        painter.setPen(theme.colour(tone))
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(width))
        painter.drawText(QRectF(x, y, width, px(18)), align | Qt.AlignmentFlag.AlignVCenter, shown)


class RecentCalls(QWidget):
    """Newest first.

    Signals:
        chosen: E.164 number to put back into the field.
        open_asked(str): SID of the call whose page in the history is wanted.
    """

    chosen = Signal(str)
    open_asked = Signal(str)

    def __init__(self, recents: SessionCalls, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._recents = recents
        self._rows: list[RecentRow] = []
        self._empty = Text(NO_CALLS, 13, 400, "muted")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(Text("Recent calls", 15, 600))
        self._column.addSpacing(8)
        self._column.addWidget(self._empty)
        recents.changed.connect(self._show)
        self._show()

    def rows(self) -> list[RecentRow]:
        """The rows shown."""
        return list(self._rows)

    def _show(self) -> None:
        for row in self._rows:
            row.hide()
            row.deleteLater()
        self._rows = [RecentRow(call) for call in self._recents.entries]
        for row in self._rows:
            number, sid = row.call.number, row.call.sid
            row.open_asked.connect(lambda sid=sid: self.open_asked.emit(sid))
            if number:
                row.clicked.connect(lambda _on=False, number=number: self.chosen.emit(number))
            self._column.addWidget(row)
        self._empty.setVisible(not self._rows)
