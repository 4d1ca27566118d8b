"""The head of a page: its title with a pill, a line below, and buttons at the right."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget


def head(title: QWidget, pill: QWidget, line: QWidget, *buttons: QWidget) -> QHBoxLayout:
    """Lay these out as the first row of a page."""
    first = QHBoxLayout()
    first.setSpacing(12)
    first.addWidget(title)
    first.addWidget(pill)
    first.addStretch(1)
    words = QVBoxLayout()
    words.setSpacing(4)
    words.addLayout(first)
    words.addWidget(line)
    made = QHBoxLayout()
    made.setSpacing(8)
    made.addLayout(words, 1)
    for button in buttons:
        made.addWidget(button)
    return made
