"""The column with the kept calls: search, filters, rows and pages."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QKeySequence, QPalette
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from callconsole.ui.fitting import fix_width
from callconsole.ui.history_row import ROW_DATA, ColumnCaptions, HistoryRowDelegate
from callconsole.ui.kit.blank import Blank
from callconsole.ui.kit.button import Button, Kind
from callconsole.ui.kit.combo import Combo
from callconsole.ui.kit.icon_button import IconButton
from callconsole.ui.kit.line_field import LineField
from callconsole.ui.kit.shortcut import shortcut_inside
from callconsole.ui.kit.text import Elided, Text
from callconsole.ui.tokens import HEAD_HEIGHT
from callconsole.viewmodels.call_list import CallList, ListState
from callconsole.viewmodels.call_search import CallFilter
from callconsole.viewmodels.dialler import Dialler
from callconsole.viewmodels.history_rows import HistoryRow

WIDE, NARROW = 540, 364
ANY_PROMPT = "Any prompt"
STARRED = "Only calls with a starred moment"
HINTS = {
    CallFilter.FAILED: "Busy, no answer, declined, or failed on the way",
    CallFilter.VOICEMAIL: "Answered by a machine, so the AI hung up",
}


class CallRows(QListWidget):
    """The rows; Space and the side arrows are left to the player.

    Signals:
        entered: Enter was pressed on the selected row, or it was double-clicked.
        deletion_asked: Delete was pressed on it.
    """

    entered = Signal()
    deletion_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setItemDelegate(HistoryRowDelegate(self))
        self.setAccessibleName("Calls")
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        clear = QPalette()
        for role in (QPalette.ColorRole.Base, QPalette.ColorRole.Highlight):
            clear.setColor(role, QColor(Qt.GlobalColor.transparent))
        self.setPalette(clear)
        self.viewport().setAutoFillBackground(False)
        self.itemDoubleClicked.connect(lambda _item: self.entered.emit())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens; what the window knows better is left to it."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered.emit()
        elif event.key() == Qt.Key.Key_Delete and self.currentRow() >= 0:
            self.deletion_asked.emit()
        elif event.text() and event.text().isprintable() and not event.modifiers():
            event.ignore()
        else:
            super().keyPressEvent(event)


class HistoryList(QWidget):
    """Shows a `CallList` and selects in it.

    Signals:
        entered: the selected call's page is wanted.
    """

    entered = Signal()

    def __init__(self, calls: CallList, dialler: Dialler, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._calls = calls
        self._dialler = dialler
        self.summary = Elided("", 12, 400, "muted", tabular=True)
        self.search = LineField("Find calls", "Search numbers and prompts")
        self.prompt = Combo("Prompt")
        self.starred = Button("", Kind.GHOST, icon="star", height=HEAD_HEIGHT)
        self.filters: dict[CallFilter, Button] = {}
        self.captions = ColumnCaptions()
        self.rows = CallRows()
        self.blank = Blank()
        self.range = Elided("", 12, 400, "muted", tabular=True)
        self.newer = IconButton("caret-left", "Newer calls")
        self.older = IconButton("caret-right", "Older calls")
        self._body = QStackedWidget()
        self._wants_focus = False
        self._build()
        self._listen()
        self._list_prompts()
        self.set_narrow(False)
        self._show()

    def set_narrow(self, narrow: bool) -> None:
        """Take less room; the prompt's field moves beside the search."""
        fix_width(self, NARROW if narrow else WIDE)
        (self._search_row if narrow else self._filter_row).addWidget(self.prompt)
        self.captions.set_narrow(narrow)
        fix_width(self.prompt, 116 if narrow else 124)

    def focus_rows(self) -> None:
        """Give the keyboard to the rows once they are there, or to the search without any."""
        self._wants_focus = self._calls.state is ListState.LOADING
        rows = self._body.currentWidget() is self.rows
        (self.rows if rows else self.search).setFocus(Qt.FocusReason.OtherFocusReason)

    # Building ---------------------------------------------------------------------------------

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(Text("History", 15, 600))
        head.addWidget(self.summary, 1)
        head.addWidget(self.starred)
        self.starred.setCheckable(True)
        self.starred.setAccessibleName(STARRED)
        self.starred.setToolTip(STARRED)
        self._search_row = QHBoxLayout()
        self._search_row.setSpacing(8)
        self._search_row.addWidget(self.search, 1)
        self._filter_row = QHBoxLayout()
        self._filter_row.setSpacing(0)
        group = QButtonGroup(self)
        for key in CallFilter:
            button = Button(key.value, Kind.GHOST, height=32, text_size=12)
            button.setCheckable(True)
            button.setAutoExclusive(True)  # one of several, to a screen reader too
            button.setToolTip(HINTS.get(key, ""))
            group.addButton(button)
            self._filter_row.addWidget(button)
            self.filters[key] = button
        self._filter_row.addStretch(1)
        self._body.addWidget(self.rows)
        self._body.addWidget(self.blank)
        foot = QHBoxLayout()
        foot.setSpacing(4)
        foot.addWidget(self.range, 1)
        foot.addWidget(self.newer)
        foot.addWidget(self.older)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 16, 8)
        column.setSpacing(8)
        column.addLayout(head)
        column.addLayout(self._search_row)
        column.addLayout(self._filter_row)
        table = QVBoxLayout()
        table.setSpacing(0)
        table.addWidget(self.captions)
        table.addWidget(self._body, 1)
        column.addLayout(table, 1)
        column.addLayout(foot)

    def _listen(self) -> None:
        calls = self._calls
        self.search.textChanged.connect(calls.search)
        self.search.returnPressed.connect(self._to_rows)
        self.prompt.activated.connect(self._on_prompt)
        self.starred.toggled.connect(calls.choose_starred)
        for key, button in self.filters.items():
            button.clicked.connect(lambda _on=False, key=key: calls.choose_filter(key))
        self.rows.currentItemChanged.connect(self._on_current)
        self.rows.entered.connect(self.entered)
        self.newer.clicked.connect(calls.newer)
        self.older.clicked.connect(calls.older)
        self.blank.button.clicked.connect(self._on_way_on)
        calls.changed.connect(self._show)
        calls.selection_changed.connect(self._show_selection)
        self._dialler.options_changed.connect(self._list_prompts)
        shortcut_inside(self, QKeySequence.StandardKey.Find, self._to_search)

    # What is shown ----------------------------------------------------------------------------

    def _show(self) -> None:
        calls, wanted = self._calls, self._calls.wanted
        self.summary.setText(calls.summary)
        self.range.setText(calls.range_text)
        for key, button in self.filters.items():
            chosen = key is wanted.filter
            button.setChecked(chosen)
            button.set_kind(Kind.SELECTED if chosen else Kind.GHOST)
        self.starred.setChecked(wanted.starred)
        self.starred.set_kind(Kind.SELECTED if wanted.starred else Kind.GHOST)
        if not wanted.text and not self.search.hasFocus():
            self.search.clear()
        self.prompt.setCurrentIndex(max(0, self.prompt.findData(wanted.prompt)))
        paged = calls.has_newer or calls.has_older
        for arrow, can in ((self.newer, calls.has_newer), (self.older, calls.has_older)):
            arrow.setVisible(paged)
            arrow.setEnabled(can)
        self._fill()
        self._show_blank()

    def _fill(self) -> None:
        rows = self._calls.rows
        self.rows.blockSignals(True)
        while self.rows.count() > len(rows):
            self.rows.takeItem(self.rows.count() - 1)
        while self.rows.count() < len(rows):
            self.rows.addItem(QListWidgetItem())
        for place, row in enumerate(rows):
            item = self.rows.item(place)
            if item.data(ROW_DATA) != row:
                item.setData(ROW_DATA, row)
                item.setData(Qt.ItemDataRole.AccessibleTextRole, row.spoken())
        self.rows.blockSignals(False)
        self._show_selection()

    def _show_selection(self) -> None:
        places = [row.sid for row in self._calls.rows]
        selected = self._calls.selected
        place = places.index(selected) if selected in places else -1
        self.rows.blockSignals(True)
        self.rows.setCurrentRow(place)
        self.rows.blockSignals(False)

    def _show_blank(self) -> None:
        calls, wanted = self._calls, self._calls.wanted
        empty = not calls.rows or calls.state is not ListState.READY
        self._wants_focus |= empty and self.rows.hasFocus()
        self._body.setCurrentWidget(self.blank if empty else self.rows)
        self.captions.setVisible(not empty)
        if calls.problem is not None:
            problem = calls.problem
            line = f"{problem.cause} {problem.cure}".strip()
            self.blank.say(problem.title, line, "warning", "danger", "Try again")
        elif calls.state is ListState.LOADING:
            self.blank.say("Looking up the calls…", icon="clock-counter-clockwise")
        elif wanted.narrowed:
            self.blank.say(wanted.nothing_found, "", "magnifying-glass", "muted", "Show all calls")
        else:
            self.blank.say("No calls yet", wanted.nothing_found, "phone")
        if self._wants_focus and calls.state is not ListState.LOADING:
            self.focus_rows()

    def _list_prompts(self) -> None:
        self.prompt.clear()
        self.prompt.addItem(ANY_PROMPT, None)
        for name, title in self._dialler.prompts:
            self.prompt.addItem(title, name)
        self.prompt.setCurrentIndex(max(0, self.prompt.findData(self._calls.wanted.prompt)))

    # What is done -----------------------------------------------------------------------------

    def _on_current(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            row: HistoryRow = item.data(ROW_DATA)
            self._calls.select(row.sid)

    def _on_prompt(self, index: int) -> None:
        self._calls.choose_prompt(self.prompt.itemData(index))

    def _on_way_on(self) -> None:
        if self._calls.problem is not None:
            self._calls.refresh()
        else:
            self.search.clear()
            self._calls.show_all()

    def _to_search(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def _to_rows(self) -> None:
        if self.rows.count():
            self.rows.setFocus(Qt.FocusReason.OtherFocusReason)
            if self.rows.currentRow() < 0:
                self.rows.setCurrentRow(0)
