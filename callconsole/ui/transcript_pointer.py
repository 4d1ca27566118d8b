"""What the mouse does with a transcript's lines: play, star, and say what a click would do."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QHelpEvent, QMouseEvent
from PySide6.QtWidgets import QTableView, QToolTip

from callconsole.ui.bubble_delegate import BubbleDelegate
from callconsole.ui.bubble_layout import play_place, star_place
from callconsole.viewmodels.transcript_line import Line
from callconsole.viewmodels.transcript_model import TranscriptModel

_NO_KEY = Qt.KeyboardModifier.NoModifier


@dataclass(frozen=True, slots=True)
class _Target:
    """A line under the pointer, and whether the pointer is on its star or on what plays it."""

    row: int
    turn_id: int
    star: bool
    plays: bool


class LinePointer(QObject):
    """Watches the pointer over a view's lines.

    Attributes:
        why_not: why a click on a line plays nothing, or "".

    Signals:
        pressed: a button went down on a line, before the view knows of it.
        play_asked(int): a row was clicked, without a key that selects more of them.
        star_asked(int): a row's star was clicked.
    """

    pressed = Signal()
    play_asked = Signal(int)
    star_asked = Signal(int)

    def __init__(self, view: QTableView, model: TranscriptModel, delegate: BubbleDelegate) -> None:
        super().__init__(view)
        self._view = view
        self._model = model
        self._delegate = delegate
        self._down: _Target | None = None
        self.why_not = ""
        view.viewport().installEventFilter(self)

    def set_deeds(self, why_not: str = "") -> None:
        """Let lines be starred, and played unless `why_not` says why not."""
        self.why_not = why_not
        self._delegate.playable = not why_not
        self._delegate.starrable = True
        self._view.viewport().update()

    def star_rect(self, row: int) -> QRectF:
        """Where this row's star is in the viewport."""
        line = self._model.line(row)
        laid = self._delegate.layout_of(line, self._view.viewport().width())
        return star_place(line, laid).translated(0, self._view.rowViewportPosition(row))

    def bubble_rect(self, row: int) -> QRectF:
        """Where this row's words are in the viewport."""
        line = self._model.line(row)
        laid = self._delegate.layout_of(line, self._view.viewport().width())
        return laid.box.translated(0, self._view.rowViewportPosition(row))

    def tip_at(self, at: QPointF) -> str:
        """What is said of this place of the viewport; "" where nothing is to be said."""
        target = self._target(at)
        if target is None:
            return ""
        line = self._model.line(target.row)
        if target.star:
            return "Take the star away (S)" if line.starred else "Star this moment (S)"
        if not target.plays:
            return ""
        index = self._model.index(target.row)
        clock = self._model.data(index, Qt.ItemDataRole.ToolTipRole)
        return "\n".join(filter(None, (str(clock or ""), self._does(line))))

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Take clicks on stars; follow all else without taking it."""
        kind = event.type()
        if kind is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            tip = self.tip_at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), tip, self._view.viewport())
            return True
        if kind is QEvent.Type.Leave:
            self._hover(None)
        if not isinstance(event, QMouseEvent):
            return False
        if kind is QEvent.Type.MouseMove:
            self._moved(event)
        elif event.button() is Qt.MouseButton.LeftButton:
            if kind is QEvent.Type.MouseButtonPress:
                return self._went_down(event)
            if kind is QEvent.Type.MouseButtonDblClick:
                # The first of its two clicks has done what a click does.
                target = self._target(event.position())
                return target is not None and target.star
            if kind is QEvent.Type.MouseButtonRelease:
                return self._went_up(event)
        return False

    # Inside -----------------------------------------------------------------------------------

    def _does(self, line: Line) -> str:
        if self.why_not:
            return self.why_not
        if line.playing:
            return "Click to stop (Enter)"
        return f"Click to hear {line.clock} again (Enter)"

    def _moved(self, event: QMouseEvent) -> None:
        target = self._target(event.position())
        row = self._view.rowAt(round(event.position().y()))
        self._hover(row if row >= 0 else None)
        does = target is not None and (target.star or (target.plays and not self.why_not))
        shape = Qt.CursorShape.PointingHandCursor if does else Qt.CursorShape.ArrowCursor
        self._view.viewport().setCursor(shape)

    def _went_down(self, event: QMouseEvent) -> bool:
        self.pressed.emit()
        plain = event.modifiers() == _NO_KEY
        self._down = self._target(event.position()) if plain else None
        return self._down is not None and self._down.star

    def _went_up(self, event: QMouseEvent) -> bool:
        down, self._down = self._down, None
        target = self._target(event.position())
        if down is None or target is None or target.turn_id != down.turn_id:
            return down is not None and down.star
        if down.star and target.star:
            self.star_asked.emit(target.row)
        elif down.plays and target.plays:
            self.play_asked.emit(target.row)
        return down.star

    def _target(self, at: QPointF) -> _Target | None:
        row = self._view.rowAt(round(at.y()))
        if row < 0:
            return None
        line = self._model.line(row)
        laid = self._delegate.layout_of(line, self._view.viewport().width())
        inside = QPointF(at.x(), at.y() - self._view.rowViewportPosition(row))
        aloud = line.spoken_aloud
        star = aloud and self._delegate.starrable and star_place(line, laid).contains(inside)
        symbol = aloud and play_place(line, laid).contains(inside)
        return _Target(row, line.turn.id, star, symbol or laid.box.contains(inside))

    def _hover(self, row: int | None) -> None:
        before, self._delegate.hovered = self._delegate.hovered, row
        if row != before:
            for changed in (before, row):
                if changed is not None:
                    self._view.update(self._model.index(changed))
