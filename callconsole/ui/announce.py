"""Tells screen readers what changed, at once."""

from __future__ import annotations

from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QWidget


def announce(widget: QWidget, words: str, *, politely: bool = False) -> None:
    """Have these words read out now, or `politely` after what is being read."""
    if not QAccessible.isActive():
        return
    event = QAccessibleAnnouncementEvent(widget, words)
    politeness = QAccessible.AnnouncementPoliteness
    event.setPoliteness(politeness.Polite if politely else politeness.Assertive)
    QAccessible.updateAccessibility(event)
