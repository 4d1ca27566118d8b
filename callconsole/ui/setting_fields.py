"""What a setting is entered with: text, number, switch, choice, file, prompt."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QWidget

from callconsole.settings_catalogue import Kind, SettingInfo
from callconsole.ui.kit.button import Button
from callconsole.ui.kit.button import Kind as Look
from callconsole.ui.kit.combo import Combo
from callconsole.ui.kit.line_field import LineField
from callconsole.ui.kit.switch import Switch
from callconsole.ui.kit.text import Text
from callconsole.viewmodels.dialler import Dialler
from callconsole.viewmodels.setting_rows import Row
from callconsole.viewmodels.settings_page import SettingsPage

FIELD_WIDTH = 360
NUMBER_WIDTH = 120


class Field(QWidget):
    """A row of controls for one setting; subclasses fill it."""

    def __init__(self, page: SettingsPage, info: SettingInfo) -> None:
        super().__init__()
        self._page = page
        self._info = info
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(0, 0, 0, 0)
        self.row.setSpacing(8)

    def show_row(self, row: Row) -> None:
        """Show the setting as it is now."""
        raise NotImplementedError

    def focus_field(self) -> None:
        """Put the caret where one types."""
        self.setFocus(Qt.FocusReason.OtherFocusReason)


class TextField(Field):
    """One line; saved a moment after typing, or at once with Enter or on leaving."""

    def __init__(self, page: SettingsPage, info: SettingInfo) -> None:
        super().__init__(page, info)
        self.edit = LineField(info.label, info.default or "Not set")
        self.edit.setAccessibleDescription(info.help)
        self.edit.setMaximumWidth(NUMBER_WIDTH if info.kind is Kind.NUMBER else FIELD_WIDTH)
        self.edit.textEdited.connect(self._on_edited)
        self.edit.editingFinished.connect(page.save_typed)
        self.setFocusProxy(self.edit)
        self.row.addWidget(self.edit, 100)
        if info.unit:
            self.row.addWidget(Text(info.unit, 13, 400, "muted"))
        self.row.addStretch(1)

    def _on_edited(self, text: str) -> None:
        self._page.edit(self._info.name, text)

    def show_row(self, row: Row) -> None:
        """Show the value, unless somebody is typing another."""
        if row.text != self.edit.text() and not (self.edit.hasFocus() and self.edit.isModified()):
            self.edit.setText(row.text)
        if not row.saving and not row.wrong:
            self.edit.setModified(False)
        self.edit.set_wrong(bool(row.wrong))
        self.edit.setEnabled(not row.locked)
        self.edit.setAccessibleDescription(row.wrong or row.locked or row.info.help)


class PathField(TextField):
    """A file or a folder, typed or chosen."""

    def __init__(self, page: SettingsPage, info: SettingInfo) -> None:
        super().__init__(page, info)
        self.browse = Button("Choose…", Look.SECONDARY)
        self.browse.setAccessibleName(f"Choose: {info.label}")
        self.browse.clicked.connect(self._on_browse)
        self.row.insertWidget(1, self.browse)

    def _on_browse(self) -> None:
        dialog = QFileDialog(self.window(), self._info.label)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if self._info.kind is Kind.FOLDER:
            dialog.setFileMode(QFileDialog.FileMode.Directory)
        else:
            dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda path: self._page.choose(self._info.name, path))
        dialog.open()

    def show_row(self, row: Row) -> None:
        """The same, and the button."""
        super().show_row(row)
        self.browse.setEnabled(not row.locked)


class SwitchField(Field):
    """On or off."""

    def __init__(self, page: SettingsPage, info: SettingInfo) -> None:
        super().__init__(page, info)
        self.switch = Switch("Off")
        self.switch.setFixedWidth(88)
        self.switch.clicked.connect(self._on_clicked)
        self.setFocusProxy(self.switch)
        self.row.addWidget(self.switch)
        self.row.addStretch(1)

    def _on_clicked(self, on: bool) -> None:
        self._page.choose(self._info.name, "on" if on else "off")

    def show_row(self, row: Row) -> None:
        """Show on or off."""
        on = row.text == "on"
        self.switch.setChecked(on)
        self.switch.setText("On" if on else "Off")
        self.switch.setAccessibleName(row.info.label)
        self.switch.setAccessibleDescription(row.locked or row.info.help)
        self.switch.setEnabled(not row.locked)


class ChoiceField(Field):
    """One of a few."""

    def __init__(
        self, page: SettingsPage, info: SettingInfo, choices: Sequence[tuple[str, str]]
    ) -> None:
        super().__init__(page, info)
        self.combo = Combo(info.label)
        self.combo.setAccessibleDescription(info.help)
        self.combo.setMaximumWidth(FIELD_WIDTH)
        self.combo.activated.connect(self._on_activated)
        self.setFocusProxy(self.combo)
        self.row.addWidget(self.combo, 100)
        self.row.addStretch(1)
        self.offer(choices)

    def offer(self, choices: Sequence[tuple[str, str]]) -> None:
        """Offer these, as (value, words)."""
        self.combo.clear()
        for value, words in choices:
            self.combo.addItem(words[:1].upper() + words[1:], value)

    def _on_activated(self, index: int) -> None:
        self._page.choose(self._info.name, self.combo.itemData(index))

    def show_row(self, row: Row) -> None:
        """Show the value, even one that is not among the choices."""
        index = self.combo.findData(row.text)
        if index < 0:
            self.combo.addItem(row.text, row.text)
            index = self.combo.count() - 1
        self.combo.setCurrentIndex(index)
        self.combo.setEnabled(not row.locked)


class PromptField(ChoiceField):
    """One of the prompts that there are when it is looked at."""

    def __init__(self, page: SettingsPage, info: SettingInfo, dialler: Dialler) -> None:
        super().__init__(page, info, dialler.prompts)
        self._dialler = dialler
        self._offered = list(dialler.prompts)

    def show_row(self, row: Row) -> None:
        """Show the prompt, among those of now."""
        if self._offered != self._dialler.prompts:
            self._offered = list(self._dialler.prompts)
            self.offer(self._offered)
        super().show_row(row)
