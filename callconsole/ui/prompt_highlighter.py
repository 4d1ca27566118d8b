"""Marks what means something in a prompt: headings bold, variables in the accent."""

from __future__ import annotations

import re

from PySide6.QtGui import QColor, QFont, QSyntaxHighlighter, QTextCharFormat, QTextDocument

from callconsole.ui import theme
from callconsole.viewmodels.prompt_shelf import VARIABLE

_HEADING = re.compile(r"#{1,6}\s+\S")


class PromptHighlighter(QSyntaxHighlighter):
    """Keeps a document's marks in the scheme in force."""

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        self._heading = QTextCharFormat()
        self._heading.setFontWeight(QFont.Weight.Bold)
        self._variable = QTextCharFormat()
        self._recolour()
        theme.notifier.changed.connect(self._on_theme_changed)

    def highlightBlock(self, text: str) -> None:
        """Mark one paragraph."""
        if _HEADING.match(text):
            self.setFormat(0, _utf16(text), self._heading)
        for found in VARIABLE.finditer(text):
            # Qt counts UTF-16 units, Python characters.
            start = _utf16(text[: found.start()])
            self.setFormat(start, _utf16(found[0]), self._variable)

    def _recolour(self) -> None:
        self._variable.setForeground(QColor(theme.current().accent))
        self._variable.setBackground(QColor(theme.current().accent_soft))

    def _on_theme_changed(self) -> None:
        self._recolour()
        self.rehighlight()


def _utf16(text: str) -> int:
    return len(text) + sum(character > "\uffff" for character in text)
