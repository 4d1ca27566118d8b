"""Where a prompt is written: monospaced, on 24 px lines, with line numbers; plain text only."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QPointF, QRect, QSize, Qt
from PySide6.QtGui import (
    QFontMetrics,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextBlock,
    QTextBlockFormat,
    QTextCursor,
    QTextOption,
)
from PySide6.QtWidgets import QFrame, QTextEdit, QWidget

from callconsole.ui import fonts, theme
from callconsole.ui.prompt_highlighter import PromptHighlighter
from callconsole.ui.zoom import px, zoom

LINE_PX = 24
TEXT_PX = 14
NUMBER_PX = 12
NUMBER_GAP = 16


class PromptEditor(QTextEdit):
    """A `QTextEdit`, because `QPlainTextEdit` ignores the height of its lines (look.md §8)."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFont(fonts.mono(TEXT_PX))
        self.setAcceptRichText(False)
        self.setTabChangesFocus(True)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setPlaceholderText("Tell the AI who it is, how it speaks and what to do.")
        self.setAccessibleName("Prompt text")
        self.document().setDocumentMargin(0)
        self._numbers = _LineNumbers(self)
        self._highlighter = PromptHighlighter(self.document())
        self.document().blockCountChanged.connect(self._make_room)
        self.document().documentLayout().documentSizeChanged.connect(self._numbers.update)
        self.verticalScrollBar().valueChanged.connect(self._numbers.update)
        self.cursorPositionChanged.connect(self._numbers.update)
        zoom.changed.connect(self._on_zoomed)
        self._space_lines()
        self._make_room()

    def text(self) -> str:
        """What is written, exactly; paragraphs end in ``\\n``."""
        # toPlainText would turn no-break spaces into common ones.
        return self.document().toRawText().replace("\u2029", "\n").replace("\u2028", "\n")

    def show_text(self, text: str) -> None:
        """Show another text and forget what could be undone."""
        self.setPlainText(text)
        self._space_lines()
        self.document().clearUndoRedoStacks()
        self.moveCursor(QTextCursor.MoveOperation.Start)

    def replace_text(self, text: str) -> None:
        """Put this text in place of all; Undo brings the old one back."""
        cursor = QTextCursor(self.document())
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.insertText(text)
        self.moveCursor(QTextCursor.MoveOperation.Start)

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Paste words only."""
        self.insertPlainText(source.text())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the numbers beside the text."""
        super().resizeEvent(event)
        self._place_numbers()

    def _space_lines(self) -> None:
        spaced = QTextBlockFormat()
        fixed = QTextBlockFormat.LineHeightTypes.FixedHeight
        spaced.setLineHeight(px(LINE_PX), fixed.value)
        cursor = QTextCursor(self.document())
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.mergeBlockFormat(spaced)

    def _on_zoomed(self) -> None:
        # Lines are spaced as a change to the text; it must neither be saved nor undone.
        blocked = self.blockSignals(True)
        self.document().setUndoRedoEnabled(False)
        self._space_lines()
        self.document().setUndoRedoEnabled(True)
        self.blockSignals(blocked)
        self._make_room()

    def _make_room(self) -> None:
        self.setViewportMargins(self._numbers.sizeHint().width(), 0, 0, 0)
        self._place_numbers()

    def _place_numbers(self) -> None:
        room = self.contentsRect()
        width = self._numbers.sizeHint().width()
        self._numbers.setGeometry(QRect(room.left(), room.top(), width, room.height()))
        self._numbers.update()


class _LineNumbers(QWidget):
    """The numbers left of the editor, one for each paragraph."""

    def __init__(self, editor: PromptEditor) -> None:
        super().__init__(editor)
        self._editor = editor
        self.setFont(fonts.mono(NUMBER_PX))

    def sizeHint(self) -> QSize:
        """Room for the largest number, two digits at least."""
        digits = max(len(str(self._editor.document().blockCount())), 2)
        return QSize(
            QFontMetrics(self.font()).horizontalAdvance("0" * digits) + px(NUMBER_GAP) + px(8), 0
        )

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Number the paragraphs in view."""
        painter = QPainter(self)
        painter.setFont(self.font())
        layout = self._editor.document().documentLayout()
        scrolled = self._editor.verticalScrollBar().value()
        here = self._editor.textCursor().blockNumber()
        block = self._editor.cursorForPosition(self.rect().topLeft()).block()
        while block.isValid():
            top = layout.blockBoundingRect(block).top() - scrolled
            if top > self.height():
                break
            current = block.blockNumber() == here and self._editor.hasFocus()
            painter.setPen(theme.colour("text" if current else "muted"))
            number = str(block.blockNumber() + 1)
            left = self.width() - px(NUMBER_GAP) - painter.fontMetrics().horizontalAdvance(number)
            painter.drawText(QPointF(left, top + _baseline(block)), number)
            block = block.next()


def _baseline(block: QTextBlock) -> float:
    """Where the first line's letters stand, in pixels below the paragraph's top."""
    line = block.layout().lineAt(0)
    return line.y() + line.ascent() if line.isValid() else px(LINE_PX) * 0.75
