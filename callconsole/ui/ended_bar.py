"""After a call: how long it was, its recording, and calling again."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from callconsole.domain.problems import Problem
from callconsole.ui.kit.button import Button, Kind
from callconsole.ui.kit.surfaces import Surface
from callconsole.ui.kit.text import Elided
from callconsole.ui.zoom import px
from callconsole.viewmodels.live_call import Stage
from callconsole.viewmodels.models import Models

OPEN = "Open in history"
BRIEF_BELOW = 720


class EndedBar(Surface):
    """64 high, at the bottom of the call page once the call is over.

    Signals:
        open_asked(str): SID of the call whose page in the history is wanted.
    """

    open_asked = Signal(str)

    def __init__(self, models: Models, parent: QWidget | None = None) -> None:
        super().__init__("sunken", parent=parent)
        self._live = models.live
        self._brief = False
        self._dialler = models.dialler
        self._playback = models.playback
        self.setFixedHeight(64)
        self._title = Elided("", 13, 600, tabular=True)
        self._line = Elided("", 12, 400, "muted", tabular=True)
        self.play = Button("Play recording", Kind.SECONDARY, icon="play")
        self.open = Button(OPEN, Kind.SECONDARY, icon="clock-counter-clockwise")
        self.again = Button("Call again", Kind.SECONDARY, icon="phone")
        self.done = Button("Back to start", Kind.GHOST)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addStretch()
        words.addWidget(self._title)
        words.addWidget(self._line)
        words.addStretch()
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 12, 0)
        row.setSpacing(8)
        row.addLayout(words, 1)
        row.addWidget(self.done)
        row.addWidget(self.again)
        row.addWidget(self.open)
        row.addWidget(self.play)
        self.play.clicked.connect(self._on_play)
        self.open.clicked.connect(self._on_open)
        self.again.clicked.connect(self._on_again)
        self.done.clicked.connect(self._live.dismiss)
        self._live.changed.connect(self._show)
        self._playback.changed.connect(self._show)
        self._playback.failed.connect(self._on_unplayable)
        self._dialler.readiness_changed.connect(self._show)
        self._show()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shorten the buttons' words where the bar is narrow."""
        super().resizeEvent(event)
        brief = self.width() < px(BRIEF_BELOW)
        if brief != self._brief:
            self._brief = brief
            self.open.set_content("History" if brief else OPEN)
            self.open.setAccessibleName(OPEN)
            self._show()

    def _show(self) -> None:
        if self._live.stage is not Stage.ENDED or self._live.call is None:
            return
        recording = self._live.call.recording
        self._title.setText(f"The call lasted {self._live.clock}")
        self._line.setText(self._recording_words(recording))
        self.play.setVisible(recording is not None and self._playback.available)
        playing = recording is not None and self._playback.path == recording
        words = "Stop playing" if playing else "Play recording"
        self.play.set_content(
            words.split()[0] if self._brief else words, "stop" if playing else "play"
        )
        self.play.setAccessibleName(words)
        reason = self._dialler.reason_for(self._live.number)
        self.again.setEnabled(not reason)
        self.again.setToolTip(reason)

    def _recording_words(self, recording: str | None) -> str:
        if recording is not None:
            return "The recording is saved."
        return "Saving the recording…" if self._live.recorded else "It was not recorded."

    def _on_play(self) -> None:
        call = self._live.call
        if call is not None and call.recording is not None:
            self._playback.toggle(call.recording)

    def _on_unplayable(self, path: str, problem: Problem) -> None:
        call = self._live.call
        if call is not None and call.recording == path:
            self._line.setText(f"{problem.title}. {problem.cause}")

    def _on_open(self) -> None:
        if self._live.call is not None:
            self.open_asked.emit(self._live.call.sid)

    def _on_again(self) -> None:
        if self._live.number is not None:
            self._dialler.call_number(self._live.number)
