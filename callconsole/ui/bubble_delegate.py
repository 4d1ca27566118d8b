"""Paints transcript lines: bubbles left and right, system lines across."""

from __future__ import annotations

import math
from collections import OrderedDict

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen, QTextCharFormat, QTextLayout
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from callconsole.ui import icons, theme
from callconsole.ui.bubble_layout import (
    DEED,
    HEAD_HEIGHT,
    ICON,
    NOTE_LINE,
    NOTE_PAD,
    PAD_Y,
    ROW_GAP,
    BubbleLayout,
    bubble_fonts,
    lay_out,
    play_place,
    row_height,
    shown_text,
    star_place,
)
from callconsole.ui.kit.surfaces import paint_hairline
from callconsole.ui.tokens import Tokens
from callconsole.ui.zoom import px
from callconsole.viewmodels.transcript_line import Line, LineKind, Manner, Match
from callconsole.viewmodels.transcript_model import TranscriptRole

RADIUS = 10
HAIRLINE_GAP = 16
DEED_ICON = 16

_CACHED_LAYOUTS = 256


class BubbleDelegate(QStyledItemDelegate):
    """Draws the `Line` of each index; keeps the layouts of the lines seen last.

    Attributes:
        current_match: the found place that the reader stands on, or None.
        hovered: the row under the pointer, or None.
        playable: a click on a line plays it.
        starrable: lines can be starred.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.current_match: Match | None = None
        self.hovered: int | None = None
        self.playable = False
        self.starrable = False
        self._layouts: OrderedDict[int, tuple[Line, int, BubbleLayout]] = OrderedDict()

    def forget(self) -> None:
        """Drop the layouts, as after a change of font."""
        self._layouts.clear()

    def layout_of(self, line: Line, width: int) -> BubbleLayout:
        """The line laid out at this view width, as it is painted."""
        return self._layout(line, width)

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """The row's size at the width of `option.rect`."""
        width = option.rect.width()
        return QSize(width, row_height(index.data(TranscriptRole.LINE), width))

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Draw one line."""
        line: Line = index.data(TranscriptRole.LINE)
        laid = self._layout(line, option.rect.width())
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(option.rect.topLeft())
        tokens = theme.current()
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if line.kind is LineKind.SYSTEM:
            _paint_note(painter, line, laid, option.rect.width(), tokens, selected)
        else:
            _paint_bubble(painter, line, laid, tokens, selected)
        self._paint_deeds(painter, line, laid, selected or index.row() == self.hovered, tokens)
        self._paint_text(painter, line, laid, index.row(), tokens)
        painter.restore()

    def _layout(self, line: Line, width: int) -> BubbleLayout:
        kept = self._layouts.get(line.turn.id)
        if kept is not None and kept[0] is line and kept[1] == width:
            self._layouts.move_to_end(line.turn.id)
            return kept[2]
        laid = lay_out(line, width)
        self._layouts[line.turn.id] = (line, width, laid)
        self._layouts.move_to_end(line.turn.id)
        if len(self._layouts) > _CACHED_LAYOUTS:
            self._layouts.popitem(last=False)
        return laid

    def _paint_deeds(
        self, painter: QPainter, line: Line, laid: BubbleLayout, active: bool, tokens: Tokens
    ) -> None:
        """What can be done with a line, where it is looked at; a star stays once it is set."""
        if not line.spoken_aloud:
            return
        if line.starred:
            _symbol(painter, "star-fill", tokens.warning, star_place(line, laid))
        elif active and self.starrable:
            _symbol(painter, "star", tokens.muted, star_place(line, laid))
        if active and self.playable:
            icon = "stop-fill" if line.playing else "play-fill"
            _symbol(painter, icon, tokens.accent, play_place(line, laid))

    def _paint_text(
        self, painter: QPainter, line: Line, laid: BubbleLayout, row: int, tokens: Tokens
    ) -> None:
        muted = line.kind is LineKind.SYSTEM
        painter.setPen(QColor(_note_ink(line, tokens) if muted else tokens.text))
        marks = self._marks(line, laid, row, tokens)
        laid.text.draw(painter, laid.text_at, marks)

    def _marks(
        self, line: Line, laid: BubbleLayout, row: int, tokens: Tokens
    ) -> list[QTextLayout.FormatRange]:
        # The layout lacks what was stripped in front, so every place moves by that much.
        shift = _shift(line)
        marks = []
        if line.struck_from is not None:
            struck = QTextCharFormat()
            struck.setFontStrikeOut(True)
            struck.setForeground(QColor(tokens.muted))
            begin = line.struck_from - shift
            marks.append(_range(laid, begin, len(shown_text(line)) - begin, struck))
        here = self.current_match
        for start, length in line.matches:
            on_it = here is not None and (here.row, here.start) == (row, start)
            marks.append(_range(laid, start - shift, length, _match_format(tokens, on_it)))
        return marks


def _shift(line: Line) -> int:
    text = line.turn.text
    if line.kind is LineKind.SYSTEM:
        return len(text) - len(text.lstrip())
    return len(text) - len(text.lstrip("\n")) if line.turn.final else 0


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _range(
    laid: BubbleLayout, start: int, length: int, form: QTextCharFormat
) -> QTextLayout.FormatRange:
    """Characters of a line as Qt counts them, for which one beyond U+FFFF is two."""
    text = laid.text.text()
    made = QTextLayout.FormatRange()
    made.start = _units(text[:start])
    made.length = _units(text[start : start + length])
    made.format = form
    return made


def _match_format(tokens: Tokens, current: bool) -> QTextCharFormat:
    made = QTextCharFormat()
    if current:
        made.setBackground(QBrush(QColor(tokens.accent_fill)))
        made.setForeground(QBrush(QColor(tokens.on_fill)))
    else:
        made.setBackground(QBrush(QColor(tokens.warning_soft)))
        made.setForeground(QBrush(QColor(tokens.warning)))
    return made


def _paint_bubble(
    painter: QPainter, line: Line, laid: BubbleLayout, tokens: Tokens, selected: bool
) -> None:
    ground, ink = _COLOURS[line.kind]
    tone = getattr(tokens, ink)
    painter.setPen(_outline(line, tokens, selected))
    painter.setBrush(QColor(getattr(tokens, ground)) if ground else Qt.BrushStyle.NoBrush)
    inset = 0.0 if ground else 0.5
    painter.drawRoundedRect(laid.box.adjusted(inset, inset, -inset, -inset), px(RADIUS), px(RADIUS))
    if line.name_icon:
        icons.paint(painter, line.name_icon, tone, laid.icon_x, px(PAD_Y) + px(1), ICON)
    used = bubble_fonts()
    top = px(PAD_Y)
    painter.setFont(used.name)
    painter.setPen(QColor(tone))
    _words(painter, laid.name_x, top, laid.clock_x - laid.name_x, laid.name)
    painter.setFont(used.clock)
    painter.setPen(QColor(tokens.muted))
    _words(painter, laid.clock_x, top, laid.box.right() - laid.clock_x, line.clock)
    if laid.tag:
        quiet = tokens.accent if line.playing else tokens.muted
        icons.paint(painter, line.sign[1], quiet, laid.tag_x, top + px(1), ICON)
        painter.setFont(used.tag)
        painter.setPen(QColor(quiet))
        left = laid.tag_x + px(ICON) + px(ROW_GAP) / 2
        _words(painter, left, top, laid.box.right() - left, laid.tag)


_COLOURS = {
    LineKind.AGENT: ("ai_soft", "ai"),
    LineKind.CALLER: ("callee_soft", "callee"),
    LineKind.OPERATOR: ("you_soft", "accent"),
    LineKind.WHISPER: ("", "accent"),
}


def _outline(line: Line, tokens: Tokens, selected: bool) -> QPen:
    """None at rest; a whisper never went on the line, so it is only dashed around."""
    if selected or line.playing:
        return QPen(QColor(tokens.accent), 1.5)
    if line.kind is not LineKind.WHISPER:
        return QPen(Qt.PenStyle.NoPen)
    dashed = QPen(QColor(tokens.accent), 1)
    dashed.setDashPattern([4, 3])
    return dashed


def _note_ink(line: Line, tokens: Tokens) -> str:
    return tokens.accent if line.manner is Manner.YOURS else tokens.muted


def _paint_note(
    painter: QPainter, line: Line, laid: BubbleLayout, width: int, tokens: Tokens, selected: bool
) -> None:
    middle = math.floor(laid.box.center().y())
    tone = "accent" if selected else "border"
    for left, right in (
        (0.0, laid.box.left() - px(HAIRLINE_GAP)),
        (laid.box.right() + px(HAIRLINE_GAP), float(width)),
    ):
        if right > left:
            paint_hairline(painter, tone, QPointF(left, middle), right - left)
    if line.icon:
        icons.paint(
            painter, line.icon, _note_ink(line, tokens), laid.icon_x, px(NOTE_PAD) + px(1), ICON
        )
    painter.setFont(bubble_fonts().clock)
    painter.setPen(QColor(_note_ink(line, tokens)))
    room = QRectF(laid.clock_x, px(NOTE_PAD), laid.box.width(), px(NOTE_LINE))
    painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, line.clock)


def _symbol(painter: QPainter, icon: str, tone: str, place: QRectF) -> None:
    inset = (px(DEED) - px(DEED_ICON)) // 2
    icons.paint(painter, icon, tone, place.left() + inset, place.top() + inset, DEED_ICON)


def _words(painter: QPainter, x: float, y: float, width: float, text: str) -> None:
    room = QRectF(x, y, width, px(HEAD_HEIGHT))
    painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, text)
