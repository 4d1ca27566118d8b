"""The right panel of the prompts page: what the open prompt's agent may do besides talking."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from callconsole.domain.abilities import Ability
from callconsole.ui.kit.surfaces import Hairline, Scroll, SideSurface
from callconsole.ui.kit.switch import Switch
from callconsole.ui.kit.text import Text
from callconsole.ui.tokens import SIDE_WIDTH
from callconsole.ui.transfer_list import TransferList
from callconsole.viewmodels.ability_words import ABILITY_WORDS
from callconsole.viewmodels.prompt_shelf import PromptShelf


class AbilitiesPanel(SideSurface):
    """264 wide; lies on the window, or over the editor as a drawer."""

    def __init__(self, shelf: PromptShelf, parent: QWidget | None = None) -> None:
        super().__init__("window", radius=12, parent=parent)
        self.setFixedWidth(SIDE_WIDTH)
        self._shelf = shelf
        self.switches: dict[Ability, Switch] = {}
        self.targets = TransferList(shelf)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(16, 8, 16, 12)
        column.setSpacing(0)
        column.addWidget(Text("What the AI may do", 13, 600))
        column.addSpacing(2)
        column.addWidget(Text("Besides talking. Saved with the prompt.", 12, 400, "muted"))
        column.addSpacing(8)
        for ability, (title, caption) in ABILITY_WORDS.items():
            if ability is Ability.TRANSFER_CALL:
                column.addSpacing(14)
                column.addWidget(Hairline())
                column.addSpacing(4)
            column.addSpacing(8)
            column.addWidget(self._switch(ability, title, caption))
            words = Text(caption, 12, 400, "muted", wrap=True)
            words.setContentsMargins(0, 0, 44, 0)
            column.addWidget(words)
        column.addSpacing(12)
        column.addWidget(self.targets)
        column.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 2, 0, 2)
        outer.addWidget(Scroll(content))

    def _switch(self, ability: Ability, title: str, caption: str) -> Switch:
        switch = Switch(title, weight=500)
        switch.setAccessibleDescription(caption)
        switch.clicked.connect(lambda on: self._on_switched(ability, on))
        self.switches[ability] = switch
        return switch

    def show_prompt(self) -> None:
        """Show the open prompt's."""
        there = bool(self._shelf.current)
        for ability, switch in self.switches.items():
            switch.setChecked(ability in self._shelf.abilities.allowed)
            switch.setEnabled(there)
        self.targets.show_targets(self._shelf.targets)
        self._show_targets()

    def _on_switched(self, ability: Ability, on: bool) -> None:
        self._shelf.allow(ability, on)
        self._show_targets()

    def _show_targets(self) -> None:
        transfer = self.switches[Ability.TRANSFER_CALL]
        self.targets.setEnabled(transfer.isChecked() and transfer.isEnabled())
