"""What the operator can do in a call: whisper, say, take over or hand back, mute, hold, keys."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QApplication, QHBoxLayout, QMenu, QVBoxLayout, QWidget

from callconsole.ui.announce import announce
from callconsole.ui.fitting import hold_width
from callconsole.ui.hears_strip import decibel_text, decibels
from callconsole.ui.kit import keycap
from callconsole.ui.kit.banner import IconMark
from callconsole.ui.kit.boxed_field import BoxedField
from callconsole.ui.kit.button import Button, Kind
from callconsole.ui.kit.icon_button import IconButton
from callconsole.ui.kit.meter import Meter
from callconsole.ui.kit.surfaces import Surface
from callconsole.ui.kit.text import Elided, Text
from callconsole.ui.talk_key import BARE, EVERYWHERE, takes_space
from callconsole.ui.zoom import zoom
from callconsole.viewmodels.operator import Operator

WHISPER_WORDS = "Tell the AI. {} will not hear it."
NOTE_QUESTION = "What should the AI know when it comes back?"


class TalkButton(Button):
    """The button of the talk key; its width is that of its longest keycap."""

    talks = True

    def __init__(self, text: str, icon: str) -> None:
        super().__init__(text, Kind.PRIMARY, icon=icon, key=EVERYWHERE, height=40)
        zoom.changed.connect(self._hold)
        self._hold()

    def _hold(self) -> None:
        spare = keycap.width(EVERYWHERE) - keycap.width(self._key)
        hold_width(self, self.sizeHint().width() + spare, fixed=False)


class OperatorBar(Surface):
    """112 high at the bottom of a call; taller by a line for the note's question or a problem.

    Signals:
        keypad_asked: the keypad is to be opened or closed.
        left: the operator left the field by Escape.
    """

    keypad_asked = Signal()
    left = Signal()

    def __init__(self, operator: Operator, parent: QWidget | None = None) -> None:
        super().__init__("sunken", parent=parent)
        self._operator = operator
        self._low = False
        self.tell = BoxedField("Whisper to the AI", "", "chat-teardrop-dots")
        self.phrases = IconButton("bookmarks-simple", "Saved phrases (Down)")
        self.whisper = Button("Whisper", Kind.SELECTED, key="↵", height=28)
        self.say = Button("Say this", icon="megaphone-simple", key="⇧ ↵", height=40)
        self.note = BoxedField(NOTE_QUESTION, NOTE_QUESTION, "chat-teardrop-dots")
        self.question = Text(NOTE_QUESTION, 12, 600)
        self.take_over = TalkButton("Take over", "microphone-fill")
        self.hand_back = TalkButton("Hand back", "arrow-u-up-left")
        self.microphone = Meter("Level of your microphone", "accent", "accent_soft")
        self.decibels = decibels()
        self.mute = Button("Mute AI", Kind.GHOST, icon="microphone-slash")
        self.hold = Button("Hold", Kind.GHOST, icon="pause")
        self.keypad = Button("Keypad", Kind.GHOST, icon="dots-nine")
        self.more = Button("", Kind.GHOST, icon="dots-three-outline")
        self.phrase_menu = QMenu(self)
        self.more_menu = QMenu(self)
        self.mute_caller = self.more_menu.addAction("")
        self.problem = Elided("", 12, 500, "danger")
        self._name()
        self._lay_out()
        self._listen()
        self._show()

    def _name(self) -> None:
        self.more.setAccessibleName("More")
        self.more.setToolTip("More")
        for button, words in (
            (self.whisper, "Only the AI hears it (Enter)"),
            (self.say, "The AI says exactly this now (Shift Enter)"),
            (self.take_over, "Speak yourself. Hold the key to talk only while you hold it."),
            (self.hand_back, "The AI goes on"),
            (self.mute, "The callee does not hear the AI (Ctrl M)"),
            (self.hold, "The callee hears the hold sound (Ctrl P)"),
            (self.keypad, "Send tones (Ctrl Shift K)"),
        ):
            button.setToolTip(words)

    # Building ---------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self.tell.add_inside(self.phrases)
        self.tell.add_inside(self.whisper)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(8)
        column.addWidget(self._problem_row())
        column.addWidget(self.question)
        column.addLayout(self._field_row())
        column.addLayout(self._tool_row())

    def _problem_row(self) -> QWidget:
        self._trouble = QWidget()
        row = QHBoxLayout(self._trouble)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(IconMark("x-circle-fill", "danger", 14))
        row.addWidget(self.problem, 1)
        return self._trouble

    def _field_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.tell, 1)
        row.addWidget(self.say)
        row.addWidget(self.note, 1)
        return row

    def _tool_row(self) -> QHBoxLayout:
        self._meter = QWidget()
        self._meter.setMaximumWidth(240)
        meter = QHBoxLayout(self._meter)
        meter.setContentsMargins(8, 0, 8, 0)
        meter.setSpacing(8)
        meter.addWidget(IconMark("microphone-fill", "accent", 16))
        meter.addWidget(self.microphone, 1)
        meter.addWidget(self.decibels)
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(self.take_over)
        row.addWidget(self.hand_back)
        row.addWidget(self._meter, 1)
        row.addStretch()
        for tool in (self.mute, self.hold, self.keypad, self.more):
            row.addWidget(tool)
        return row

    def _listen(self) -> None:
        operator = self._operator
        self.tell.entered.connect(self._on_whisper)
        self.tell.shift_entered.connect(self._on_say)
        self.tell.lowered.connect(self.open_phrases)
        self.tell.escaped.connect(self.left)
        self.tell.edit.textEdited.connect(operator.forget_problem)
        self.tell.edit.textChanged.connect(operator.set_draft)
        self.tell.edit.textChanged.connect(self._show_sendable)
        self.phrases.clicked.connect(self.open_phrases)
        self.whisper.clicked.connect(self._on_whisper)
        self.say.clicked.connect(self._on_say)
        self.note.entered.connect(operator.hand_back)
        self.note.escaped.connect(self.left)
        self.note.edit.textChanged.connect(operator.set_note)
        self.take_over.clicked.connect(operator.take_over)
        self.hand_back.clicked.connect(operator.hand_back)
        self.mute.clicked.connect(operator.toggle_agent_mute)
        self.hold.clicked.connect(operator.toggle_hold)
        self.keypad.clicked.connect(self.keypad_asked)
        self.more.clicked.connect(self._on_more)
        self.mute_caller.triggered.connect(operator.toggle_caller_mute)
        operator.changed.connect(self._show)
        operator.level_changed.connect(self._show_level)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._on_focus_changed)

    # What is shown ----------------------------------------------------------------------------

    def set_low(self, low: bool) -> None:
        """Take less height: the note's question stands in its field only."""
        self._low = low
        self._show()

    def focus_field(self) -> None:
        """Put the keyboard where one types now: the whisper, or the note."""
        field = self.note if self._operator.taken_over else self.tell
        field.edit.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _show(self) -> None:
        operator = self._operator
        if not operator.open:
            return
        self._show_turn(operator.taken_over)
        self.take_over.set_content("Opening…" if operator.taking_over else "Take over")
        callee = operator.callee[:1].upper() + operator.callee[1:]
        self.tell.edit.setPlaceholderText(WHISPER_WORDS.format(callee))
        self._show_tool(self.mute, operator.agent_muted, "Mute AI", "Unmute AI")
        self._show_tool(self.hold, operator.on_hold, "Hold", "Resume")
        words = "Let the AI hear {}" if operator.caller_muted else "Mute {} for the AI"
        self.mute_caller.setText(f"{words.format(operator.callee)}\tCtrl+Shift+M")
        self.more.set_kind(Kind.SELECTED if operator.caller_muted else Kind.GHOST)
        if self.tell.edit.text() != operator.draft:
            self.tell.edit.setText(operator.draft)
        if self.note.edit.text() != operator.note:
            self.note.edit.setText(operator.note)
        self._show_problem(operator.problem_text)
        self._show_sendable()

    def _show_turn(self, yours: bool) -> None:
        """The agent's bar, or the operator's own; the keyboard stays with its button."""
        within = self.isAncestorOf(self.window().focusWidget())
        changed = yours != self.hand_back.isVisibleTo(self)
        mine = (self.note, self.hand_back, self._meter)
        its = (self.tell, self.say, self.take_over, self.mute, self.hold)
        for widget in mine if yours else its:
            widget.show()
        if changed and within:
            button = self.hand_back if yours else self.take_over
            button.setFocus(Qt.FocusReason.OtherFocusReason)
        for widget in its if yours else mine:
            widget.hide()
        self.question.setVisible(yours and not self._low)
        self.set_ground("accent_soft" if yours else "sunken")
        if not yours:
            self.microphone.reset()

    def _show_level(self, level_dbfs: float) -> None:
        self.microphone.set_level(level_dbfs)
        self.decibels.setText(decibel_text(level_dbfs))

    @staticmethod
    def _show_tool(button: Button, on: bool, off_words: str, on_words: str) -> None:
        button.set_content(on_words if on else off_words)
        button.set_kind(Kind.SELECTED if on else Kind.GHOST)

    def _show_problem(self, text: str) -> None:
        if text and text != self.problem.text():
            announce(self, text)
        self.problem.setText(text)
        self._trouble.setVisible(bool(text))

    def _show_sendable(self) -> None:
        filled = bool(self.tell.edit.text().strip())
        self.whisper.setEnabled(filled)
        self.say.setEnabled(filled)

    def _on_focus_changed(self, _old: QWidget | None, new: QWidget | None) -> None:
        key = EVERYWHERE if takes_space(new) else BARE
        self.take_over.set_key(key)
        self.hand_back.set_key(key)

    # What is done -----------------------------------------------------------------------------

    def _on_whisper(self) -> None:
        if self._operator.whisper(self.tell.edit.text()):
            self.tell.edit.clear()

    def _on_say(self) -> None:
        if self._operator.say(self.tell.edit.text()):
            self.tell.edit.clear()

    def open_phrases(self) -> None:
        """Offer the sentences at hand; the chosen one is put into the field, not sent."""
        self.phrase_menu.clear()
        for phrase in self._operator.phrases:
            action = self.phrase_menu.addAction(phrase.replace("&", "&&"))
            action.setData(phrase)
            action.triggered.connect(self._on_phrase)
        _open_above(self.phrase_menu, self.phrases)
        self.phrase_menu.setActiveAction(self.phrase_menu.actions()[0])

    def _on_phrase(self) -> None:
        action = self.sender()
        self.tell.edit.setText(action.data())  # type: ignore[attr-defined]
        self.tell.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_more(self) -> None:
        _open_above(self.more_menu, self.more)
        self.more_menu.setActiveAction(self.mute_caller)


def _open_above(menu: QMenu, button: QWidget) -> None:
    size = menu.sizeHint()
    menu.popup(button.mapToGlobal(QPoint(button.width() - size.width(), -size.height() - 4)))
