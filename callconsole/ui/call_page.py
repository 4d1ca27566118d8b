"""The centre while a call is on and after it: header, strip, transcript, or the way there."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from callconsole.domain.prompt import Prompt
from callconsole.ui.call_header import CallHeader
from callconsole.ui.ended_bar import EndedBar
from callconsole.ui.failure_page import FailurePage
from callconsole.ui.hears_strip import HearsStrip
from callconsole.ui.progress_page import ProgressPage
from callconsole.ui.transcript_view import TranscriptView
from callconsole.viewmodels.live_call import Stage
from callconsole.viewmodels.models import Models


class CallPage(QWidget):
    """One header for every state of the call; below it what fits the state.

    Signals:
        prompts_asked: the cure of a failure is on the Prompts page.
    """

    prompts_asked = Signal()

    def __init__(self, models: Models, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._live = models.live
        self.header = CallHeader(models.live)
        self.strip = HearsStrip(models.live)
        self.transcript = TranscriptView(models.live.transcript)
        self.ended = EndedBar(models)
        self.progress = ProgressPage(models.live)
        self.failure = FailurePage(models)
        self.failure.prompts_asked.connect(self.prompts_asked)
        talk = QWidget()
        below = QVBoxLayout(talk)
        below.setContentsMargins(0, 0, 16, 0)
        below.setSpacing(12)
        below.addWidget(self.strip)
        below.addWidget(self.transcript, 1)
        below.addWidget(self.ended)
        self._talk = talk
        self._stack = QStackedWidget()
        for page in (talk, self.progress, self.failure):
            self._stack.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 0, 16)  # scroll bars float in the right margin
        column.setSpacing(14)
        self.header.setContentsMargins(0, 0, 16, 0)
        column.addWidget(self.header)
        column.addWidget(self._stack, 1)
        models.live.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        live = self._live
        if live.stage is Stage.FAILED:
            self._stack.setCurrentWidget(self.failure)
        elif live.answered:
            self._stack.setCurrentWidget(self._talk)
        else:
            self._stack.setCurrentWidget(self.progress)
        self.ended.setVisible(live.stage is Stage.ENDED)
        self.transcript.set_live(live.stage is Stage.LIVE)
        if live.call is not None:
            self.transcript.set_aside(Prompt(live.call.prompt, "").title)
        if live.party is not None:
            self.transcript.set_names(live.party.short, "AI")
