"""What the person on the phone hears: both levels, how clean it is, and what the call costs."""

from __future__ import annotations

from datetime import UTC, datetime

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from callconsole.domain.events import LevelsMeasured
from callconsole.ui.fitting import fix_to_text
from callconsole.ui.kit.facts import Cell
from callconsole.ui.kit.meter import FLOOR_DBFS, Meter
from callconsole.ui.kit.pill import Pill
from callconsole.ui.kit.surfaces import Hairline, Surface
from callconsole.ui.kit.text import Text
from callconsole.ui.zoom import px, zoom
from callconsole.viewmodels import readings
from callconsole.viewmodels.live_call import LiveCall, Stage
from callconsole.viewmodels.readings import Reading

_MARGIN = 12
_GAP = 10
# What the meters' bars want at least.
_BAR = 56
# Longer ones say no more.
_MOST_BAR = 240


class HearsStrip(Surface):
    """76 high; where it is narrow, asides go first and then the cells that matter least.

    The levels come at most 30 times a second; all else changes with the call's clock or with
    what happens.
    """

    def __init__(self, live: LiveCall, parent: QWidget | None = None) -> None:
        super().__init__("sunken", parent=parent)
        self._live = live
        self.verdict = Pill(filled=False)
        self.network = Text("", 12, 400, "muted", tabular=True)
        self.callee = Meter("Level of the person on the phone", "callee")
        self.agent = Meter("Level of the AI", "ai")
        self._callee_db = decibels()
        self._agent_db = decibels()
        self._sid = ""
        self._callee_name = Text("Callee", 12, 500, "callee")
        self._agent_name = Text("AI", 12, 500, "ai")
        self.buffered = Cell("Buffered", ("1500 ms", ""))
        self.reply = Cell("Reply now", ("0.0 s", "med 0.0"))
        self.gaps = Cell("Gaps", ("0", "in 2 min"))
        self.session = Cell("Session", ("00:00", "/ 00:00"))
        self.cost = Cell("Cost", ("$0.00", ""))
        self._cells = (self.buffered, self.reply, self.gaps, self.session, self.cost)
        self._lines = [Hairline(vertical=True) for _ in self._cells]
        self._meters = self._build_meters()
        self._lay_out()
        live.levels_changed.connect(self._show_levels)
        live.figures_changed.connect(self._show_figures)
        live.clock_changed.connect(self._show_figures)
        live.changed.connect(self._show_state)
        zoom.changed.connect(self._fit)
        self._show_state()

    def _build_meters(self) -> QGridLayout:
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
        return meters

    def _lay_out(self) -> None:
        title = QHBoxLayout()
        title.setSpacing(10)
        title.addWidget(Text("What they hear", 12, 600))
        title.addWidget(self.verdict)
        title.addStretch()
        title.addWidget(self.network)
        body = QHBoxLayout()
        body.setSpacing(_GAP)
        body.addLayout(self._meters, 1)
        for line, cell in zip(self._lines, self._cells, strict=True):
            body.addWidget(line)
            body.addWidget(cell)
        self._body = body
        column = QVBoxLayout(self)
        column.setContentsMargins(_MARGIN, 6, _MARGIN, 9)
        column.setSpacing(4)
        column.addLayout(title)
        column.addLayout(body)

    # Room -------------------------------------------------------------------------------------

    def minimumSizeHint(self) -> QSize:
        """Room for the meters alone: no cell keeps a window from becoming narrower."""
        return QSize(self._meters_room() + 2 * px(_MARGIN), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show what there is room for."""
        super().resizeEvent(event)
        self._fit()

    def _meters_room(self) -> int:
        names = max(name.sizeHint().width() for name in (self._callee_name, self._agent_name))
        return names + px(_BAR) + self._callee_db.width() + 2 * self._meters.horizontalSpacing()

    def _fit(self) -> None:
        """Leave out asides, then cells, each in the order of how little they are missed."""
        room = self.width() - 2 * px(_MARGIN) - self._meters_room()
        brief: set[Cell] = set()
        shown = set(self._cells)
        for cell in (self.gaps, self.reply, self.session):
            if self._wanted(shown, brief) > room:
                brief.add(cell)
        for cell in (self.session, self.buffered, self.gaps, self.reply, self.cost):
            if self._wanted(shown, brief) > room:
                shown.discard(cell)
        for line, cell in zip(self._lines, self._cells, strict=True):
            cell.set_brief(cell in brief)
            line.setVisible(cell in shown)
            cell.setVisible(cell in shown)
        # In a wide strip the cells share what the meters cannot use.
        spare = room - self._wanted(shown, brief) > px(_MOST_BAR - _BAR)
        self._body.setStretch(0, 4 if spare else 1)
        for cell in self._cells:
            self._body.setStretchFactor(cell, 1 if spare else 0)

    def _wanted(self, shown: set[Cell], brief: set[Cell]) -> int:
        return sum(cell.room(brief=cell in brief) + 2 * px(_GAP) + 1 for cell in shown)

    # What is shown ----------------------------------------------------------------------------

    def _show_levels(self, levels: LevelsMeasured) -> None:
        self.callee.set_level(levels.caller_dbfs)
        self.agent.set_level(levels.agent_dbfs)
        self._callee_db.setText(decibel_text(levels.caller_dbfs))
        self._agent_db.setText(decibel_text(levels.agent_dbfs))
        _show(self.buffered, readings.buffered(levels.buffered_ms))
        self._show_network()

    def _show_network(self) -> None:
        known = self._live.figures.round_trip_ms is not None and self._sid
        reading = readings.network(self._live.figures)
        self.network.setText(f"Network {reading.value}" if known else "")
        self.network.set_tone("muted" if reading.tone == "text" else reading.tone)
        self.network.setToolTip(reading.hint)

    def _show_figures(self) -> None:
        figures, now = self._live.figures, datetime.now(UTC)
        _show(self.reply, readings.reply(figures))
        _show(self.gaps, readings.gaps(figures, now))
        _show(self.cost, readings.cost(self._live.cost))
        if self._live.stage is Stage.LIVE:
            _show(self.session, readings.session(figures, now))
        self._show_network()
        self.verdict.show_state(*self._verdict(now))
        self._fit()

    def _show_state(self) -> None:
        live = self._live
        party = live.party
        if party is not None:
            self._callee_name.setText(party.short)
        self._show_voice(live.call is not None and live.call.taken_over)
        sid = live.call.sid if live.call is not None and live.call.live else ""
        if not sid or sid != self._sid:
            self._silence()
        self._sid = sid
        self._show_figures()

    def _silence(self) -> None:
        for meter, text in ((self.callee, self._callee_db), (self.agent, self._agent_db)):
            meter.reset()
            text.setText("silent")
        self.buffered.show_value(readings.NONE)
        self.session.show_value(readings.NONE)

    def _show_voice(self, yours: bool) -> None:
        """Name the voice that is sent: the AI's, or the operator's own."""
        self._agent_name.setText("You" if yours else "AI")
        self._agent_name.set_tone("accent" if yours else "ai")
        self.agent.set_tone("accent" if yours else "ai")
        self.agent.setAccessibleName("Level of your voice" if yours else "Level of the AI")

    def _verdict(self, now: datetime) -> tuple[str, str, str]:
        live = self._live
        if live.trouble is not None:
            return (live.trouble.title, "danger", "x-circle-fill")
        if live.stage is not Stage.LIVE:
            return ("The line is closed", "muted", "minus-circle")
        if live.stall:
            return (live.stall, "warning", "warning-fill")
        if live.sound:
            return readings.line(live.figures, now)
        return ("Waiting for sound", "warning", "circle-dashed")


def _show(cell: Cell, reading: Reading) -> None:
    cell.show_value(reading.value, reading.aside, reading.tone, reading.hint)


def decibel_text(level_dbfs: float) -> str:
    """A level for people: ``\u221214 dB``, or ``silent`` at the meter's floor."""
    if level_dbfs <= FLOOR_DBFS:
        return "silent"
    return f"{round(level_dbfs)} dB".replace("-", "\u2212")


def decibels() -> Text:
    """A label that is wide enough for every level."""
    label = Text("silent", 12, 400, "muted", tabular=True)
    label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    metrics = QFontMetrics(label.font())
    fix_to_text(label, max("\u221260 dB", "silent", key=metrics.horizontalAdvance))
    return label
