"""One check on the board: symbol, title, how it stands, the cure, and its button."""

from __future__ import annotations

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from callconsole.domain.checkup import Action, ActionKind
from callconsole.ui.kit.button import Button, Kind
from callconsole.ui.kit.spinner import StateMark
from callconsole.ui.kit.surfaces import Surface
from callconsole.ui.kit.text import Text
from callconsole.ui.tokens import RADIUS_CARD
from callconsole.viewmodels.check_words import CheckRow

TITLE_WIDTH = 148
_ICONS = {
    ActionKind.PAGE: "arrow-square-out",
    ActionKind.COMMAND: "copy",
    ActionKind.PROMPTS: "file-text",
    ActionKind.SETTINGS: "gear-six",
    ActionKind.DOWNLOAD: "download-simple",
    ActionKind.PORT: "check",
    ActionKind.NUMBER: "phone-incoming",
}
# Of these the target tells more than the button's words.
_TOLD = (ActionKind.PAGE, ActionKind.COMMAND, ActionKind.NUMBER)


class CheckLine(Surface):
    """Kept while its check is run again, so that nothing moves.

    Signals:
        acted: the button was pressed, and what its `Action` does is not done here.
    """

    acted = Signal(object)

    ring_radius = RADIUS_CARD

    def __init__(self, row: CheckRow, parent: QWidget | None = None) -> None:
        super().__init__("surface", parent=parent)
        self._action: Action | None = None
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.mark = StateMark()
        self.detail = Text("", 13, 400, wrap=True)
        self.cure = Text("", 13, 400, "muted", wrap=True)
        self.button = Button("", Kind.SECONDARY, height=32)
        self.button.clicked.connect(self._act)
        title = Text(row.title, 13, 600, wrap=True)
        title.setFixedWidth(TITLE_WIDTH)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.detail)
        words.addWidget(self.cure)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 10, 12, 10)
        layout.setSpacing(12)
        layout.addWidget(self.mark, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(title, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(words, 1)
        layout.addWidget(self.button, 0, Qt.AlignmentFlag.AlignTop)
        self.show_row(row)

    def show_row(self, row: CheckRow) -> None:
        """Show how the check stands now."""
        self.mark.show_state(row.symbol, row.tone, turning=row.running)
        self.detail.setText(row.detail)
        self.detail.set_tone("text" if row.wrong else "muted")
        self.cure.setText(row.cure)
        self.cure.setVisible(bool(row.cure))
        self._action = row.action
        self.button.setVisible(row.action is not None)
        if row.action is not None:
            self.button.set_content(row.action.label, _ICONS[row.action.kind])
            self.button.setAccessibleName(f"{row.action.label}: {row.title}")
            self.button.setToolTip(row.action.target if row.action.kind in _TOLD else "")
        self.setAccessibleName(f"{row.title}: {row.word}")
        self.setAccessibleDescription(f"{row.detail} {row.cure}".strip())

    def set_marked(self, marked: bool) -> None:
        """Be the one that was asked for."""
        self.set_ground("accent_soft" if marked else "surface")

    def _act(self) -> None:
        action = self._action
        if action is None:
            return
        if action.kind is ActionKind.PAGE:
            QDesktopServices.openUrl(QUrl(action.target))
        elif action.kind is ActionKind.COMMAND:
            QGuiApplication.clipboard().setText(action.target)
            self.button.set_content("Copied", "check")
        else:
            self.acted.emit(action)
