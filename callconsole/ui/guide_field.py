"""One value of the guide: label and source, a line to type in, what is wrong with it."""

from __future__ import annotations

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from callconsole.settings_catalogue import BY_NAME
from callconsole.ui.kit.button import Button, Kind
from callconsole.ui.kit.icon_button import IconButton
from callconsole.ui.kit.line_field import LineField
from callconsole.ui.kit.pill import Pill
from callconsole.ui.kit.text import Text
from callconsole.viewmodels.guide_step import GuideStep

FIELD_WIDTH = 360


class GuideField(QWidget):
    """Checked with Enter, and once it is left; a secret is typed behind dots."""

    def __init__(self, step: GuideStep, name: str, hint: str = "", more: str = "") -> None:
        """Show one setting.

        Args:
            step: whose value it is.
            name: field of `Settings`.
            hint: an example, in the empty field.
            more: a few words after the label, such as "optional".
        """
        super().__init__()
        info = BY_NAME[name]
        self._step = step
        self._name = name
        self._hint = hint
        self.edit = LineField(info.label, hint)
        self.edit.setMaximumWidth(FIELD_WIDTH)
        self.source = Pill(filled=False)
        self.foot = Text("", 12, 400, "danger", wrap=True)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(Text(info.label, 12, 500))
        head.addWidget(Text(more, 12, 400, "muted"))
        head.addStretch(1)
        head.addWidget(self.source)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self.edit, 100)
        if info.secret:
            self.edit.setEchoMode(QLineEdit.EchoMode.Password)
            line.addWidget(self._reveal_button())
        if info.page:
            line.addWidget(self._page_button(info.page))
        line.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        column.addSpacing(2)  # the focus ring goes round the field
        column.addLayout(line)
        column.addWidget(self.foot)
        self.setFocusProxy(self.edit)
        self.edit.textEdited.connect(lambda text: step.edit(name, text))
        self.edit.editingFinished.connect(lambda: step.leave_field(name))
        step.changed.connect(self.show_row)
        self.show_row()

    def _reveal_button(self) -> IconButton:
        self.reveal = IconButton("eye", f"Show what is typed: {BY_NAME[self._name].label}", 32)
        self.reveal.clicked.connect(self._on_reveal)
        return self.reveal

    def _page_button(self, page: str) -> Button:
        button = Button("Where to find it", Kind.GHOST, icon="arrow-square-out")
        button.setAccessibleName(f"Where to find it: {BY_NAME[self._name].label}")
        button.setToolTip(page)
        button.clicked.connect(lambda: QDesktopServices.openUrl(QUrl(page)))
        return button

    def _on_reveal(self) -> None:
        hidden = self.edit.echoMode() is QLineEdit.EchoMode.Password
        mode = QLineEdit.EchoMode.Normal if hidden else QLineEdit.EchoMode.Password
        self.edit.setEchoMode(mode)
        words = "Hide what is typed" if hidden else "Show what is typed"
        label = BY_NAME[self._name].label
        self.reveal.set_icon("eye-slash" if hidden else "eye", f"{words}: {label}")

    @property
    def wants_focus(self) -> bool:
        """True where something has to be typed here."""
        return self.edit.isEnabled() and not self._step.has(self._name)

    def focus_field(self) -> None:
        """Put the caret here."""
        self.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_row(self) -> None:
        """Show the value as it is now; what is being typed is not touched."""
        row = self._step.row(self._name)
        if row.text != self.edit.text():
            self.edit.setText(row.text)
        kept = row.info.secret and row.kept
        saved = "Set elsewhere" if row.locked else f"Saved {row.source}; type to replace it"
        self.edit.setPlaceholderText(saved if kept else self._hint)
        self.edit.setEnabled(not row.locked)
        known = row.kept and row.source != "default" and not row.saving and not row.wrong
        self.source.setVisible(known)
        if known:
            self.source.show_state(row.source, "muted" if row.locked else "accent", row.symbol)
        wrong = self._step.wrong(self._name)
        self.edit.set_wrong(bool(wrong))
        self.foot.set_tone("danger" if wrong else "muted")
        self.foot.setText(wrong or row.locked)
        self.foot.setVisible(bool(self.foot.text()))
        self.edit.setAccessibleDescription(wrong or row.locked or row.info.help)
