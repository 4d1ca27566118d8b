"""The guide: its steps at the left, one step in the centre, the way on below."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from callconsole.ui.guide_body import READING_WIDTH, GuideBody
from callconsole.ui.guide_google import GoogleBody
from callconsole.ui.guide_ready import ReadyBody
from callconsole.ui.guide_sound import SoundBody
from callconsole.ui.guide_steps_list import StepsList
from callconsole.ui.guide_tunnel import TunnelBody
from callconsole.ui.guide_twilio import TwilioBody
from callconsole.ui.guide_welcome import WelcomeBody
from callconsole.ui.kit.button import Button, Kind
from callconsole.ui.kit.measure import measured
from callconsole.ui.kit.shortcut import shortcut_inside
from callconsole.ui.kit.surfaces import Hairline, Scroll, panel
from callconsole.ui.kit.text import Text
from callconsole.ui.prompt_band import PromptBand
from callconsole.viewmodels.guide import Guide, Step
from callconsole.viewmodels.listening import Listening


class GuidePage(QWidget):
    """Shows the guide; decides nothing about it. Esc leaves.

    Signals:
        check_asked(str): the row of this check, on the board.
    """

    check_asked = Signal(str)

    def __init__(self, guide: Guide, listening: Listening, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._guide = guide
        self.list = StepsList(guide)
        self.title = Text("", 22, 600)
        self.line = Text("", 13, 400, "muted", wrap=True)
        self.ask = PromptBand("warning")
        self.keep_in_file = self.ask.add_answer(
            "Keep it in a file", lambda: guide.keeping.answer(file=True)
        )
        self.keep_nowhere = self.ask.add_answer(
            "Do not save it", lambda: guide.keeping.answer(file=False), Kind.GHOST
        )
        self.ask.title.setText("Keep this secret in a file?")
        self.back = Button("Back", Kind.GHOST, icon="arrow-left")
        self.skip = Button("Skip", Kind.GHOST)
        self.lacks = Text("", 12, 400, "muted")
        self.main = Button("", Kind.PRIMARY)
        welcome = WelcomeBody(guide.welcome)
        welcome.practice_asked.connect(guide.practise)
        ready = ReadyBody(guide.ready)
        ready.check_asked.connect(self.check_asked)
        self.bodies: dict[Step, GuideBody] = {
            Step.WELCOME: welcome,
            Step.TWILIO: TwilioBody(guide.twilio),
            Step.GOOGLE: GoogleBody(guide.google),
            Step.TUNNEL: TunnelBody(guide.tunnel),
            Step.SOUND: SoundBody(guide.sound, listening),
            Step.READY: ready,
        }
        # What has the focus while the main button cannot be pressed.
        self._parked: QWidget | None = None
        self._stack = QStackedWidget()
        self._scrolls = {step: Scroll(body) for step, body in self.bodies.items()}
        for scroll in self._scrolls.values():
            self._stack.addWidget(scroll)
        self._lay_out()
        self._listen()
        self._show_step()

    def _lay_out(self) -> None:
        centre = panel()
        column = measured(centre, READING_WIDTH + 32, middle=False)
        column.setContentsMargins(24, 20, 8, 12)
        column.setSpacing(4)
        held = QVBoxLayout()
        held.setContentsMargins(0, 0, 16, 0)
        held.setSpacing(4)
        held.addWidget(self.title)
        held.addWidget(self.line)
        held.addSpacing(4)
        held.addWidget(self.ask)
        column.addLayout(held)
        column.addSpacing(8)
        column.addWidget(self._stack, 1)
        foot = QHBoxLayout()
        foot.setContentsMargins(0, 8, 16, 0)
        foot.setSpacing(8)
        foot.addWidget(self.back)
        foot.addStretch(1)
        foot.addWidget(self.lacks)
        foot.addWidget(self.skip)
        foot.addWidget(self.main)
        line = QHBoxLayout()
        line.setContentsMargins(0, 0, 16, 0)
        line.addWidget(Hairline())
        column.addLayout(line)
        column.addLayout(foot)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 8, 8)
        row.setSpacing(0)
        row.addWidget(self.list)
        row.addWidget(centre, 1)

    def _listen(self) -> None:
        guide = self._guide
        shortcut_inside(self, "Esc", guide.leave)
        self.list.chosen.connect(guide.go)
        self.list.leave_asked.connect(guide.leave)
        self.back.clicked.connect(guide.back)
        self.skip.clicked.connect(guide.skip)
        self.main.clicked.connect(guide.press)
        guide.changed.connect(self._on_changed)
        for body in self.bodies.values():
            body.forward_asked.connect(guide.press)
            body.button_asked.connect(self._focus_button)
        guide.step_changed.connect(self._show_step)
        guide.keeping.asking_changed.connect(self._show_question)

    def showEvent(self, event: QShowEvent) -> None:
        """It is on the screen: the step may look at things."""
        super().showEvent(event)
        self._guide.show_step()
        self.focus_first()

    def hideEvent(self, event: QHideEvent) -> None:
        """Another page is on the screen."""
        super().hideEvent(event)
        self._guide.hide_step()

    def focus_first(self) -> None:
        """Put the caret where something has to be typed, or the focus on the way on."""
        if not self.bodies[self._guide.step].focus_first():
            if self.main.isEnabled():
                self.main.setFocus(Qt.FocusReason.OtherFocusReason)
            else:
                self._park_focus()

    def _show_step(self) -> None:
        step = self._guide.step
        self.title.setText(self._guide.current.title)
        self.line.setText(self._guide.current.line)
        self._stack.setCurrentWidget(self._scrolls[step])
        self._scrolls[step].verticalScrollBar().setValue(0)
        self._show_foot()
        if self.isVisible():
            self.focus_first()

    def _show_foot(self) -> None:
        guide = self._guide
        words, enabled = guide.current.button
        lost = self.main.hasFocus() and not enabled
        self.main.set_content(words)
        self.main.setEnabled(enabled)
        self.back.setVisible(not guide.first)
        self.skip.setVisible(guide.can_skip)
        self.lacks.setText("" if enabled else guide.current.lacks)
        self.lacks.setVisible(bool(self.lacks.text()))
        if lost:
            # Qt would pass the focus on to somewhere else on the page.
            self._park_focus()

    def _park_focus(self) -> None:
        self._parked = self.list.items[self._guide.step]
        self._parked.setFocus(Qt.FocusReason.OtherFocusReason)

    def _focus_button(self) -> None:
        if self.main.isEnabled():
            self.main.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_changed(self) -> None:
        """Enter leads on from where one typed, and from where one waited."""
        self._show_foot()
        step, body = self._guide.current, self.bodies[self._guide.step]
        # The body may hear of it after this page.
        body.show_step()
        waited = self._parked is not None and self._parked.hasFocus()
        chooses = body.chooses and not any(row.hasFocus() for row in body.choices())
        led_on = body.has_caret() and (step.done or chooses)
        if not step.checking and (waited or led_on):
            self.focus_first()

    def _show_question(self) -> None:
        asking = self._guide.keeping.asking
        self.ask.setVisible(asking)
        if asking:
            self.ask.say("Keep this secret in a file?", self._guide.keeping.question)
            self.keep_in_file.setFocus(Qt.FocusReason.OtherFocusReason)
