"""Passing a call on: whom to, and what they should know, in a popover over the operator bar."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from callconsole.domain import phone
from callconsole.domain.abilities import TransferTarget
from callconsole.domain.transfers import NOTE_CHARS
from callconsole.ui import fonts, theme
from callconsole.ui.fitting import fix_height
from callconsole.ui.kit.button import Button, Kind
from callconsole.ui.kit.line_field import LineField
from callconsole.ui.kit.popover import Popover
from callconsole.ui.kit.surfaces import Scroll
from callconsole.ui.kit.text import Text
from callconsole.ui.zoom import px
from callconsole.viewmodels.operator import Operator
from callconsole.viewmodels.transfer_form import TransferForm

WIDTH = 328
_ROW, _ROWS_SEEN = 36, 4
_PADDING = 12


class TargetButton(Button):
    """Somebody whom the prompt names: name at the left, number at the right."""

    def __init__(self, target: TransferTarget, parent: QWidget | None = None) -> None:
        super().__init__(target.label, Kind.SECONDARY, height=_ROW, parent=parent)
        self.target = target
        self._number = phone.pretty(target.number)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(f"{target.label}, {self._number}")

    def sizeHint(self) -> QSize:
        """As wide as the list."""
        return QSize(px(_ROW), px(_ROW))

    def _paint_content(self, painter: QPainter, ink: str) -> None:
        box = QRectF(self.rect()).adjusted(px(_PADDING), 0, -px(_PADDING), 0)
        middle = Qt.AlignmentFlag.AlignVCenter
        small = fonts.font(12, 400, tabular=True)
        wide = QFontMetrics(small).horizontalAdvance(self._number) + px(2)
        painter.setFont(small)
        painter.setPen(theme.colour("accent" if ink == "accent" else "muted"))
        painter.drawText(box, Qt.AlignmentFlag.AlignRight | middle, self._number)
        painter.setFont(self.font())
        painter.setPen(theme.colour(ink))
        words = QFontMetrics(self.font()).elidedText(
            self.text(), Qt.TextElideMode.ElideRight, round(box.width()) - wide - px(8)
        )
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft | middle, words)


class TransferPopover(Popover):
    """Floats over the call; Enter sends, and what was typed stays when it is closed.

    Signals:
        sent: the call is being passed on.
    """

    sent = Signal()

    def __init__(self, form: TransferForm, operator: Operator, parent: QWidget) -> None:
        super().__init__("Transfer", "Close without passing the call on", parent)
        self._form = form
        self._operator = operator
        self.rows: list[TargetButton] = []
        self.setFixedWidth(WIDTH)
        self.number = LineField("Number to pass the call on to", "Phone number")
        self.fault = Text("", 12, 500, "danger", wrap=True)
        self.note = LineField("What should they know?", "Told to them before they talk")
        self.note.setMaxLength(NOTE_CHARS)
        self.how = Text("", 12, 400, "muted", wrap=True)
        self.send = Button("Transfer", Kind.PRIMARY, icon="phone-outgoing", key="↵")
        self._list = QWidget()
        self._targets = QVBoxLayout(self._list)
        self._targets.setContentsMargins(0, 0, 0, 0)
        self._targets.setSpacing(4)
        self._scroll = Scroll(self._list)
        self._lay_out()
        self._listen()

    def _lay_out(self) -> None:
        column = self.column
        column.addWidget(self._scroll)
        column.addWidget(self.number)
        column.addWidget(self.fault)
        column.addWidget(Text("What should they know?", 12, 600))
        column.addWidget(self.note)
        column.addWidget(self.how)
        column.addWidget(self.send)

    def _listen(self) -> None:
        form = self._form
        self.number.textEdited.connect(form.edit)
        self.number.editingFinished.connect(form.check)
        self.number.returnPressed.connect(self._on_send)
        self.note.textEdited.connect(form.set_note)
        self.note.returnPressed.connect(self._on_send)
        self.send.clicked.connect(self._on_send)
        form.changed.connect(self._show)

    # Open and closed --------------------------------------------------------------------------

    def toggle(self, opener: QWidget) -> None:
        """Open above the button that asks for it and take the keyboard, or close."""
        if self.isVisible():
            self.close_up()
            return
        if not self._operator.can_pass_on:
            return
        self._show_targets()
        self.open_above(opener)
        self._show()
        first = self.rows[0] if self.rows and not self._form.number else self.number
        first.setFocus(Qt.FocusReason.ShortcutFocusReason)

    # What is shown ----------------------------------------------------------------------------

    def _show_targets(self) -> None:
        for row in self.rows:
            row.hide()
            row.deleteLater()
        self.rows = [TargetButton(target) for target in self._form.targets]
        for row in self.rows:
            self._targets.addWidget(row)
            row.clicked.connect(lambda _checked=False, row=row: self._on_chosen(row))
        seen = min(len(self.rows), _ROWS_SEEN)
        fix_height(self._scroll, max(0, seen * (_ROW + 4) - 4))
        self._scroll.setVisible(bool(self.rows))

    def _show(self) -> None:
        if self.isHidden():
            return
        if not self._operator.open:
            self.close_up()
            return
        form = self._form
        _fill(self.number, form.number)
        _fill(self.note, form.note)
        self.number.set_wrong(bool(form.fault))
        self.fault.setText(form.fault)
        self.fault.setVisible(bool(form.fault))
        chosen = form.chosen
        for row in self.rows:
            row.set_kind(Kind.SELECTED if row.target == chosen else Kind.SECONDARY)
        self.how.setText(self._how())
        self.send.setEnabled(form.ready)
        self.place()

    def _how(self) -> str:
        operator = self._operator
        name = operator.callee[:1].upper() + operator.callee[1:]
        if operator.taken_over or operator.agent_muted:
            return f"{name} is passed on at once: say so first."
        return f"The AI tells {operator.callee} first."

    # What is done -----------------------------------------------------------------------------

    def _on_chosen(self, row: TargetButton) -> None:
        self._form.choose(row.target)
        self.note.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_send(self) -> None:
        if self._form.send():
            self.close_up()
            self.sent.emit()


def _fill(field: LineField, text: str) -> None:
    """Show a text; the caret stays at the end, or where it is while nothing changes."""
    if field.text() != text:
        field.setText(text)
