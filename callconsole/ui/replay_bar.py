"""The bar that says that a moment is replayed and not live, or why it cannot be."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from callconsole.ui.kit.banner import IconMark
from callconsole.ui.kit.icon_button import IconButton
from callconsole.ui.kit.surfaces import Surface
from callconsole.ui.kit.text import Elided, Text
from callconsole.ui.tokens import RADIUS_CONTROL
from callconsole.viewmodels.moments import Moments

HEIGHT = 28
ICON = 16
BUTTON = 24
PRIVATE = "The callee does not hear this."


class ReplayBar(Surface):
    """28 high, in the operator's tone; in warning's where something could not be done."""

    def __init__(self, moments: Moments, parent: QWidget | None = None) -> None:
        super().__init__("accent_soft", radius=RADIUS_CONTROL, parent=parent)
        self._moments = moments
        self.setFixedHeight(HEIGHT)
        self._mark = IconMark("speaker-high", "accent", ICON)
        self.title = Text("", 12, 600, "accent", tabular=True)
        self.line = Elided("", 12, 400, "text")
        self.stop = IconButton("stop-fill", "Stop", BUTTON)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 2, 0)
        row.setSpacing(8)
        row.addWidget(self._mark)
        row.addWidget(self.title)
        row.addWidget(self.line, 1)
        row.addWidget(self.stop, 0, Qt.AlignmentFlag.AlignVCenter)
        self.stop.clicked.connect(moments.escape)
        moments.changed.connect(self._show)
        moments.moved.connect(self._show_clock)
        self._show()

    @property
    def speaks(self) -> bool:
        """True while there is something to say."""
        return self._moments.on or self._moments.problem is not None

    def _show(self) -> None:
        moments = self._moments
        problem = None if moments.on else moments.problem
        tone = "accent" if problem is None else "warning"
        self.set_ground(f"{tone}_soft")
        self._mark.set_icon("speaker-high" if problem is None else "warning-fill", tone)
        self.title.set_tone(tone)
        if problem is not None:
            self.title.setText(problem.title)
            # What is cut off where it is narrow should be the cause.
            self.line.setText(f"{problem.cure} {problem.cause}".strip())
            self.stop.set_icon("x", "Close (Esc)")
            self.setAccessibleName(f"{problem.title}. {problem.cause} {problem.cure}")
            return
        back = moments.back_to_live
        self.line.setText(f"Esc: back to live. {PRIVATE}" if back else "Esc: stop")
        self.stop.set_icon("stop-fill", "Back to live (Esc)" if back else "Stop (Esc)")
        self.setAccessibleName("Replaying, not live")
        self._show_clock()

    def _show_clock(self) -> None:
        if self._moments.on:
            self.title.setText(f"Replaying {self._moments.clock}")
