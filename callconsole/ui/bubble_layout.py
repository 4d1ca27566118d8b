"""How large a transcript line is at a given width, and where its parts go."""

from __future__ import annotations

import math
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QTextLayout, QTextOption

from callconsole.ui import fonts
from callconsole.ui.zoom import px, zoom
from callconsole.viewmodels.transcript_line import Line, LineKind

PAD_X = 12
PAD_Y = 8
GAP = 8  # between rows
ROW_GAP = 8  # between the parts of one header
HEAD_HEIGHT = 16
HEAD_TO_TEXT = 4
TEXT_LINE = 20
NOTE_LINE = 16
NOTE_PAD = 4
ICON = 14
DEED = 24  # what can be clicked beside a bubble
DEED_GAP = 4
DEED_TOP = 2
WIDEST = 640
SHARE = 0.74
NOTE_SHARE = 0.84
ELLIPSIS = " …"


@dataclass(frozen=True, slots=True)
class BubbleFonts:
    """The fonts of a line's parts."""

    name: QFont
    clock: QFont
    tag: QFont
    text: QFont
    partial: QFont


def bubble_fonts() -> BubbleFonts:
    """Fonts of the window's present family and zoom."""
    return _fonts_of(fonts.family(), zoom.factor)


@lru_cache(maxsize=4)
def _fonts_of(_family: str, _factor: float) -> BubbleFonts:
    partial = QFont(fonts.font(14))
    partial.setItalic(True)
    return BubbleFonts(
        name=fonts.font(12, 600),
        clock=fonts.font(12, tabular=True),
        tag=fonts.font(12, 500),
        text=fonts.font(14),
        partial=partial,
    )


@dataclass(frozen=True, slots=True)
class BubbleLayout:
    """One line laid out for painting; all places are relative to the row's top left corner.

    Attributes:
        box: the bubble, or the words of a system line with their icon.
        text: lines of text placed relative to `text_at`.
        name, tag: shortened where they do not fit; empty where they are not drawn.
        icon_x: where the icon before the name or before a system line goes.
        name_x, clock_x, tag_x: where the header's parts begin.
    """

    box: QRectF
    text: QTextLayout
    text_at: QPointF
    icon_x: float
    name: str
    name_x: float
    clock_x: float
    tag: str
    tag_x: float


def star_place(line: Line, laid: BubbleLayout) -> QRectF:
    """Where the star stands: beside the bubble's upper corner, on its free side."""
    left = line.kind is LineKind.CALLER
    edge, gap = px(DEED), px(DEED_GAP)
    x = laid.box.left() - gap - edge if left else laid.box.right() + gap
    return QRectF(x, laid.box.top() + px(DEED_TOP), edge, edge)


def play_place(line: Line, laid: BubbleLayout) -> QRectF:
    """Where the play symbol stands: on the star's far side."""
    further = -px(DEED) if line.kind is LineKind.CALLER else px(DEED)
    return star_place(line, laid).translated(further, 0)


def shown_text(line: Line) -> str:
    """The words as drawn: paragraphs as line breaks, three dots while more may come."""
    text = line.turn.text.strip("\n") if line.turn.final else line.turn.text.rstrip()
    return text.replace("\n", "\u2028") + ("" if line.turn.final else ELLIPSIS)


def row_height(line: Line, width: int) -> int:
    """Height of the line's row in pixels at this view width, with the gap below it."""
    if line.kind is LineKind.SYSTEM:
        lines = _line_count(_note_text(line), bubble_fonts().tag, _note_width(width))
        return px(NOTE_PAD) * 2 + px(NOTE_LINE) * lines + px(GAP)
    lines = _line_count(shown_text(line), _text_font(line), _inner_width(width))
    return px(PAD_Y) * 2 + px(HEAD_HEIGHT) + px(HEAD_TO_TEXT) + px(TEXT_LINE) * lines + px(GAP)


def lay_out(line: Line, width: int) -> BubbleLayout:
    """Place everything of one line at this view width."""
    return _lay_out_note(line, width) if line.kind is LineKind.SYSTEM else _lay_out(line, width)


def _lay_out(line: Line, width: int) -> BubbleLayout:
    used = bubble_fonts()
    inner = _inner_width(width)
    text = wrapped(shown_text(line), _text_font(line), inner, px(TEXT_LINE))
    clock_width = _advance(line.clock, used.clock)
    name_x = px(ICON) + px(ROW_GAP) if line.name_icon else 0
    name = _elided(line.name, used.name, inner - clock_width - px(ROW_GAP) - name_x)
    clock_x = name_x + _advance(name, used.name) + px(ROW_GAP)
    tag_x = clock_x + clock_width + px(ROW_GAP)
    tag_room = inner - tag_x - px(ICON) - px(ROW_GAP) / 2
    sign = line.sign[0]
    tag = _elided(sign, used.tag, tag_room) if sign and tag_room > px(ICON) * 2 else ""
    head = clock_x + clock_width
    if tag:
        head = tag_x + px(ICON) + px(ROW_GAP) / 2 + _advance(tag, used.tag)
    box_width = math.ceil(max(head, _natural_width(text))) + 1 + px(PAD_X) * 2
    box_height = (
        px(PAD_Y) * 2
        + px(HEAD_HEIGHT)
        + px(HEAD_TO_TEXT)
        + px(TEXT_LINE) * max(text.lineCount(), 1)
    )
    left = width - box_width - 1 if line.kind is LineKind.CALLER else 1
    return BubbleLayout(
        box=QRectF(left, 0, box_width, box_height),
        text=text,
        text_at=QPointF(left + px(PAD_X), px(PAD_Y) + px(HEAD_HEIGHT) + px(HEAD_TO_TEXT)),
        icon_x=left + px(PAD_X),
        name=name,
        name_x=left + px(PAD_X) + name_x,
        clock_x=left + px(PAD_X) + clock_x,
        tag=tag,
        tag_x=left + px(PAD_X) + tag_x,
    )


def _lay_out_note(line: Line, width: int) -> BubbleLayout:
    used = bubble_fonts()
    text = wrapped(_note_text(line), used.tag, _note_width(width), px(NOTE_LINE))
    icon = px(ICON) + px(ROW_GAP) if line.icon else 0
    clock = _advance(line.clock, used.clock) + px(ROW_GAP)
    box_width = math.ceil(icon + clock + _natural_width(text))
    left = (width - box_width) // 2
    return BubbleLayout(
        box=QRectF(left, px(NOTE_PAD), box_width, px(NOTE_LINE) * max(text.lineCount(), 1)),
        text=text,
        text_at=QPointF(left + icon + clock, px(NOTE_PAD)),
        icon_x=left,
        name="",
        name_x=left,
        clock_x=left + icon,
        tag="",
        tag_x=left,
    )


def wrapped(text: str, font: QFont, width: float, line_height: int) -> QTextLayout:
    """The text broken at `width`, its lines `line_height` px apart and centred in them.

    Lines of a script that runs from the right end flush right, as far as the widest reaches.
    """
    layout = QTextLayout(text, font)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    layout.setCacheEnabled(True)
    layout.beginLayout()
    top = 0
    while (line := layout.createLine()).isValid():
        line.setLineWidth(width)
        line.setPosition(QPointF(0, top + (line_height - line.height()) / 2))
        top += line_height
    layout.endLayout()
    if _from_the_right(text):
        widest = _natural_width(layout)
        for index in range(layout.lineCount()):
            line = layout.lineAt(index)
            line.setPosition(QPointF(widest - line.naturalTextWidth(), line.y()))
    return layout


def _from_the_right(text: str) -> bool:
    """True where the first letter that has a direction runs to the left."""
    directions = (unicodedata.bidirectional(letter) for letter in text)
    return next((way != "L" for way in directions if way in ("L", "R", "AL")), False)


def _line_count(text: str, font: QFont, width: float) -> int:
    # Most lines are short: the advance alone answers, twenty times faster than breaking them.
    if "\u2028" not in text and _advance(text, font) < width - 2:
        return 1
    return max(wrapped(text, font, width, px(TEXT_LINE)).lineCount(), 1)


def _natural_width(layout: QTextLayout) -> float:
    return max(
        (layout.lineAt(i).naturalTextWidth() for i in range(layout.lineCount())), default=0.0
    )


def _advance(text: str, font: QFont) -> float:
    return QFontMetricsF(font).horizontalAdvance(text)


def _elided(text: str, font: QFont, width: float) -> str:
    return QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, max(width, 0.0))


def _text_font(line: Line) -> QFont:
    return bubble_fonts().text if line.turn.final else bubble_fonts().partial


def _note_text(line: Line) -> str:
    return line.turn.text.strip().replace("\n", " ")


def _inner_width(width: int) -> int:
    return max(min(px(WIDEST), int(width * SHARE)) - px(PAD_X) * 2, px(40))


def _note_width(width: int) -> int:
    return max(int(width * NOTE_SHARE) - px(80), px(40))
