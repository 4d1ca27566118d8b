"""The centre while a call is on and after it: header, strip, transcript, or the way there."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from callconsole.domain.prompt import Prompt
from callconsole.ui.answer_card import AnswerCardView
from callconsole.ui.call_header import CallHeader
from callconsole.ui.ended_bar import EndedBar
from callconsole.ui.failure_page import FailurePage
from callconsole.ui.hears_strip import HearsStrip
from callconsole.ui.keypad_popover import KeypadPopover
from callconsole.ui.kit.measure import WORK_WIDTH, measured
from callconsole.ui.operator_bar import OperatorBar
from callconsole.ui.progress_page import ProgressPage
from callconsole.ui.replay_bar import ReplayBar
from callconsole.ui.take_over_band import TakeOverBand
from callconsole.ui.transcript_view import TranscriptView
from callconsole.ui.transfer_popover import TransferPopover
from callconsole.ui.zoom import px
from callconsole.viewmodels.live_call import Stage
from callconsole.viewmodels.models import Models

LOW = 620
"""Below this height the strip gives its room to the band while the operator is on the line."""
LOWEST = 470
"""Below this one it gives its room to the transcript in every call."""


class CallPage(QWidget):
    """One header for every state of the call; below it what fits the state.

    It holds the focus itself where the widget that had it went away.

    Signals:
        prompts_asked: the cure of a failure is on the Prompts page.
        number_asked: the cure is another number; E.164 of the one that was called.
    """

    prompts_asked = Signal()
    number_asked = Signal(str)

    ring_hidden = True

    def __init__(self, models: Models, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("The call")
        self._live = models.live
        self._answer = models.answer
        self._operator = models.operator
        self.header = CallHeader(models.live)
        self.strip = HearsStrip(models.live)
        self.transcript = TranscriptView(models.live.transcript)
        self.replay = ReplayBar(models.moments)
        self.transcript.put_in_front(self.replay)
        self.ended = EndedBar(models)
        self.band = TakeOverBand(models.operator)
        self.bar = OperatorBar(models.operator)
        self.progress = ProgressPage(models.live)
        self.answer = AnswerCardView(models.answer)
        self.failure = FailurePage(models)
        self.failure.prompts_asked.connect(self.prompts_asked)
        self.failure.number_asked.connect(self.number_asked)
        talk = QWidget()
        below = QVBoxLayout(talk)
        below.setContentsMargins(0, 0, 16, 0)
        below.setSpacing(12)
        below.addWidget(self.band)
        below.addWidget(self.strip)
        below.addWidget(self.transcript, 1)
        below.addWidget(self.ended)
        below.addWidget(self.bar)
        self._talk = talk
        self._stack = QStackedWidget()
        for page in (talk, self.progress, self.answer, self.failure):
            self._stack.addWidget(page)
        column = measured(self, WORK_WIDTH)
        column.setContentsMargins(16, 16, 0, 16)  # scroll bars float in the right margin
        column.setSpacing(14)
        self.header.setContentsMargins(0, 0, 16, 0)
        column.addWidget(self.header)
        column.addWidget(self._stack, 1)
        self.keypad = KeypadPopover(models.operator, self)
        self.transfer = TransferPopover(models.transfer, models.operator, self)
        self.bar.keypad_asked.connect(self.toggle_keypad)
        self.bar.transfer_asked.connect(self.toggle_transfer)
        self.bar.left.connect(self.transcript.setFocus)
        models.operator.changed.connect(self._show_bar)
        self._moments = models.moments
        self.transcript.lines.play_asked.connect(self._moments.play_row)
        self.transcript.lines.star_asked.connect(self._moments.star_row)
        self._moments.changed.connect(self._show_replay)
        self._moments.ended.connect(self._on_replayed)
        models.live.changed.connect(self._show)
        models.answer.changed.connect(self._show_page)
        self._show()

    def toggle_keypad(self) -> None:
        """Open or close the keypad above its button."""
        self.transfer.close_up()
        self.keypad.toggle(self.bar.keypad)

    def toggle_transfer(self) -> None:
        """Open or close the form of a transfer above its button."""
        self.keypad.close_up()
        self.transfer.toggle(self.bar.transfer)

    def close_popover(self) -> bool:
        """Close what floats over the call; False where nothing does."""
        if self.transfer.isVisible():
            self.transfer.close_up()
        elif self.keypad.isVisible():
            self.keypad.close_up()
        else:
            return False
        return True

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Make room in a low window."""
        super().resizeEvent(event)
        self.bar.set_low(self.height() < px(LOW))
        self._show_bar()
        self.keypad.place()
        if self.transfer.isVisible():
            self.transfer.place()

    def _show_bar(self) -> None:
        operator = self._operator
        if not operator.open and self.bar.isAncestorOf(self.window().focusWidget()):
            # A focus that finds its own place may land where Space ends the call. A transcript
            # without lines does not take it.
            self.setFocus(Qt.FocusReason.OtherFocusReason)
            self.transcript.setFocus(Qt.FocusReason.OtherFocusReason)
        self.bar.setVisible(operator.open)
        needed = LOW if operator.taken_over else LOWEST
        self.strip.setVisible(self.height() >= px(needed))

    def _show(self) -> None:
        live = self._live
        self._show_page()
        self.ended.setVisible(live.stage is Stage.ENDED)
        self.transcript.set_live(live.stage is Stage.LIVE)
        self.transcript.lines.pointer.set_deeds(self._moments.why_not)
        if live.call is not None:
            self.transcript.set_aside(Prompt(live.call.prompt, "").title)
        if live.party is not None:
            self.transcript.set_names(live.party.short, "AI")

    def _show_replay(self) -> None:
        self.transcript.set_in_front(self.replay.speaks)

    def _on_replayed(self, by_operator: bool) -> None:
        """Follow the call again where the reader did, or asks for it."""
        lines = self.transcript.lines
        if self._live.live and (by_operator or lines.followed_before):
            lines.jump_to_end()

    def _show_page(self) -> None:
        live = self._live
        if live.stage is Stage.FAILED:
            page: QWidget = self.failure
        elif self._answer.open:
            page = self.answer
        else:
            page = self._talk if live.answered else self.progress
        if page is self._stack.currentWidget():
            return
        inside = self._stack.isAncestorOf(self.window().focusWidget())
        if inside:
            # A focus that finds its own place may land where Space ends the call.
            self.setFocus(Qt.FocusReason.OtherFocusReason)
        self._stack.setCurrentWidget(page)
        if inside and page is self._talk:
            self.transcript.setFocus(Qt.FocusReason.OtherFocusReason)
