"""Choosing a model and a voice: the list, what a model can do, and a sample to hear."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from callconsole.settings_catalogue import SettingInfo
from callconsole.ui.kit.banner import IconMark
from callconsole.ui.kit.button import Button, Kind
from callconsole.ui.kit.text import Text
from callconsole.ui.setting_fields import ChoiceField, Field, TextField
from callconsole.viewmodels.setting_rows import Row
from callconsole.viewmodels.settings_page import SettingsPage
from callconsole.viewmodels.voice_choice import VoiceChoice


class ModelField(Field):
    """Free text with a list beside it, and what the model can do below."""

    def __init__(self, page: SettingsPage, info: SettingInfo, choice: VoiceChoice) -> None:
        super().__init__(page, info)
        self._choice = choice
        self.text = TextField(page, info)
        self.list_button = Button("Choose", Kind.SECONDARY, icon="caret-down")
        self.list_button.setAccessibleName(f"Choose: {info.label}")
        self.text.row.insertWidget(1, self.list_button)
        self.menu = QMenu(self)
        self.where = Text("", 12, 400, "muted", wrap=True)
        self.warning = Text("", 12, 400, "warning", wrap=True)
        self._facts = QVBoxLayout()
        self._facts.setSpacing(4)
        self._shown: object = None
        column = QVBoxLayout()
        column.setSpacing(6)
        column.addWidget(self.text)
        column.addWidget(self.where)
        column.addWidget(self.warning)
        column.addLayout(self._facts)
        self.row.addLayout(column, 1)
        self.setFocusProxy(self.text)
        self.list_button.clicked.connect(self._on_list)
        choice.models_changed.connect(self._show_list)
        self._show_list()

    def _show_list(self) -> None:
        self.where.setText(self._choice.models_words)
        self.menu.clear()
        for name in self._choice.models:
            self.menu.addAction(name, partial(self._page.choose, self._info.name, name))

    def _on_list(self) -> None:
        self.menu.popup(self.list_button.mapToGlobal(self.list_button.rect().bottomLeft()))

    def show_row(self, row: Row) -> None:
        """Show name and abilities."""
        self.text.show_row(row)
        self.list_button.setEnabled(not row.locked)
        facts = self._choice.facts(row.text) if row.text.strip() else None
        if facts == self._shown:
            return
        self._shown = facts
        while item := self._facts.takeAt(0):
            if widget := item.widget():
                widget.hide()
                widget.deleteLater()
        for remark in facts.remarks if facts is not None else ():
            self._facts.addWidget(_Remark(remark.text, remark.able))
        self.warning.setText(facts.warning if facts is not None else "")
        self.warning.setVisible(bool(self.warning.text()))


class _Remark(QWidget):
    """One ability, with a tick or a dash."""

    def __init__(self, text: str, able: bool) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(IconMark("check" if able else "minus", "success" if able else "muted", 14))
        row.addWidget(Text(text, 12, 400, "text" if able else "muted"))
        row.addStretch(1)


class VoiceField(ChoiceField):
    """The prebuilt voices, each of which can be heard."""

    def __init__(self, page: SettingsPage, info: SettingInfo, choice: VoiceChoice) -> None:
        voices = [(voice.name, f"{voice.name}, {voice.character}") for voice in choice.voices()]
        super().__init__(page, info, voices)
        self._choice = choice
        self.hear = Button("Hear it", Kind.SECONDARY, icon="speaker-high")
        self.hear.setAccessibleName("Hear this voice")
        self.words = Text("", 12, 400, "muted", wrap=True)
        self.row.removeWidget(self.combo)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self.combo, 100)
        line.addWidget(self.hear)
        line.addStretch(1)
        column = QVBoxLayout()
        column.setSpacing(6)
        column.addLayout(line)
        column.addWidget(self.words)
        self.row.insertLayout(0, column, 1)
        self.hear.clicked.connect(self._on_hear)
        choice.sample_changed.connect(self._show_sample)
        self._show_sample()

    def _on_hear(self) -> None:
        self._choice.hear(self.combo.currentData())

    def _show_sample(self) -> None:
        self.words.setText(self._choice.sample_words)
        self.words.setVisible(bool(self.words.text()))
        self.words.set_tone("danger" if self._choice.sample_problem is not None else "muted")
        self.hear.setEnabled(not self._choice.sampling)
