"""The right panel: live calls, listening in, facts of this call, numbers of this session, keys."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from callconsole.domain import phone
from callconsole.domain.prompt import Prompt
from callconsole.ui.answered_by import AnsweredByRow
from callconsole.ui.fitting import fix_to_text
from callconsole.ui.kit.banner import IconMark
from callconsole.ui.kit.facts import Fact
from callconsole.ui.kit.keycap import Keycap
from callconsole.ui.kit.slider import Slider
from callconsole.ui.kit.surfaces import Hairline, Scroll, SideSurface
from callconsole.ui.kit.switch import Switch
from callconsole.ui.kit.text import Text
from callconsole.ui.live_calls import LiveCalls
from callconsole.ui.on_the_line import OnTheLine
from callconsole.ui.sound_controls import BalanceRow, DevicePickers
from callconsole.ui.tokens import SIDE_WIDTH
from callconsole.viewmodels.answer_card import AnswerCard
from callconsole.viewmodels.desk import PRACTICE
from callconsole.viewmodels.listening import Listening
from callconsole.viewmodels.live_call import LiveCall, Stage
from callconsole.viewmodels.live_list import LiveList
from callconsole.viewmodels.models import Models
from callconsole.viewmodels.session_calls import SessionCalls

KEYS = (
    ("Call", "Enter"),
    ("Hang up", "Ctrl ⇧ H"),
    ("Listen in", "Ctrl L"),
    ("Take over", "Ctrl Space"),
    ("Next call", "Alt ↓"),
    ("Redial", "Ctrl R"),
    ("All shortcuts", "F1"),
)


class ListenSection(QWidget):
    """The switch, what it means, how loud, whom more, and on which device."""

    def __init__(self, listening: Listening, live: LiveCall, lines: LiveList) -> None:
        super().__init__()
        self._listening = listening
        self._live = live
        self._lines = lines
        self.switch = Switch("Listen in", icon="headphones", weight=600)
        self.caption = Text("", 12, 400, "muted", wrap=True)
        self.volume = Slider("Volume of listening")
        self.balance = BalanceRow(listening)
        self.devices = DevicePickers(listening)
        self.percent = Text("", 12, 400, "muted", tabular=True)
        self.percent.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        fix_to_text(self.percent, "100 %", 6)
        loud = QHBoxLayout()
        loud.setSpacing(8)
        loud.addWidget(IconMark("speaker-high", "muted", 16))
        loud.addWidget(self.volume, 1)
        loud.addWidget(self.percent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.switch)
        column.addWidget(self.caption)
        column.addSpacing(4)
        column.addLayout(loud)
        column.addWidget(self.balance)
        column.addSpacing(2)
        column.addWidget(self.devices)
        self.switch.clicked.connect(listening.set_on)
        self.volume.valueChanged.connect(lambda value: listening.set_volume(value / 100))
        listening.changed.connect(self._show)
        live.changed.connect(self._show)
        lines.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        listening = self._listening
        problem = listening.problem
        self.switch.setEnabled(problem is None)
        self.volume.setEnabled(problem is None)
        self.switch.setChecked(listening.on)
        self.volume.setValue(round(listening.volume * 100))
        self.percent.setText(f"{round(listening.volume * 100)} %")
        self.caption.set_tone("muted" if problem is None else "warning")
        self.caption.setText(self._words())

    def _words(self) -> str:
        problem = self._listening.problem
        if problem is not None:
            return f"{problem.title}. {problem.cure}"
        if not self._listening.on and self._live.on_the_line:
            return "Off, but you hear whom you speak to."
        if not self._listening.on:
            return "Off. Calls go on without it."
        if self._listening.paused:
            return "Paused while you hear a moment again."
        other = next((row for row in self._lines.rows if row.heard and not row.shown), None)
        if other is not None:
            return f"You hear {other.name}, whom you speak to."
        if self._live.stage is Stage.LIVE and self._live.answered:
            if self._live.call is not None and self._live.call.taken_over:
                return "Both ways while you are on the line."
            return "You hear both sides. The callee cannot hear you."
        return "Starts when a call is answered. The callee cannot hear you."


class CallFacts(QWidget):
    """What is known of the call in the centre."""

    def __init__(self, live: LiveCall, answer: AnswerCard) -> None:
        super().__init__()
        self._live = live
        self._answer = answer
        self.answered_by = AnsweredByRow(answer)
        self._facts = {
            name: Fact(name)
            for name in ("Prompt", "Line", "From", "Interruptions", "Words unheard", "Decided by")
        }
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(Text("This call", 13, 600))
        column.addSpacing(6)
        for fact in self._facts.values():
            column.addWidget(fact)
        column.insertWidget(column.count() - 1, self.answered_by)
        live.changed.connect(self._show)
        answer.changed.connect(self._show)
        live.figures_changed.connect(self._show)
        self._show()

    def fact(self, name: str) -> str:
        """The value shown under this name."""
        return self._facts[name].value()

    def _show(self) -> None:
        live = self._live
        call, attempt = live.call, live.attempt
        prompt = call.prompt if call else (attempt.prompt or "") if attempt else ""
        line = call.line if call else attempt.line if attempt else PRACTICE
        values = {
            "Prompt": Prompt(prompt, "").title or "default",
            "Line": "Practice" if line == PRACTICE else "Phone",
            "From": (phone.pretty(call.from_number) or "Withheld") if call else "—",
            "Interruptions": str(live.figures.interruptions),
            "Words unheard": str(live.figures.unheard_words),
            "Decided by": self._answer.verdict_by,
        }
        for name, value in values.items():
            self._facts[name].show_value(value)


class SessionNumbers(QWidget):
    """Calls since the window was opened."""

    def __init__(self, recents: SessionCalls) -> None:
        super().__init__()
        self._recents = recents
        self.placed = Text("0", 20, 600, tabular=True)
        self.answered = Text("0", 20, 600, tabular=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(Text("This session", 13, 600))
        row = QHBoxLayout()
        for number, words in ((self.placed, "calls"), (self.answered, "answered")):
            part = QVBoxLayout()
            part.setSpacing(0)
            part.addWidget(number)
            part.addWidget(Text(words, 12, 400, "muted"))
            row.addLayout(part, 1)
        column.addLayout(row)
        recents.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        entries = self._recents.entries
        self.placed.setText(str(len(entries)))
        self.answered.setText(str(sum(entry.duration != "00:00" for entry in entries)))


class KeysSection(QWidget):
    """The shortcuts worth knowing."""

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(Text("Keys", 13, 600))
        for words, key in KEYS:
            row = QHBoxLayout()
            row.addWidget(Text(words, 12, 400, "muted"))
            row.addStretch()
            row.addWidget(Keycap(key))
            column.addLayout(row)


class SidePanel(SideSurface):
    """264 wide; lies on the window, or over the centre as a drawer."""

    def __init__(self, models: Models, parent: QWidget | None = None) -> None:
        super().__init__("window", radius=12, parent=parent)
        self.setFixedWidth(SIDE_WIDTH)
        self._live = models.live
        self.calls = LiveCalls(models.lines, models.live)
        self.on_the_line = OnTheLine(models.operator)
        self.listen = ListenSection(models.listening, models.live, models.lines)
        self.facts = CallFacts(models.live, models.answer)
        self.numbers = SessionNumbers(models.recents)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(16, 6, 16, 12)
        column.setSpacing(16)
        column.addWidget(self.calls)
        column.addWidget(self.on_the_line)
        column.addWidget(self.listen)
        column.addWidget(Hairline())
        column.addWidget(self.facts)
        column.addWidget(self.numbers)
        column.addWidget(Hairline())
        column.addWidget(KeysSection())
        column.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 2, 0, 2)
        outer.addWidget(Scroll(content))
        models.live.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        idle = self._live.stage is Stage.IDLE
        self.facts.setVisible(not idle)
        self.numbers.setVisible(idle)
