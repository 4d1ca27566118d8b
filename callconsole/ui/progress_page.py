"""The centre between Call and the answer: what is being done, step by step."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from callconsole.ui.kit.lead import Lead
from callconsole.ui.kit.surfaces import Scroll
from callconsole.ui.kit.text import Text
from callconsole.ui.steps_list import StepsList
from callconsole.viewmodels.live_call import LiveCall
from callconsole.viewmodels.progress import progress_rows


class ProgressPage(QWidget):
    """A lead and the steps with their times."""

    def __init__(self, live: LiveCall, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._live = live
        self.lead = Lead()
        self.steps = StepsList()
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 16, 0)
        column.setSpacing(0)
        column.addWidget(self.lead)
        column.addSpacing(20)
        column.addWidget(Text("What happens now", 15, 600))
        column.addSpacing(4)
        column.addWidget(self.steps)
        column.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(Scroll(content))
        live.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        live = self._live
        if live.hanging_up:
            self.lead.show_lead(
                "Hanging up…",
                "The call ends as soon as the phone company takes the order.",
                "phone-disconnect",
                "muted",
            )
        elif live.ringing:
            self.lead.show_lead(
                "Their phone is ringing",
                "The AI waits. It speaks when somebody answers.",
                "phone-call",
                "warning",
            )
        else:
            self.lead.show_lead(
                "Placing the call",
                "Their phone rings once every step below is done.",
                "phone-outgoing",
                "accent",
            )
        self.steps.show_rows(progress_rows(live.steps, live.call))
