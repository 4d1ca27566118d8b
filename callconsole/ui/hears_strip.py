"""What the person on the phone hears: both levels, sound sent ahead, reply time, interruptions."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from callconsole.domain.events import LevelsMeasured
from callconsole.ui import fonts
from callconsole.ui.kit.facts import Cell
from callconsole.ui.kit.meter import FLOOR_DBFS, Meter
from callconsole.ui.kit.pill import Pill
from callconsole.ui.kit.surfaces import Hairline, Surface
from callconsole.ui.kit.text import Text
from callconsole.viewmodels.live_call import LiveCall, Stage


class HearsStrip(Surface):
    """76 high."""

    def __init__(self, live: LiveCall, parent: QWidget | None = None) -> None:
        super().__init__("sunken", parent=parent)
        self._live = live
        self.verdict = Pill(filled=False)
        self.callee = Meter("Level of the person on the phone", "callee")
        self.agent = Meter("Level of the AI", "ai")
        self._callee_db = decibels()
        self._agent_db = decibels()
        self._sid = ""
        self._callee_name = Text("Callee", 12, 500, "callee")
        self._agent_name = Text("AI", 12, 500, "ai")
        self.buffered = Cell("Buffered")
        self.reply = Cell("Reply now")
        self.interruptions = Cell("Interruptions")
        self._lay_out()
        live.levels_changed.connect(self._show_levels)
        live.figures_changed.connect(self._show_figures)
        live.changed.connect(self._show_state)
        self._show_state()

    def _lay_out(self) -> None:
        title = QHBoxLayout()
        title.setSpacing(10)
        title.addWidget(Text("What they hear", 12, 600))
        title.addWidget(self.verdict)
        title.addStretch()
        meters = QGridLayout()
        meters.setContentsMargins(0, 0, 0, 0)
        meters.setHorizontalSpacing(8)
        meters.setVerticalSpacing(2)
        rows = (
            (self._callee_name, self.callee, self._callee_db),
            (self._agent_name, self.agent, self._agent_db),
        )
        for row, widgets in enumerate(rows):
            for column, widget in enumerate(widgets):
                meters.addWidget(widget, row, column, Qt.AlignmentFlag.AlignVCenter)
        meters.setColumnStretch(1, 1)
        body = QHBoxLayout()
        body.setSpacing(12)
        body.addLayout(meters, 3)
        for cell in (self.buffered, self.reply, self.interruptions):
            body.addWidget(Hairline(vertical=True))
            body.addWidget(cell, 2)
        column_layout = QVBoxLayout(self)
        column_layout.setContentsMargins(12, 6, 12, 10)
        column_layout.setSpacing(4)
        column_layout.addLayout(title)
        column_layout.addLayout(body)

    def _show_levels(self, levels: LevelsMeasured) -> None:
        self.callee.set_level(levels.caller_dbfs)
        self.agent.set_level(levels.agent_dbfs)
        self._callee_db.setText(decibel_text(levels.caller_dbfs))
        self._agent_db.setText(decibel_text(levels.agent_dbfs))
        self.buffered.show_value(f"{levels.buffered_ms} ms")

    def _show_figures(self) -> None:
        figures = self._live.figures
        reply, usual = figures.reply_s, figures.reply_median_s
        aside = f"median {usual:.1f}" if usual is not None else ""
        self.reply.show_value(f"{reply:.1f} s" if reply is not None else "—", aside)
        unheard = figures.unheard_words
        words = f"{unheard} {'word' if unheard == 1 else 'words'} unheard" if unheard else ""
        self.interruptions.show_value(str(figures.interruptions), words)

    def _show_state(self) -> None:
        live = self._live
        party = live.party
        if party is not None:
            self._callee_name.setText(party.short)
        self._show_voice(live.call is not None and live.call.taken_over)
        self.verdict.show_state(*self._verdict())
        self._show_figures()
        sid = live.call.sid if live.call is not None and live.call.live else ""
        if not sid or sid != self._sid:
            self._silence()
        self._sid = sid

    def _silence(self) -> None:
        for meter, text in ((self.callee, self._callee_db), (self.agent, self._agent_db)):
            meter.reset()
            text.setText("silent")
        self.buffered.show_value("—")

    def _show_voice(self, yours: bool) -> None:
        """Name the voice that is sent: the AI's, or the operator's own."""
        self._agent_name.setText("You" if yours else "AI")
        self._agent_name.set_tone("accent" if yours else "ai")
        self.agent.set_tone("accent" if yours else "ai")
        self.agent.setAccessibleName("Level of your voice" if yours else "Level of the AI")

    def _verdict(self) -> tuple[str, str, str]:
        if self._live.trouble is not None:
            return (self._live.trouble.title, "danger", "x-circle-fill")
        if self._live.stage is not Stage.LIVE:
            return ("The line is closed", "muted", "minus-circle")
        if self._live.stall:
            return (self._live.stall, "warning", "warning-fill")
        if self._live.sound:
            return ("Sound connected", "success", "check-circle-fill")
        return ("Waiting for sound", "warning", "circle-dashed")


def decibel_text(level_dbfs: float) -> str:
    """A level for people: ``\u221214 dB``, or ``silent`` at the meter's floor."""
    if level_dbfs <= FLOOR_DBFS:
        return "silent"
    return f"{round(level_dbfs)} dB".replace("-", "\u2212")


def decibels() -> Text:
    """A label that is wide enough for every level."""
    label = Text("silent", 12, 400, "muted", tabular=True)
    label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    metrics = QFontMetrics(fonts.font(12, 400, tabular=True))
    widest = max(metrics.horizontalAdvance(text) for text in ("\u221260 dB", "silent"))
    label.setFixedWidth(widest + 4)
    return label
