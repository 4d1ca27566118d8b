"""Draws the rows of the history and the captions over their columns."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from callconsole.ui import fonts, icons, theme
from callconsole.ui.fitting import fix_height
from callconsole.ui.kit.surfaces import paint_hairline
from callconsole.ui.tokens import RADIUS_CARD
from callconsole.ui.zoom import px
from callconsole.viewmodels.history_rows import HistoryRow

ROW = 44
ROW_DATA = Qt.ItemDataRole.UserRole
NARROW_BELOW = 480
STAR_ROOM = 20
_LEFT = Qt.AlignmentFlag.AlignLeft
_RIGHT = Qt.AlignmentFlag.AlignRight


@dataclass(frozen=True, slots=True)
class Columns:
    """Where columns begin, in pixels from the row's left; `length` is where it ends.

    In a narrow list time and length stand in the second line.
    """

    width: int
    narrow: bool
    who: int
    started: int
    length: int
    ending: int
    mark: int

    @staticmethod
    def of(width: int) -> Columns:
        """The columns of a list this wide."""
        if width < px(NARROW_BELOW):
            ending = width - px(142)
            return Columns(width, True, px(36), px(36), ending, ending, width - px(30))
        return Columns(width, False, px(40), px(204), px(340), px(356), width - px(30))


class ColumnCaptions(QWidget):
    """The line over the rows."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.set_narrow(False)

    def set_narrow(self, narrow: bool) -> None:
        """Only the line: a narrow list has no columns to name."""
        fix_height(self, 1 if narrow else 28)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the captions and the line below them."""
        at = Columns.of(self.width())
        painter = QPainter(self)
        line = QRect(0, 0, self.width(), px(24))
        if not at.narrow:
            _write(painter, "Who", line, at.who, at.started, "muted", 500, 12)
            _write(painter, "Started", line, at.started, at.length, "muted", 500, 12)
            _write(painter, "Length", line, at.length - px(60), at.length, "muted", 500, 12, _RIGHT)
            _write(painter, "Ending", line, at.ending, at.mark, "muted", 500, 12)
        paint_hairline(painter, "border", QPointF(0, self.height() - 1), self.width())


class HistoryRowDelegate(QStyledItemDelegate):
    """Draws one `HistoryRow`."""

    def sizeHint(
        self, option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """One row."""
        return QSize(option.rect.width(), px(ROW))

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Draw ground and columns."""
        row: HistoryRow | None = index.data(ROW_DATA)
        if row is None:
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box, at = option.rect, Columns.of(option.rect.width())
        _paint_ground(painter, option)
        tokens = theme.current()
        icons.paint(painter, row.icon, getattr(tokens, row.tone), px(14), box.top() + px(15), 14)
        if at.narrow:
            _paint_narrow(painter, row, box, at)
        else:
            _paint_wide(painter, row, box, at)
        if row.recorded:
            icons.paint(painter, icons.WAVEFORM, tokens.muted, at.mark, box.top() + px(15), 14)
        if row.starred:
            star = at.mark - px(STAR_ROOM)
            icons.paint(painter, "star-fill", tokens.warning, star, box.top() + px(15), 14)
        painter.restore()


def _paint_ground(painter: QPainter, option: QStyleOptionViewItem) -> None:
    selected = bool(option.state & QStyle.StateFlag.State_Selected)
    focused = selected and bool(option.state & QStyle.StateFlag.State_HasFocus)
    hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
    box = QRectF(option.rect)
    if selected or hovered:
        painter.setPen(QPen(theme.colour("accent"), 1) if focused else Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("accent_soft" if selected else "hover"))
        painter.drawRoundedRect(
            box.adjusted(0.5, 0.5, -0.5, -1.5), px(RADIUS_CARD), px(RADIUS_CARD)
        )
    else:
        start = QPointF(box.left() + px(12), box.bottom() - 1)
        paint_hairline(painter, "border", start, box.width() - 2 * px(12))


def _paint_wide(painter: QPainter, row: HistoryRow, box: QRect, at: Columns) -> None:
    upper, lower, middle = _lines(box)
    _write(painter, row.title, upper, at.who, at.started - px(10), "text", 600)
    _write(painter, row.prompt, lower, at.who, at.started - px(10), "muted", 400, 12)
    _write(painter, row.started, middle, at.started, at.length - px(44), "muted", 400)
    _write(painter, row.length, middle, at.length - px(60), at.length, "text", 500, 13, _RIGHT)
    _paint_outcome(painter, row, middle, at)


def _paint_narrow(painter: QPainter, row: HistoryRow, box: QRect, at: Columns) -> None:
    upper, lower, _middle = _lines(box)
    _write(painter, row.title, upper, at.who, at.ending - px(10), "text", 600)
    about = f"{row.started} · {row.prompt}"
    _write(painter, about, lower, at.who, at.ending - px(10), "muted", 400, 12)
    _paint_outcome(painter, row, upper, at)
    _write(painter, row.length, lower, at.ending + px(20), at.mark - px(6), "muted", 400, 12)


def _paint_outcome(painter: QPainter, row: HistoryRow, line: QRect, at: Columns) -> None:
    tone = getattr(theme.current(), row.outcome.tone)
    icons.paint(
        painter, icons.line(row.outcome.symbol), tone, at.ending, line.center().y() - px(6), 14
    )
    end = at.mark - px(6) - (px(STAR_ROOM) if row.starred else 0)
    _write(painter, row.outcome.text, line, at.ending + px(20), end, "text", 500)


def _lines(box: QRect) -> tuple[QRect, QRect, QRect]:
    """The upper and the lower line of a row, and the one in its middle."""
    upper = QRect(box.left(), box.top() + px(4), box.width(), px(18))
    return upper, upper.translated(0, px(18)), upper.translated(0, px(9))


def _write(
    painter: QPainter,
    text: str,
    line: QRect,
    left: int,
    right: int,
    tone: str,
    weight: int,
    size: int = 13,
    align: Qt.AlignmentFlag = _LEFT,
) -> None:
    painter.setFont(fonts.font(size, weight, tabular=True))
    painter.setPen(theme.colour(tone))
    shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, right - left)
    room = QRect(line.left() + left, line.top(), right - left, line.height())
    painter.drawText(room, align | Qt.AlignmentFlag.AlignVCenter, shown)
