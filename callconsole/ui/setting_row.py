"""One setting on its page: what it is, where its value comes from, the field, what is wrong."""

from __future__ import annotations

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from callconsole.settings_catalogue import Effect, Kind, SettingInfo
from callconsole.ui.agent_fields import ModelField, VoiceField
from callconsole.ui.kit.button import Button
from callconsole.ui.kit.button import Kind as Look
from callconsole.ui.kit.icon_button import IconButton
from callconsole.ui.kit.pill import Pill
from callconsole.ui.kit.surfaces import Hairline
from callconsole.ui.kit.text import Text
from callconsole.ui.secret_field import SecretField
from callconsole.ui.setting_fields import (
    ChoiceField,
    Field,
    PathField,
    PromptField,
    SwitchField,
    TextField,
)
from callconsole.viewmodels.models import Models
from callconsole.viewmodels.settings_page import SettingsPage


class SettingRow(QWidget):
    """Label and source, help, field, and one line of default or fault."""

    def __init__(self, page: SettingsPage, info: SettingInfo, field: Field) -> None:
        super().__init__()
        self._page = page
        self.info = info
        self.field = field
        self.source = Pill(filled=False)
        self.reset = IconButton(
            "arrow-counter-clockwise", f"Reset to the default: {info.label}", 24
        )
        self.foot = Text("", 12, 400, "muted", wrap=True)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(Text(info.label, 13, 600))
        head.addStretch(1)
        head.addWidget(self.source)
        head.addWidget(self.reset)
        if info.page:
            field.row.insertWidget(field.row.count() - 1, self._page_button())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 6, 0, 6)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(Text(info.help, 12, 400, "muted", wrap=True))
        column.addSpacing(8)
        column.addWidget(field)
        column.addSpacing(4)
        column.addWidget(self.foot)
        column.addSpacing(14)
        column.addWidget(Hairline())
        self.reset.clicked.connect(lambda: page.reset(info.name))
        self.show_row()

    def _page_button(self) -> Button:
        button = Button("Where to find it", Look.GHOST, icon="arrow-square-out")
        button.setAccessibleName(f"Where to find it: {self.info.label}")
        button.setToolTip(self.info.page)
        button.clicked.connect(lambda: QDesktopServices.openUrl(QUrl(self.info.page)))
        return button

    def show_row(self) -> None:
        """Show the setting as it is now."""
        row = self._page.row(self.info.name)
        self.field.show_row(row)
        self.source.show_state(row.source, "muted" if not row.can_reset else "accent", row.symbol)
        self.source.setToolTip(f"{self.info.variable} in .env and in the environment")
        # Its place is kept, so that nothing moves when it comes.
        self.reset.setEnabled(row.can_reset)
        self.foot.setText(row.wrong or row.locked or " ".join(self._remarks(row.note)))
        self.foot.set_tone("danger" if row.wrong else "muted")
        self.foot.setVisible(bool(self.foot.text()))

    def _remarks(self, note: str) -> list[str]:
        default = self.info.default
        told = [f"Default: {default}."] if default else []
        if self.info.bounds:
            told.append(f"From {self.info.bounds[0]} to {self.info.bounds[1]}.")
        if note:
            told.append(note)
        elif self.info.effect is not Effect.AT_ONCE:
            told.append(f"A change counts {self.info.effect.value}.")
        return told


def make_row(models: Models, page: SettingsPage, info: SettingInfo) -> SettingRow:
    """The row with the field that suits the setting."""
    return SettingRow(page, info, _field(models, page, info))


def _field(models: Models, page: SettingsPage, info: SettingInfo) -> Field:
    match info.kind:
        case Kind.SECRET:
            return SecretField(page, info)
        case Kind.SWITCH:
            return SwitchField(page, info)
        case Kind.CHOICE:
            return ChoiceField(page, info, info.choices)
        case Kind.PROMPT:
            return PromptField(page, info, models.dialler)
        case Kind.FILE | Kind.FOLDER:
            return PathField(page, info)
        case Kind.MODEL if models.voices is not None:
            return ModelField(page, info, models.voices)
        case Kind.VOICE if models.voices is not None:
            return VoiceField(page, info, models.voices)
        case _:
            return TextField(page, info)
