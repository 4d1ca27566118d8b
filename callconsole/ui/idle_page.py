"""The centre while no call is on: is everything ready, practise, recent calls."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from callconsole.ui.kit.button import Button, Kind
from callconsole.ui.kit.measure import WORK_WIDTH, measured
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
        self.check = Button(
            "Check again", Kind.GHOST, icon="arrows-clockwise", flush=True, parent=self
        )
        self.check.setVisible(models.check is not None)
        self.set_up = Button("Set up real calls", Kind.SECONDARY, icon="list-numbers", parent=self)
        self.set_up.setToolTip("The guide: Twilio, Google, the tunnel, sound, first call")
        self.practice = PracticeCard(
            models.dialler, models.parties.callees, models.parties.callers, models.call_in
        )
        self.practice.callers.set_on(models.incoming_on)
        models.incoming_on_changed.connect(lambda: self.practice.callers.set_on(models.incoming_on))
        self.recents = RecentCalls(models.recents)
        content = QWidget()
        column = measured(content, WORK_WIDTH)
        column.setContentsMargins(20, 20, 20, 20)
        column.setSpacing(0)
        column.addLayout(self._header(models))
        column.addSpacing(16)
        column.addWidget(ReadinessRow(models.services))
        column.addSpacing(12)
        column.addWidget(self.practice)
        column.addSpacing(20)
        column.addWidget(self.recents)
        column.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(1, 1, 1, 1)
        outer.addWidget(Scroll(content))
        self._services = models.services
        self._guide = models.guide
        models.services.changed.connect(self._show_set_up)
        self._show_set_up()
        self.practice.setVisible(bool(models.parties.callees))
        self.recents.chosen.connect(self.number_chosen)
        models.dialler.readiness_changed.connect(self._show)
        models.dialler.options_changed.connect(self._show)
        self._show()

    def _header(self, models: Models) -> QHBoxLayout:
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.title)
        words.addWidget(self.line)
        row = QHBoxLayout()
        row.addLayout(words, 1)
        row.addWidget(self.set_up, 0, Qt.AlignmentFlag.AlignVCenter)
        if models.guide is not None:
            self.set_up.clicked.connect(models.guide.open)
        if models.check is not None:
            self.check.clicked.connect(lambda _on=False, check=models.check: check())
            row.addWidget(self.check, 0, Qt.AlignmentFlag.AlignVCenter)
        return row

    def _show_set_up(self) -> None:
        """Once real calls lack nothing, the guide is found under Settings."""
        self.set_up.setVisible(self._guide is not None and bool(self._services.missing))

    def _show(self) -> None:
        obstacle = self._dialler.obstacle
        if obstacle is not None:
            self.title.setText("Not ready to call")
            self.line.setText(f"{obstacle.title}. {obstacle.cause} {obstacle.cure}")
            return
        practising = self._dialler.line == PRACTICE
        self.title.setText("Ready to practise" if practising else "Ready to call")
        self.line.setText(
            "Everything runs on this computer. Choose somebody below, or type a number."
            if practising
            else "Everything is connected. Type a number, then press Enter."
        )
