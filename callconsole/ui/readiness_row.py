"""The idle page's row of parts: phone line, AI, tunnel, sound, each with its mark."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from callconsole.domain.events import Service, ServiceState
from callconsole.ui.kit.banner import IconMark
from callconsole.ui.kit.surfaces import Hairline, Surface
from callconsole.ui.kit.text import Elided, Text
from callconsole.viewmodels.services import Services, ServiceStatus

_PARTS = (
    (Service.CARRIER, "Phone line", "phone"),
    (Service.AGENT, "AI", "waveform"),
    (Service.TUNNEL, "Tunnel", "cloud-check"),
    (Service.SOUND, "Sound", "headphones"),
)
_WORDS = {
    ServiceState.READY: "ready",
    ServiceState.STARTING: "starting",
    ServiceState.OFF: "not in use",
    ServiceState.DEGRADED: "doubtful",
    ServiceState.FAILED: "not working",
}


class ReadinessCell(QWidget):
    """One part: caption and mark, value, and a second line."""

    def __init__(self, caption: str, icon: str) -> None:
        super().__init__()
        self._mark = IconMark("minus-circle", "muted", 14)
        self._value = Elided("", 13, 600, tabular=True)
        self._line = Elided("", 12, 400, "muted")
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(IconMark(icon, "muted", 14))
        top.addWidget(Text(caption, 12, 500, "muted"))
        top.addStretch()
        top.addWidget(self._mark)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 0, 12, 0)
        column.setSpacing(2)
        column.addLayout(top)
        column.addSpacing(2)
        column.addWidget(self._value)
        column.addWidget(self._line)

    def show_status(self, status: ServiceStatus) -> None:
        """Show this part's state."""
        word = _WORDS[status.state]
        said = status.value if status.value != word else ""
        self._mark.set_icon(status.symbol, status.tone)
        # A word begins like one; an address or a number stays as it is.
        self._value.setText(
            said if "." in said else (said or word)[:1].upper() + (said or word)[1:]
        )
        line = f"{status.name}, {word}" if said else status.name
        timed = f"{word.capitalize()} · {status.round_trip}"
        self._line.setText(timed if status.round_trip else line)
        self.setToolTip(status.hint)
        self.setAccessibleName(f"{status.name}: {status.value}, {word}")


class ReadinessRow(Surface):
    """Four cells in an outline."""

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__("surface", outline="border", parent=parent)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._services = services
        self._cells: dict[Service, ReadinessCell] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(2, 12, 2, 12)
        row.setSpacing(0)
        for index, (service, caption, icon) in enumerate(_PARTS):
            if index:
                row.addWidget(Hairline(vertical=True))
            cell = ReadinessCell(caption, icon)
            row.addWidget(cell, 1)
            self._cells[service] = cell
        services.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        for service, cell in self._cells.items():
            cell.show_status(self._services.status(service))
