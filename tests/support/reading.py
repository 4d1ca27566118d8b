"""What a person does at a window in tests: reads it, and waits until something has happened."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from PySide6.QtWidgets import QLabel, QWidget

from callconsole.ui.kit.text import Elided


def words(widget: QWidget) -> list[str]:
    """Every text that can be read on a widget now."""
    return [
        label.text()
        for label in widget.findChildren(QWidget)
        if isinstance(label, QLabel | Elided) and label.isVisible()
    ]


async def until(signal: object, true: Callable[[], bool]) -> None:
    """Return once `true` holds, which is looked at each time that the signal is emitted."""
    happened = asyncio.Event()
    signal.connect(happened.set)  # type: ignore[attr-defined]
    async with asyncio.timeout(30):
        while not true():
            happened.clear()
            await happened.wait()
