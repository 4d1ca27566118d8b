"""What the operator can do in a call: whisper, say, take over, mute, hold, keys, pass on."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
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
from callconsole.ui.zoom import px, zoom
from callconsole.viewmodels.operator import Operator

WHISPER_WORDS = "Tell the AI. {} will not hear it."
NOTE_QUESTION = "What should the AI know when it comes back?"
NOTE_HINT = "Tell the AI what was agreed, for when it comes back"
METER_AT_LEAST = 130


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


class Tool(Button):
    """A quiet button of the bar; without its words where there is no room for them."""

    def __init__(self, text: str, icon: str) -> None:
        super().__init__(text, Kind.GHOST, icon=icon)
        self._words = text
        self._brief = False

    def show_state(
        self, on: bool, off_words: str, on_words: str, on_kind: Kind = Kind.SELECTED
    ) -> None:
        """Say what a press does now, marked while it is on."""
        self._words = on_words if on else off_words
        self.set_kind(on_kind if on else Kind.GHOST)
        self._tell()

    def set_brief(self, brief: bool) -> None:
        """Show the icon alone, or the words beside it again."""
        if brief != self._brief:
            self._brief = brief
            self._tell()

    def words(self) -> str:
        """What a press does, shown or left out."""
        return self._words

    def _tell(self) -> None:
        self.set_content("" if self._brief else self._words)
        self.setAccessibleName(self._words)


class OperatorBar(Surface):
    """112 high at the bottom of a call; taller by a line for the note's question or a problem.

    Signals:
        keypad_asked: the keypad is to be opened or closed.
        transfer_asked: the form of a transfer is.
        left: the operator left the field by Escape.
    """

    keypad_asked = Signal()
    transfer_asked = Signal()
    left = Signal()

    def __init__(self, operator: Operator, parent: QWidget | None = None) -> None:
        super().__init__("sunken", parent=parent)
        self._operator = operator
        self._low = False
        self.tell = BoxedField("Whisper to the AI", "", "chat-teardrop-dots")
        self.phrases = IconButton("bookmarks-simple", "Saved phrases (Down)")
        self.whisper = Button("Whisper", Kind.SELECTED, key="↵", height=28)
        self.say = Button("Say this", icon="megaphone-simple", key="⇧ ↵", height=40)
        self.note = BoxedField(NOTE_QUESTION, NOTE_HINT, "chat-teardrop-dots")
        self.question = Text(NOTE_QUESTION, 12, 600)
        self.take_over = TalkButton("Take over", "microphone-fill")
        self.hand_back = TalkButton("Hand back", "arrow-u-up-left")
        self.microphone = Meter("Level of your microphone", "accent", "accent_soft")
        self.decibels = decibels()
        self.mute = Tool("Mute AI", "microphone-slash")
        self.mute_me = Tool("Mute me", "microphone-slash")
        self.hold = Tool("Hold", "pause")
        self.keypad = Tool("Keypad", "dots-nine")
        self.transfer = Tool("Transfer", "phone-outgoing")
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
            (self.mute_me, "The callee does not hear you (Ctrl M)"),
            (self.hold, "The callee hears the hold sound (Ctrl P)"),
            (self.keypad, "Send tones (Ctrl Shift K)"),
            (self.transfer, "Pass the call on to somebody (Ctrl Shift T)"),
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
        self._tools = (self.mute, self.mute_me, self.hold, self.keypad, self.transfer)
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
        for tool in (*self._tools, self.more):
            row.addWidget(tool)
        self._tool_layout = row
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
        self.mute_me.clicked.connect(operator.toggle_mute)
        self.hold.clicked.connect(operator.toggle_hold)
        self.keypad.clicked.connect(self.keypad_asked)
        self.transfer.clicked.connect(self.transfer_asked)
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
        self.mute.show_state(operator.agent_muted, "Mute AI", "Unmute AI")
        self.mute_me.show_state(operator.muted, "Mute me", "Unmute me", Kind.WARNING)
        self.hold.show_state(operator.on_hold, "Hold", "Resume")
        self.transfer.show_state(operator.passing_on, "Transfer", "Passing on…")
        words = "Let the AI hear {}" if operator.caller_muted else "Mute {} for the AI"
        self.mute_caller.setText(f"{words.format(operator.callee)}\tCtrl+Shift+M")
        self.more.set_kind(Kind.SELECTED if operator.caller_muted else Kind.GHOST)
        if self.tell.edit.text() != operator.draft:
            self.tell.edit.setText(operator.draft)
        if self.note.edit.text() != operator.note:
            self.note.edit.setText(operator.note)
        self._show_problem(operator.problem_text)
        self._show_sendable()
        self._fit()

    def _show_turn(self, yours: bool) -> None:
        """The agent's bar, or the operator's own; the keyboard stays with its button."""
        within = self.isAncestorOf(self.window().focusWidget())
        changed = yours != self.hand_back.isVisibleTo(self)
        mine = (self.note, self.hand_back, self._meter, self.mute_me)
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

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show what there is room for."""
        super().resizeEvent(event)
        self._fit()

    def minimumSizeHint(self) -> QSize:
        """No tool's words keep a window from becoming narrower."""
        return QSize(0, super().minimumSizeHint().height())

    def _fit(self) -> None:
        """Leave out the words of tools, first of those whose icon says most."""
        shown = [tool for tool in self._tools if not tool.isHidden()]
        fixed = [w for w in (self.take_over, self.hand_back, self.more) if not w.isHidden()]
        room = self.width() - 24
        room -= sum(max(w.sizeHint().width(), w.minimumWidth()) for w in fixed)
        if not self._meter.isHidden():
            room -= METER_AT_LEAST
        room -= (len(shown) + len(fixed) + 1) * self._tool_layout.spacing()
        for tool in shown:
            tool.set_brief(False)
        for tool in (self.keypad, self.hold, self.mute, self.transfer, self.mute_me):
            if sum(other.sizeHint().width() for other in shown) > room:
                tool.set_brief(True)

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
    menu.popup(button.mapToGlobal(QPoint(button.width() - size.width(), -size.height() - px(4))))
