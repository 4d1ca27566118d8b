"""The top bar: logo, name, and how the five parts are doing."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from callconsole.domain.events import ServiceState
from callconsole.ui import fonts, icons, theme
from callconsole.ui.kit.button import Button, Kind
from callconsole.ui.kit.hover_button import PressButton
from callconsole.ui.kit.text import Text
from callconsole.ui.tokens import RADIUS_CONTROL, TOP_BAR_HEIGHT
from callconsole.ui.zoom import px
from callconsole.viewmodels.live_list import LiveList
from callconsole.viewmodels.services import Services, ServiceStatus

_VALUE_TONES = {ServiceState.FAILED: "danger", ServiceState.DEGRADED: "warning"}
_MAX_VALUE = 150
_MAX_VALUE_WIDE = 320  # where all of them have room
_BETWEEN = 20
_LESS_WANTED = (0, 1, 4, 3, 2)  # whose values go first: server, tunnel, sound, Gemini, Twilio


class Logo(QWidget):
    """A receiver on a square of the accent."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedSize(24, 24)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("accent_fill"))
        painter.drawRoundedRect(QRectF(self.rect()), px(RADIUS_CONTROL), px(RADIUS_CONTROL))
        icons.paint(painter, "phone-call-fill", theme.current().on_fill, px(5), px(5), 14)


class StatusItem(PressButton):
    """Symbol, name, value; the value goes where room is short and all is well.

    Signals:
        asked: it was pressed; the `Service`.
    """

    asked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._status: ServiceStatus | None = None
        self._brief = False
        self._wide = False
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.clicked.connect(self._on_clicked)

    def _on_clicked(self) -> None:
        if self._status is not None:
            self.asked.emit(self._status.service)

    def show_status(self, status: ServiceStatus) -> None:
        """Show this part."""
        if status == self._status:
            return
        self._status = status
        self.setToolTip(status.hint)
        self.setAccessibleName(f"{status.name}: {status.value}")
        self.setAccessibleDescription(status.hint)
        self.updateGeometry()
        self.update()

    def set_brief(self, brief: bool) -> None:
        """Leave the value out, unless something is wrong."""
        if brief != self._brief:
            self._brief = brief
            self.updateGeometry()
            self.update()

    def set_wide(self, wide: bool) -> None:
        """Let a long value have more room."""
        if wide != self._wide:
            self._wide = wide
            self.updateGeometry()
            self.update()

    @property
    def well(self) -> bool:
        """True where nothing is wrong with this part."""
        return self._status is None or self._status.state is ServiceState.READY

    def value(self) -> str:
        """What stands after the name, shortened."""
        status = self._status
        if status is None or (self._brief and self.well):
            return ""
        metrics = self._value_metrics()
        most = px(_MAX_VALUE_WIDE if self._wide else _MAX_VALUE)
        limit = px(_MAX_VALUE) // 2 if self._brief else most
        return metrics.elidedText(status.value, Qt.TextElideMode.ElideRight, limit)

    def width_with(self, brief: bool) -> int:
        """How wide it would be."""
        before, self._brief = self._brief, brief
        wanted = self.sizeHint().width()
        self._brief = before
        return wanted

    @staticmethod
    def _value_metrics() -> QFontMetrics:
        return QFontMetrics(fonts.font(12, 400, tabular=True))

    def sizeHint(self) -> QSize:
        """Room for what is shown."""
        if self._status is None:
            return QSize(0, px(24))
        name = QFontMetrics(fonts.font(12, 500)).horizontalAdvance(self._status.name)
        value = self.value()
        gap = px(7) + self._value_metrics().horizontalAdvance(value) if value else 0
        return QSize(px(14) + px(7) + name + gap + px(2), px(24))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw symbol, name and value."""
        status = self._status
        if status is None:
            return
        painter = QPainter(self)
        icons.paint(painter, status.symbol, getattr(theme.current(), status.tone), 0, px(5), 14)
        painter.setFont(fonts.font(12, 500))
        painter.setPen(theme.colour("text"))
        name = painter.fontMetrics().horizontalAdvance(status.name)
        align = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(self.rect().adjusted(px(21), 0, 0, 0), align, status.name)
        painter.setFont(fonts.font(12, 400, tabular=True))
        painter.setPen(theme.colour(_VALUE_TONES.get(status.state, "muted")))
        painter.drawText(self.rect().adjusted(px(21) + name + px(7), 0, 0, 0), align, self.value())


class TopBar(QWidget):
    """44 high.

    Signals:
        drawer_asked: the button that opens the right panel on narrow windows.
        service_asked: a part was pressed; the `Service`.
        speaking_asked: the call that the operator speaks to is to be shown.
    """

    drawer_asked = Signal()
    speaking_asked = Signal()
    service_asked = Signal(object)

    def __init__(self, services: Services, lines: LiveList, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._lines = lines
        self.setFixedHeight(TOP_BAR_HEIGHT)
        self.items = [StatusItem() for _status in services.statuses()]
        self.drawer = Button("Listen", Kind.SECONDARY, icon="headphones", height=28)
        self.drawer.clicked.connect(self.drawer_asked)
        self.drawer.hide()
        self.speaking = Button("", Kind.PRIMARY, height=28)
        self.speaking.clicked.connect(self.speaking_asked)
        self.speaking.hide()
        row = QHBoxLayout(self)
        row.setContentsMargins(20, 0, 16, 0)
        row.setSpacing(_BETWEEN)
        row.addWidget(Logo())
        self._name = Text("Call console", 14, 600)
        row.addWidget(self._name)
        row.addWidget(self.speaking)
        row.addStretch(1)
        for item in self.items:
            row.addWidget(item)
            item.asked.connect(self.service_asked)
        row.addWidget(self.drawer)
        services.changed.connect(self._show)
        lines.changed.connect(self._show_lines)
        self._show()
        self._show_lines()

    def show_drawer_button(self, shown: bool) -> None:
        """Offer the right panel as a drawer, or not."""
        self.drawer.setVisible(shown)
        self._fit()

    def show_speaking(self, whom: str, *, muted: bool = False) -> None:
        """Say that the microphone is open to somebody who is out of sight; "" for nobody."""
        self.speaking.setVisible(bool(whom))
        words = "You are muted" if muted else "You are on the line"
        self.speaking.set_content(words, "microphone-slash" if muted else "microphone-fill")
        self.speaking.set_kind(Kind.WARNING if muted else Kind.PRIMARY)
        self.speaking.setToolTip(f"With {whom}. Show this call.")
        self.speaking.setAccessibleName(f"{words} with {whom}")
        self._fit()

    def _show(self) -> None:
        for item, status in zip(self.items, self._services.statuses(), strict=True):
            item.show_status(status)
        self._fit()

    def _show_lines(self) -> None:
        """Name on the drawer's button what is in it: several calls, or a broken one."""
        lines = self._lines
        told = lines.summary if len(lines.rows) > 1 or lines.stalled else ""
        self.drawer.set_content(told or "Listen", "phone-call" if told else "headphones")
        self.drawer.set_kind(Kind.WARNING if lines.stalled else Kind.SECONDARY)
        within = "Listen in, facts and keys"
        self.drawer.setAccessibleName(f"{told}. {within}" if told else within)
        self._fit()

    def _fit(self) -> None:
        drawer = 0 if self.drawer.isHidden() else self.drawer.sizeHint().width() + px(_BETWEEN)
        told = self.speaking
        speaking = 0 if told.isHidden() else told.sizeHint().width() + px(_BETWEEN)
        room = self.width() - px(180) - drawer - speaking
        for item in self.items:
            item.set_wide(True)
        if self._needed() > room:
            for item in self.items:
                item.set_wide(False)
        needed = self._needed()
        for index in _LESS_WANTED:
            item = self.items[index]
            item.set_brief(needed > room)
            if needed > room:
                needed -= item.width_with(False) - item.width_with(True)
        self._leave_out(needed, room)

    def _leave_out(self, needed: int, room: int) -> None:
        """Where even names are too much, leave out our own, then what is well."""
        self._name.setVisible(needed <= room)
        if needed > room:
            room += self._name.sizeHint().width() + px(_BETWEEN)
        for index in _LESS_WANTED:
            item = self.items[index]
            item.setVisible(needed <= room or not item.well)
            if item.isHidden():
                needed -= item.width_with(True) + px(_BETWEEN)

    def _needed(self) -> int:
        return sum(item.width_with(False) + px(_BETWEEN) for item in self.items)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave values out where they do not fit."""
        super().resizeEvent(event)
        self._fit()

    def minimumSizeHint(self) -> QSize:
        """Never the reason for a wider window."""
        return QSize(px(400), px(TOP_BAR_HEIGHT))
