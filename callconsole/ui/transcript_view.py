"""The live transcript: a bar with find and copy, the bubbles, and the way back to the newest."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from callconsole.ui.announce import announce
from callconsole.ui.kit.button import Button, Kind
from callconsole.ui.kit.shortcut import shortcut_inside
from callconsole.ui.kit.text import Elided, Text
from callconsole.ui.transcript_find import BUTTON, FindBar, icon_button
from callconsole.ui.transcript_list import TranscriptList
from callconsole.ui.transcript_pill import JumpPill
from callconsole.viewmodels.transcript_model import TranscriptModel

EMPTY = "The conversation appears here, line by line, once the call is answered."
COPIED_MS = 1600


class TranscriptView(QWidget):
    """Shows one `TranscriptModel`.

    Keys, while the focus is inside: Ctrl+F find, F3 and Shift+F3 step, F4 and Shift+F4 from star
    to star, End to the newest line, Ctrl+C copy, Ctrl+A select all.
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
        self.title = Text("Transcript", 13, 600)
        self.stars = Button("", Kind.GHOST, icon="star-fill", height=BUTTON, text_size=12)
        self.copy_button = icon_button("copy", "Copy the transcript")
        self._stars_shown = -1
        self._front: QWidget | None = None
        self._pages = QStackedWidget()
        self._copied = QTimer(self, singleShot=True, interval=COPIED_MS)
        self._build()
        self._listen()
        self._show_page()
        self._show_stars()
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

    def put_in_front(self, part: QWidget) -> None:
        """Give this part the title's place for as long as `set_in_front` says."""
        self._front = part
        self._bar.insertWidget(0, part, 1)
        self.set_in_front(False)

    def set_in_front(self, shown: bool) -> None:
        """Show what was put in front, or the title."""
        if self._front is None:
            return
        if not shown and self._front.isAncestorOf(self.window().focusWidget()):
            # Left alone, the focus may wander to where Space ends the call.
            self.lines.setFocus(Qt.FocusReason.OtherFocusReason)
        self._front.setVisible(shown)
        self.title.setVisible(not shown)
        self.aside.setVisible(not shown and self.find_bar.isHidden())

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
        self.aside.setVisible(self._front is None or self._front.isHidden())
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
        announce(self.lines, text, politely=True)

    # Inside -----------------------------------------------------------------------------

    def _build(self) -> None:
        bar = QHBoxLayout()
        bar.setContentsMargins(0, 0, 0, 0)
        bar.setSpacing(4)
        bar.addWidget(self.title)
        bar.addSpacing(1)
        bar.addWidget(self.aside, 1)
        bar.addWidget(self.find_bar, 1)
        bar.addWidget(self.stars)
        bar.addWidget(self.find_button)
        bar.addWidget(self.copy_button)
        self._bar = bar
        self.find_bar.hide()
        self.stars.setFocusPolicy(Qt.FocusPolicy.TabFocus)
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
            ("F4", lambda: self._step_star(1)),
            ("Shift+F4", lambda: self._step_star(-1)),
        ):
            self._shortcuts.append(shortcut_inside(self, keys, action))
        self.find_button.clicked.connect(self.open_find)
        self.copy_button.clicked.connect(self.copy)
        self.find_bar.closed.connect(self.close_find)
        self.find_bar.stepped.connect(self.lines.show_match)
        self.pill.clicked.connect(self._on_pill)
        self.lines.following_changed.connect(self._on_lines_moved)
        self.lines.unread_changed.connect(self._on_lines_moved)
        self.stars.clicked.connect(lambda: self._step_star(1))
        self._model.stars_changed.connect(self._show_stars)
        self._copied.timeout.connect(self._on_copied_shown)
        self._model.line_finished.connect(self.announce)
        for signal in (self._model.rowsInserted, self._model.modelReset):
            signal.connect(self._show_page)
            signal.connect(self._show_stars)

    def _step(self, direction: int) -> None:
        if self.find_bar.isHidden():
            self.open_find()
        else:
            self.find_bar.step(direction)

    def _step_star(self, direction: int) -> None:
        """To the next star (1) or the one before (-1), round the ends."""
        rows = self._model.starred_rows()
        if not rows or not self.isVisible():
            return
        chosen = self.lines.selected_rows()
        if direction > 0:
            further = [row for row in rows if chosen and row > chosen[0]]
            row = further[0] if further else rows[0]
        else:
            further = [row for row in rows if chosen and row < chosen[0]]
            row = further[-1] if further else rows[-1]
        self.lines.go_to(row)
        self.lines.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_stars(self) -> None:
        count = len(self._model.starred_rows())
        if count == self._stars_shown:
            return
        self._stars_shown = count
        if not count and self.stars.hasFocus():
            self.lines.setFocus(Qt.FocusReason.OtherFocusReason)
        self.stars.setVisible(bool(count))
        self.stars.set_content(f"Starred {count}")
        self.stars.setAccessibleName(f"Starred moments: {count}")
        self.stars.setToolTip("Next starred moment (F4); Shift+F4: the one before")

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
