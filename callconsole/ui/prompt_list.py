"""The column with all prompts: title and New, a search field, one row for each."""

from __future__ import annotations

from PySide6.QtCore import (
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QPainter, QPalette, QPen
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from callconsole.ui import fonts, theme
from callconsole.ui.kit.button import Button, Kind
from callconsole.ui.kit.line_field import LineField
from callconsole.ui.kit.text import Text
from callconsole.ui.prompt_new import NewName
from callconsole.ui.tokens import DIAL_WIDTH, RADIUS_CARD
from callconsole.ui.zoom import px
from callconsole.viewmodels.prompt_shelf import PromptEntry, PromptShelf

ROW = 44
ROW_GAP = 2
PAD_X = 12
DOT = 8
ENTRY = Qt.ItemDataRole.UserRole


class PromptList(QWidget):
    """Shows the shelf's entries and opens the one chosen."""

    def __init__(self, shelf: PromptShelf, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shelf = shelf
        self.setFixedWidth(DIAL_WIDTH)
        self.new_button = Button("New", Kind.SECONDARY, icon="plus")
        self.search = LineField("Find a prompt", "Find a prompt", height=32)
        self.new_name = NewName(shelf)
        self.rows = QListWidget()
        self.nothing = Text("", 13, 400, "muted", wrap=True)
        self._build()
        self.search.textChanged.connect(self._fill)
        self.new_button.clicked.connect(self.ask_name)
        self.new_name.done.connect(self._on_named)
        self.rows.currentItemChanged.connect(self._on_chosen)
        shelf.names_changed.connect(self._fill)
        shelf.current_changed.connect(self._fill)
        self._fill()

    def ask_name(self) -> None:
        """Open the field for a new prompt's name."""
        self.new_button.setEnabled(False)
        self.new_name.begin()

    def _build(self) -> None:
        head = QHBoxLayout()
        head.addWidget(Text("Prompts", 15, 600))
        head.addStretch(1)
        head.addWidget(self.new_button)
        self.rows.setFrameShape(QFrame.Shape.NoFrame)
        self.rows.setItemDelegate(_RowDelegate(self.rows))
        self.rows.setAccessibleName("Prompts")
        self.rows.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.rows.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.rows.setMouseTracking(True)
        self.rows.setSpacing(0)
        clear = QPalette()
        for role in (QPalette.ColorRole.Base, QPalette.ColorRole.Highlight):
            clear.setColor(role, QColor(Qt.GlobalColor.transparent))
        self.rows.setPalette(clear)
        self.rows.viewport().setAutoFillBackground(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 16, 12)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self.new_name)
        column.addWidget(self.search)
        column.addSpacing(4)
        column.addWidget(self.nothing)
        column.addWidget(self.rows, 1)

    def _fill(self) -> None:
        wanted = self.search.text().strip().casefold()
        entries = [e for e in self._shelf.entries if wanted in e.title.casefold()]
        self.rows.blockSignals(True)
        while self.rows.count() > len(entries):
            self.rows.takeItem(self.rows.count() - 1)
        while self.rows.count() < len(entries):
            self.rows.addItem(QListWidgetItem())
        self.rows.setCurrentRow(-1)
        for row, entry in enumerate(entries):
            self._write(self.rows.item(row), entry)
            if entry.name == self._shelf.current:
                self.rows.setCurrentRow(row)
        self.rows.blockSignals(False)
        self.nothing.setText(self._why_nothing(wanted))
        self.nothing.setVisible(not entries)

    def _write(self, item: QListWidgetItem, entry: PromptEntry) -> None:
        item.setData(ENTRY, entry)
        item.setData(
            Qt.ItemDataRole.AccessibleTextRole, entry.title + (", edited" if entry.edited else "")
        )
        item.setToolTip(entry.title)

    def _why_nothing(self, wanted: str) -> str:
        if wanted and self._shelf.names:
            return f"No prompt is called “{self.search.text().strip()}”."
        return "No prompts yet. Make one with New."

    def _on_chosen(self, item: QListWidgetItem | None) -> None:
        if item is None:
            return
        entry: PromptEntry = item.data(ENTRY)
        if entry.name != self._shelf.current and not self._shelf.open(entry.name):
            self._fill()

    def _on_named(self, made: bool) -> None:
        self.new_button.setEnabled(True)
        if made:
            self.search.clear()


class _RowDelegate(QStyledItemDelegate):
    """Draws one prompt: its title, and a dot with "edited"."""

    def sizeHint(
        self, option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """One row and the gap below it."""
        return QSize(option.rect.width(), px(ROW) + px(ROW_GAP))

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Draw ground, title and state."""
        entry: PromptEntry | None = index.data(ENTRY)
        if entry is None:
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = option.rect.adjusted(0, 0, 0, -px(ROW_GAP))
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        focused = selected and bool(option.state & QStyle.StateFlag.State_HasFocus)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        if selected or hovered:
            painter.setPen(QPen(theme.colour("accent"), 1) if focused else Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("accent_soft" if selected else "hover"))
            ground = QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5)
            painter.drawRoundedRect(ground, px(RADIUS_CARD), px(RADIUS_CARD))
        inner = box.adjusted(px(PAD_X), 0, -px(PAD_X), 0)
        room = inner.width() - (_paint_edited(painter, inner) if entry.edited else 0)
        painter.setFont(fonts.font(13, 600 if selected else 500))
        painter.setPen(theme.colour("text"))
        title = painter.fontMetrics().elidedText(entry.title, Qt.TextElideMode.ElideRight, room)
        painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter, title)
        painter.restore()


def _paint_edited(painter: QPainter, inner: QRect) -> int:
    """Draw the mark at the right end; return the room it takes."""
    painter.setFont(fonts.font(12, 500))
    words = painter.fontMetrics().horizontalAdvance("edited")
    painter.setPen(theme.colour("warning"))
    right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
    painter.drawText(inner, right, "edited")
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour("warning"))
    middle = QPointF(inner.right() - words - px(8) - px(DOT) / 2, inner.center().y() + 1)
    painter.drawEllipse(middle, px(DOT) / 2, px(DOT) / 2)
    return words + px(DOT) + px(24)
