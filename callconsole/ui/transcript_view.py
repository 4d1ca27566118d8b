"""The live transcript: a bar with find and copy, the bubbles, and the way back to the newest."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from callconsole.ui.kit.shortcut import shortcut_inside
from callconsole.ui.kit.text import Elided, Text
from callconsole.ui.transcript_find import FindBar, icon_button
from callconsole.ui.transcript_list import TranscriptList
from callconsole.ui.transcript_pill import JumpPill
from callconsole.viewmodels.transcript_model import TranscriptModel

EMPTY = "The conversation appears here, line by line, once the call is answered."
COPIED_MS = 1600


class TranscriptView(QWidget):
    """Shows one `TranscriptModel`.

    Keys, while the focus is inside: Ctrl+F find, F3 and Shift+F3 step, End to the newest line,
    Ctrl+C copy, Ctrl+A select all.
    """

    def __init__(self, model: TranscriptModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.lines = TranscriptList(model)
        self.find_bar = FindBar(model)
        self.pill = JumpPill(self.lines)
        self.aside = Elided("", 13, 400, "muted")
        self.empty = Text(EMPTY, 13, 400, "muted", wrap=True)
        self.find_button = icon_button("magnifying-glass", "Find", "Find (Ctrl+F)")
        self.copy_button = icon_button("copy", "Copy the transcript")
        self._pages = QStackedWidget()
        self._copied = QTimer(self, singleShot=True, interval=COPIED_MS)
        self._build()
        self._listen()
        self._show_page()
        self._on_lines_moved()

    # What the page tells ----------------------------------------------------------------

    def set_names(self, caller: str, agent: str) -> None:
        """Name the two sides."""
        self._model.set_names(caller, agent)

    def set_aside(self, text: str) -> None:
        """A few muted words after the title, such as the prompt's name."""
        self.aside.setText(text)

    def set_empty_text(self, text: str = EMPTY) -> None:
        """What stands here while there is no line yet, such as "Calling…"."""
        self.empty.setText(text)

    def set_live(self, live: bool) -> None:
        """Whether the call goes on; changes the pill's words."""
        self.pill.set_live(live)

    # What the reader does ---------------------------------------------------------------

    def widen_keys(self, part: QWidget) -> None:
        """Let Ctrl+F and F3 find here while anything in `part` of the window has the focus."""
        for shortcut in self._shortcuts:
            shortcut.setParent(part)

    def open_find(self) -> None:
        """Open the find bar and put the keyboard there; nothing while the lines are hidden."""
        if not self.isVisible():
            return
        self.find_bar.show()
        self.find_button.hide()
        self.aside.hide()
        self.find_bar.begin()

    def close_find(self) -> None:
        """Close the find bar and give the keyboard to the lines."""
        self.find_bar.hide()
        self.find_button.show()
        self.aside.show()
        self.find_bar.end()
        self.lines.setFocus(Qt.FocusReason.OtherFocusReason)

    def copy(self) -> None:
        """Copy the selected lines, or all, as plain text with times; show that it was done."""
        count = self.lines.copy()
        self.copy_button.set_content("", "check")
        said = f"Copied {count} line{'s' if count != 1 else ''}"
        self.copy_button.setToolTip(said)
        self.copy_button.setAccessibleName("Copy the transcript")
        self.announce(said)
        self._copied.start()

    def announce(self, text: str) -> None:
        """Let a screen reader say this when it has a moment."""
        event = QAccessibleAnnouncementEvent(self.lines, text)
        event.setPoliteness(QAccessible.AnnouncementPoliteness.Polite)
        QAccessible.updateAccessibility(event)

    # Inside -----------------------------------------------------------------------------

    def _build(self) -> None:
        bar = QHBoxLayout()
        bar.setContentsMargins(0, 0, 0, 0)
        bar.setSpacing(4)
        bar.addWidget(Text("Transcript", 13, 600))
        bar.addSpacing(1)
        bar.addWidget(self.aside, 1)
        bar.addWidget(self.find_bar, 1)
        bar.addWidget(self.find_button)
        bar.addWidget(self.copy_button)
        self.find_bar.hide()
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setMargin(24)
        self._pages.addWidget(self.empty)
        self._pages.addWidget(self.lines)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(bar)
        column.addWidget(self._pages, 1)
        self.setFocusProxy(self.lines)

    def _listen(self) -> None:
        self._shortcuts = []
        for keys, action in (
            (QKeySequence.StandardKey.Find, self.open_find),
            ("F3", lambda: self._step(1)),
            ("Shift+F3", lambda: self._step(-1)),
        ):
            self._shortcuts.append(shortcut_inside(self, keys, action))
        self.find_button.clicked.connect(self.open_find)
        self.copy_button.clicked.connect(self.copy)
        self.find_bar.closed.connect(self.close_find)
        self.find_bar.stepped.connect(self.lines.show_match)
        self.pill.clicked.connect(self._on_pill)
        self.lines.following_changed.connect(self._on_lines_moved)
        self.lines.unread_changed.connect(self._on_lines_moved)
        self._copied.timeout.connect(self._on_copied_shown)
        self._model.line_finished.connect(self.announce)
        for signal in (self._model.rowsInserted, self._model.modelReset):
            signal.connect(self._show_page)

    def _step(self, direction: int) -> None:
        if self.find_bar.isHidden():
            self.open_find()
        else:
            self.find_bar.step(direction)

    def _show_page(self) -> None:
        filled = self._model.rowCount() > 0
        self._pages.setCurrentWidget(self.lines if filled else self.empty)
        self.find_button.setEnabled(filled)
        self.copy_button.setEnabled(filled)

    def _on_lines_moved(self) -> None:
        if self.lines.following:
            self.pill.hide()
        elif self.lines.unread or not self.lines.at_end:
            self.pill.show_count(self.lines.unread)

    def _on_pill(self) -> None:
        self.lines.jump_to_end()
        self.lines.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_copied_shown(self) -> None:
        self.copy_button.set_content("", "copy")
        self.copy_button.setAccessibleName("Copy the transcript")
        self.copy_button.setToolTip("Copy the transcript")
