"""The centre while no call is on: is everything ready, practise, recent calls."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from callconsole.ui.kit.surfaces import Scroll
from callconsole.ui.kit.text import Text
from callconsole.ui.practice_card import PracticeCard
from callconsole.ui.readiness_row import ReadinessRow
from callconsole.ui.recent_calls import RecentCalls
from callconsole.viewmodels.desk import PRACTICE
from callconsole.viewmodels.models import Models


class IdlePage(QWidget):
    """A reading page, scrolled where it is too long.

    Signals:
        number_chosen: E.164 number to put into the field.
    """

    number_chosen = Signal(str)

    def __init__(self, models: Models, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._dialler = models.dialler
        self.title = Text("", 22, 600)
        self.line = Text("", 13, 400, "muted", wrap=True)
        self.practice = PracticeCard(models.dialler, models.parties.callees)
        self.recents = RecentCalls(models.recents)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(20, 20, 20, 20)
        column.setSpacing(0)
        column.addWidget(self.title)
        column.addSpacing(2)
        column.addWidget(self.line)
        column.addSpacing(16)
        column.addWidget(ReadinessRow(models.services))
        column.addSpacing(12)
        column.addWidget(self.practice)
        column.addSpacing(20)
        column.addWidget(self.recents)
        column.addStretch()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(1, 1, 1, 1)
        outer.addWidget(Scroll(content))
        self.practice.setVisible(bool(models.parties.callees))
        self.practice.chosen.connect(models.dialler.call_number)
        self.recents.chosen.connect(self.number_chosen)
        models.dialler.readiness_changed.connect(self._show)
        models.dialler.options_changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        obstacle = self._dialler.obstacle
        if obstacle is not None:
            self.title.setText("Not ready to call")
            self.line.setText(f"{obstacle.title}. {obstacle.cause} {obstacle.cure}")
            return
        practising = self._dialler.line == PRACTICE
        self.title.setText("Ready to practise" if practising else "Ready to call")
        self.line.setText(
            "Everything runs on this computer. Choose somebody below, or type a number "
            "and press Enter."
            if practising
            else "Everything is connected. Type a number, then press Enter."
        )
