"""The live calls in the right panel, worst first; a row pressed is the call in the centre."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from callconsole.ui import fonts, icons, theme
from callconsole.ui.announce import announce
from callconsole.ui.hang_up_all import HangUpAll
from callconsole.ui.kit.button import paint_hover
from callconsole.ui.kit.hover_button import RowButton
from callconsole.ui.kit.surfaces import Hairline
from callconsole.ui.kit.text import Text
from callconsole.ui.tokens import RADIUS_CARD
from callconsole.ui.zoom import px
from callconsole.viewmodels.live_call import LiveCall
from callconsole.viewmodels.live_list import LiveList, LiveRow

ROW_HEIGHT = 60
GAP = 6
_PADDING = 12


class LiveRowButton(RowButton):
    """One call, 60 high: name, marks and clock; below them what it is at."""

    ring_radius = RADIUS_CARD

    def __init__(self, row: LiveRow) -> None:
        super().__init__()
        self.row = row
        self.show_row(row)

    def show_row(self, row: LiveRow) -> None:
        """Show how the call stands now."""
        self.row = row
        self.setText(row.name)
        self.setAccessibleName(row.spoken())
        self.setToolTip(f"{row.name}. {row.state.text}. Alt ↓ and Alt ↑ go from call to call.")
        self.update()

    def sizeHint(self) -> QSize:
        """The height of the design."""
        return QSize(px(200), px(ROW_HEIGHT))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw ground, first line and second line."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter)
        self._paint_name(painter, self._paint_right(painter))
        state = self.row.state
        icons.paint(
            painter, state.symbol, getattr(theme.current(), state.tone), px(_PADDING), px(35), 14
        )
        room = QRectF(
            px(_PADDING) + px(20), px(33), self.width() - 2 * px(_PADDING) - px(20), px(18)
        )
        _write(painter, state.text, room, 12, 500, state.tone)

    def _paint_ground(self, painter: QPainter) -> None:
        row = self.row
        ground = "warning_soft" if row.loud else "accent_soft" if row.shown else "surface"
        outline = "accent" if row.shown else "" if row.loud else "border"
        painter.setPen(QPen(theme.colour(outline), 1) if outline else Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour(ground))
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(box, px(RADIUS_CARD), px(RADIUS_CARD))
        paint_hover(painter, box, self, radius=px(RADIUS_CARD))

    def _paint_right(self, painter: QPainter) -> float:
        """Draw the clock and the marks before it; returns where they begin."""
        font = fonts.font(13, 500, tabular=True)
        left = self.width() - px(_PADDING) - QFontMetrics(font).horizontalAdvance(self.row.clock)
        box = QRectF(left, px(11), self.width() - left, px(18))
        _write(painter, self.row.clock, box, 13, 500, "text")
        marks = ["headphones"] * self.row.heard + ["microphone-fill"] * self.row.yours
        for mark in marks:
            left -= px(20)
            icons.paint(painter, mark, theme.current().accent, round(left), px(13), 14)
        return float(left)

    def _paint_name(self, painter: QPainter, right: float) -> None:
        _write(
            painter,
            self.row.name,
            QRectF(px(_PADDING), px(11), right - px(_PADDING) - px(8), px(18)),
            13,
            600,
        )


def _write(
    painter: QPainter, text: str, room: QRectF, size: int, weight: int, tone: str = "text"
) -> None:
    painter.setFont(fonts.font(size, weight, tabular=True))
    painter.setPen(theme.colour(tone))
    width = int(room.width()) + 1
    shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, width)
    painter.drawText(room.adjusted(0, 0, px(2), 0), Qt.AlignmentFlag.AlignVCenter, shown)


class LiveCalls(QWidget):
    """The rows and the way to end them all; hidden where nothing lives.

    Signals:
        incoming_chosen(str): a row was pressed whose call rings here; its SID.
    """

    incoming_chosen = Signal(str)

    def __init__(self, lines: LiveList, live: LiveCall, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines = lines
        self._live = live
        self._rows: dict[str, LiveRowButton] = {}
        self._loud: set[str] = set()
        self.setAccessibleName("Live calls")
        self.order = Text("worst first", 12, 400, "muted")
        self.end_all = HangUpAll(lines, live)
        head = QHBoxLayout()
        head.addWidget(Text("Live calls", 13, 600))
        head.addStretch()
        head.addWidget(self.order)
        self._list = QVBoxLayout()
        self._list.setSpacing(GAP)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(head)
        column.addLayout(self._list)
        column.addWidget(self.end_all)
        column.addSpacing(4)
        column.addWidget(Hairline())
        lines.changed.connect(self._show)
        self._show()

    def rows(self) -> list[LiveRowButton]:
        """The rows from the top."""
        return [self._rows[row.sid] for row in self._lines.rows]

    def _show(self) -> None:
        rows = self._lines.rows
        kept = {row.sid for row in rows}
        for sid in [sid for sid in self._rows if sid not in kept]:
            gone = self._rows.pop(sid)
            self._list.removeWidget(gone)
            gone.hide()
            gone.deleteLater()
        for place, row in enumerate(rows):
            self._place(place, row)
        self.order.setVisible(len(rows) > 1)
        self.setVisible(bool(rows))
        self._say_loud(rows)

    def _place(self, place: int, row: LiveRow) -> None:
        button = self._rows.get(row.sid)
        if button is None:
            button = self._rows[row.sid] = LiveRowButton(row)
            button.clicked.connect(lambda _on=False, sid=row.sid: self._on_pressed(sid))
        elif button.row != row:
            button.show_row(row)
        if self._list.indexOf(button) != place:
            self._list.removeWidget(button)
            self._list.insertWidget(place, button)
            if place:
                QWidget.setTabOrder(self._rows[self._lines.rows[place - 1].sid], button)

    def _on_pressed(self, sid: str) -> None:
        if self._rows[sid].row.incoming:
            self.incoming_chosen.emit(sid)
        else:
            self._live.focus(sid)

    def _say_loud(self, rows: list[LiveRow]) -> None:
        loud = {row.sid for row in rows if row.loud}
        for row in rows:
            if row.sid in loud - self._loud:
                announce(self, row.spoken())
        self._loud = loud
