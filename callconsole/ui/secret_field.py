"""A token or a key: typed behind dots, saved when it is confirmed, never shown again."""

from __future__ import annotations

from PySide6.QtWidgets import QLineEdit

from callconsole.settings_catalogue import SettingInfo
from callconsole.ui.kit.button import Button, Kind
from callconsole.ui.kit.icon_button import IconButton
from callconsole.ui.kit.line_field import LineField
from callconsole.ui.setting_fields import FIELD_WIDTH, Field
from callconsole.viewmodels.setting_rows import Row
from callconsole.viewmodels.settings_page import SettingsPage


class SecretField(Field):
    """Field, reveal, Save. What is saved cannot be looked at here, only replaced."""

    def __init__(self, page: SettingsPage, info: SettingInfo) -> None:
        super().__init__(page, info)
        self.edit = LineField(info.label)
        self.edit.setEchoMode(QLineEdit.EchoMode.Password)
        self.edit.setMaximumWidth(FIELD_WIDTH)
        self.reveal = IconButton("eye", f"Show what is typed: {info.label}", 32)
        self.save = Button("Save", Kind.SECONDARY)
        self.save.setAccessibleName(f"Save: {info.label}")
        self.edit.textEdited.connect(self._on_edited)
        self.edit.returnPressed.connect(self._on_save)
        self.reveal.clicked.connect(self._on_reveal)
        self.save.clicked.connect(self._on_save)
        self.setFocusProxy(self.edit)
        self.row.addWidget(self.edit, 100)
        self.row.addWidget(self.reveal)
        self.row.addWidget(self.save)
        self.row.addStretch(1)
        self._source = ""

    def _on_edited(self, _text: str) -> None:
        self._show_buttons()

    def _on_reveal(self) -> None:
        hidden = self.edit.echoMode() is QLineEdit.EchoMode.Password
        mode = QLineEdit.EchoMode.Normal if hidden else QLineEdit.EchoMode.Password
        self.edit.setEchoMode(mode)
        words = "Hide what is typed" if hidden else "Show what is typed"
        self.reveal.set_icon("eye-slash" if hidden else "eye", f"{words}: {self._info.label}")

    def _on_save(self) -> None:
        if self.save.isEnabled():
            self._page.save_secret(self._info.name, self.edit.text())

    def _show_buttons(self) -> None:
        typed = bool(self.edit.text().strip())
        wrong = self._page.wrong_secret(self._info.name, self.edit.text())
        self.edit.set_wrong(bool(wrong))
        self.reveal.setEnabled(bool(self.edit.text()))
        self.save.setEnabled(typed and not wrong and self.edit.isEnabled())

    def show_row(self, row: Row) -> None:
        """Say whether something is kept; empty the field once it was saved."""
        saved = row.kept and row.source != self._source
        if saved or row.locked:
            self.edit.clear()
            self.edit.setEchoMode(QLineEdit.EchoMode.Password)
        self._source = row.source if row.kept else ""
        kept = f"Saved {row.source}; type to replace it" if not row.locked else "Set elsewhere"
        self.edit.setPlaceholderText(kept if row.kept else "Not set")
        self.edit.setEnabled(not row.locked)
        self.edit.setAccessibleDescription(row.locked or row.info.help)
        self._show_buttons()

    def forget_typed(self) -> None:
        """It was saved: what was typed is not kept in the window."""
        self.edit.clear()
        self._show_buttons()
