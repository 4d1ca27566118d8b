"""The focus ring: one overlay that draws around whatever has the keyboard, shifting nothing."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QWidget
from shiboken6 import isValid

from callconsole.ui import theme
from callconsole.ui.tokens import RADIUS_CONTROL
from callconsole.ui.zoom import px

_REACH = 4  # a gap of 2 and a line of 2
_MOVES = frozenset({QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.Hide})


class FocusRing(QWidget):
    """Covers its window, lets every click through, rings the focused control.

    A control may carry ``ring_host`` (the outer box of a composite field), ``ring_radius`` and
    ``ring_hidden``. A press of the mouse on a button draws no ring; the keyboard does.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._target: QWidget | None = None
        self._watched: list[QWidget] = []
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        app = QApplication.instance()
        assert isinstance(app, QApplication)  # noqa: S101
        app.focusChanged.connect(self._on_focus_changed)
        window.installEventFilter(self)
        self.resize(window.size())

    @property
    def target(self) -> QWidget | None:
        """The control that is ringed, or None."""
        return self._target

    def _on_focus_changed(self, _old: QWidget | None, new: QWidget | None) -> None:
        wanted = new if new is not None and new.window() is self.window() else None
        if wanted is not None and not self._deserves(wanted):
            wanted = None
        self._follow(getattr(wanted, "ring_host", wanted))

    @staticmethod
    def _deserves(widget: QWidget) -> bool:
        if getattr(widget, "ring_hidden", False) or isinstance(widget, QAbstractScrollArea):
            return False
        typing = widget.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)
        pressed = QApplication.mouseButtons() != Qt.MouseButton.NoButton
        return typing or not pressed

    def _follow(self, target: QWidget | None) -> None:
        for widget in self._watched:
            # A focused control's ancestor may be half gone when the focus leaves it.
            if isValid(widget):
                widget.removeEventFilter(self)
                widget.destroyed.disconnect(self._forget)
        self._watched = []
        self._target = target
        while target is not None and target is not self.window():
            target.installEventFilter(self)
            target.destroyed.connect(self._forget)
            self._watched.append(target)
            target = target.parentWidget()
        self.raise_()
        self.update()

    def _forget(self) -> None:
        self._target = None
        self._watched = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay over the window and around the control when either moves."""
        if event.type() in _MOVES:
            if watched is self.window():
                self.resize(self.window().size())
            self.update()
        return False

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the ring, clipped to a scroll area that the control lies in."""
        target = self._target
        if target is None or not target.isVisible():
            return
        top_left = target.mapTo(self.window(), QPoint(0, 0))
        box = QRectF(QRect(top_left, target.size())).adjusted(-px(3), -px(3), px(3), px(3))
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(self._clip(target))
        painter.setPen(QPen(theme.colour("accent"), 2))
        radius = px(getattr(target, "ring_radius", RADIUS_CONTROL) + 3)
        painter.drawRoundedRect(box, radius, radius)

    def _clip(self, target: QWidget) -> QRect:
        clip = self.rect()
        parent = target.parentWidget()
        while parent is not None and parent is not self.window():
            if isinstance(parent, QAbstractScrollArea):
                view = parent.viewport()
                corner = view.mapTo(self.window(), QPoint(0, 0))
                shown = QRect(corner, view.size()).adjusted(-px(_REACH), 0, px(_REACH), 0)
                clip = clip.intersected(shown)
            parent = parent.parentWidget()
        return clip
