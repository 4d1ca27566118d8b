"""The rows of the answer card: what may have answered and its button; what speaks for it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from callconsole.domain.answering import AnsweredBy
from callconsole.ui.fitting import fix_height, fix_to_text, set_row_gap
from callconsole.ui.kit.banner import IconMark
from callconsole.ui.kit.bar import Bar
from callconsole.ui.kit.button import Kind
from callconsole.ui.kit.choice_button import ChoiceButton
from callconsole.ui.kit.text import Elided, Text
from callconsole.viewmodels.answer_card import AnswerRow, EvidenceRow
from callconsole.viewmodels.answer_words import CHOICES, WORDS, key_of

EVIDENCE_ROW = 24
TALL, LOW, LOWEST = 40, 36, 32
LOWEST_FROM = 4
"""With more rows than these a low window has room for the lowest only."""


class Choices(QWidget):
    """Icon, name, share and button of each class; every row stays in its place.

    Signals:
        chosen: the `AnsweredBy` whose button was pressed.
    """

    chosen = Signal(object)

    def __init__(self, everywhere: str, parent: QWidget | None = None) -> None:
        """`everywhere`: what stands before the digit in the key that works while typing."""
        super().__init__(parent)
        self._everywhere = everywhere
        self._tight, self._shown = False, 0
        self.buttons: dict[AnsweredBy, ChoiceButton] = {}
        self._rows: dict[AnsweredBy, tuple[IconMark, Text, Bar, Text]] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(8)
        self._grid.setColumnStretch(2, 3)
        self._grid.setColumnStretch(4, 4)
        for index, answered_by in enumerate(CHOICES):
            self._add(index, answered_by)

    def _add(self, index: int, answered_by: AnsweredBy) -> None:
        words = WORDS[answered_by]
        mark = IconMark(words.icon, "muted", 16)
        name = Text(words.name, 13, 600)
        bar = Bar(f"{words.name}, how likely", tone="strong")
        percent = Text("", 13, 400, "muted", tabular=True)
        percent.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        fix_to_text(percent, "100 %", 8)
        key = key_of(answered_by)
        button = ChoiceButton(words.action, key, f"{self._everywhere} {key}")
        button.clicked.connect(lambda _on=False, chosen=answered_by: self.chosen.emit(chosen))
        middle = Qt.AlignmentFlag.AlignVCenter
        for column, widget in enumerate((mark, name, bar, percent, button)):
            self._grid.addWidget(widget, index, column, middle)
        self.buttons[answered_by] = button
        self._rows[answered_by] = (mark, name, bar, percent)

    def show_rows(self, rows: Sequence[AnswerRow]) -> None:
        """Show these classes."""
        shown = {row.answered_by: row for row in rows}
        for answered_by, (mark, name, bar, percent) in self._rows.items():
            row = shown.get(answered_by)
            for widget in (mark, name, bar, percent, self.buttons[answered_by]):
                widget.setVisible(row is not None)
            if row is None:
                continue
            icon = WORDS[answered_by].icon
            mark.set_icon(*((f"{icon}-fill", "accent") if row.likeliest else (icon, "muted")))
            bar.show_share(row.share or 0.0, "accent_fill" if row.likeliest else "strong")
            percent.setText("—" if row.share is None else f"{round(row.share * 100)} %")
            percent.set_tone("text" if row.likeliest else "muted")
            self.buttons[answered_by].set_kind(Kind.PRIMARY if row.likeliest else Kind.SECONDARY)
        if len(shown) != self._shown:
            self._shown = len(shown)
            self.tighten(self._tight)

    def show_keys(self, bare: bool) -> None:
        """Name the digits alone, or with the key that makes them work while somebody types."""
        for answered_by, button in self.buttons.items():
            digit = key_of(answered_by)
            button.set_key(digit if bare else f"{self._everywhere} {digit}")

    def tighten(self, tight: bool) -> None:
        """Take less room in a low window."""
        self._tight = tight
        set_row_gap(self._grid, 4 if tight else 8)
        low = LOWEST if self._shown > LOWEST_FROM else LOW
        for button in self.buttons.values():
            fix_height(button, low if tight else TALL)


class EvidenceList(QWidget):
    """Mark, words and weight, one below the other; a caption says what the weights mean."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines: list[_Line] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._caption = QWidget()
        self._caption.setFixedHeight(EVIDENCE_ROW)
        head = QHBoxLayout(self._caption)
        head.setContentsMargins(0, 0, 0, 0)
        head.addWidget(Text("What it tells", 13, 600))
        head.addStretch()
        head.addWidget(Text("for or against a person", 12, 400, "muted"))
        self._caption.hide()
        self._column.addWidget(self._caption)

    def show_rows(self, rows: Sequence[EvidenceRow]) -> None:
        """Show these, in this order."""
        self._caption.setVisible(bool(rows))
        while len(self._lines) < len(rows):
            line = _Line()
            self._lines.append(line)
            self._column.addWidget(line)
        for index, line in enumerate(self._lines):
            line.setVisible(index < len(rows))
            if index < len(rows):
                line.show_row(rows[index])

    def texts(self) -> list[str]:
        """The words shown."""
        return [line.words.text() for line in self._lines if not line.isHidden()]


class _Line(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(EVIDENCE_ROW)
        self.mark = IconMark("minus-circle", "muted", 14)
        self.words = Elided("", 13)
        self.weight = Text("", 13, 400, "muted", tabular=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(self.mark)
        row.addWidget(self.words, 1)
        row.addWidget(self.weight)

    def show_row(self, row: EvidenceRow) -> None:
        self.mark.set_icon(row.icon, row.tone)
        self.words.setText(row.text)
        self.weight.setText(row.weight)
        self.setAccessibleName(f"{row.text}, {row.weight}")
