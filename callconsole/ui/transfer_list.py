"""Whom a prompt's agent may pass calls on to: names and numbers, typed in place."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from callconsole.domain.abilities import LABEL_CHARS
from callconsole.ui.kit.button import Button, Kind
from callconsole.ui.kit.icon_button import IconButton
from callconsole.ui.kit.line_field import LineField
from callconsole.ui.kit.text import Text
from callconsole.viewmodels.prompt_draft import TargetDraft, TargetFault
from callconsole.viewmodels.prompt_shelf import PromptShelf

_FIELD = 32


class TransferRow(QWidget):
    """One person: name and number below one another, and what is wrong with them.

    A fault is said once a field has been left, and goes as soon as it is put right.

    Signals:
        changed: something was typed.
        left: a field was left or Enter pressed in it.
        removed: the row is to go.
    """

    changed = Signal()
    left = Signal()
    removed = Signal()

    def __init__(self, target: TargetDraft, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._said = False
        self.label = LineField("Name to pass calls on to", "Front desk", height=_FIELD)
        self.label.setMaxLength(LABEL_CHARS)
        self.label.setText(target.label)
        self.number = LineField("Number to pass calls on to", "+1 415-555-0117", height=_FIELD)
        self.number.setText(target.number)
        self.remove = IconButton("trash", f"Remove {target.label}".strip())
        self.fault = Text("", 12, 500, "danger", wrap=True)
        self.fault.hide()
        first = QHBoxLayout()
        first.setSpacing(4)
        first.addWidget(self.label, 1)
        first.addWidget(self.remove)
        second = QHBoxLayout()
        second.setSpacing(4)
        second.addWidget(self.number, 1)
        second.addSpacing(32)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(first)
        column.addLayout(second)
        column.addWidget(self.fault)
        for field in (self.label, self.number):
            field.textEdited.connect(self.changed)
            field.editingFinished.connect(self.left)
        self.remove.clicked.connect(self.removed)

    def target(self) -> TargetDraft:
        """What is typed."""
        return TargetDraft(self.label.text(), self.number.text())

    def show_fault(self, fault: TargetFault | None, *, finished: bool) -> None:
        """Say what is wrong: at once where the field was left, else only that it is right now."""
        self._said = fault is not None and (self._said or finished)
        shown = fault if self._said else None
        self.fault.setText(shown.text if shown is not None else "")
        self.fault.setVisible(shown is not None)
        self.label.set_wrong(shown is not None and shown.in_label)
        self.number.set_wrong(shown is not None and not shown.in_label)


class TransferList(QWidget):
    """The rows, and a button for one more."""

    def __init__(self, shelf: PromptShelf, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shelf = shelf
        self.rows: list[TransferRow] = []
        self.add = Button("Add somebody", Kind.SECONDARY, icon="plus", height=32)
        self.add.clicked.connect(self._on_add)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(12)
        self._column.addWidget(self.add, 0, Qt.AlignmentFlag.AlignLeft)

    def show_targets(self, targets: Sequence[TargetDraft]) -> None:
        """Show these people in place of the ones before."""
        for row in self.rows:
            row.hide()
            row.deleteLater()
        self.rows = []
        for target in targets:
            self._append(target)
        self._show_faults(finished=True)

    def _append(self, target: TargetDraft) -> TransferRow:
        row = TransferRow(target)
        row.changed.connect(self._on_changed)
        row.left.connect(lambda row=row: self._on_left(row))
        row.removed.connect(lambda row=row: self._on_removed(row))
        self.rows.append(row)
        self._column.insertWidget(len(self.rows) - 1, row)
        row.show()  # a layout would show it only with the next event
        return row

    def _on_add(self) -> None:
        row = self._append(TargetDraft())
        self._on_changed()
        row.label.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_removed(self, row: TransferRow) -> None:
        self.rows.remove(row)
        self.add.setFocus(Qt.FocusReason.OtherFocusReason)
        row.hide()
        row.deleteLater()
        self._on_changed()

    def _on_changed(self) -> None:
        self._tell()
        self._show_faults(finished=False)

    def _on_left(self, left: TransferRow) -> None:
        if left not in self.rows:
            return
        left.number.setText(self._shelf.tidied(left.number.text()))
        self._tell()
        # A name just typed is no fault while its number is still to come.
        waits = left.label.text().strip() and not left.number.text().strip()
        self._show_faults(finished=not waits)

    def _tell(self) -> None:
        self._shelf.set_targets(tuple(row.target() for row in self.rows))

    def _show_faults(self, *, finished: bool) -> None:
        for row, fault in zip(self.rows, self._shelf.target_faults, strict=True):
            row.show_fault(fault, finished=finished)
        self.add.setEnabled(self._shelf.can_add_target)
