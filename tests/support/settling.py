"""Lets a window take in what a test has just done to it."""

from __future__ import annotations

import asyncio

from PySide6.QtWidgets import QApplication


async def settle() -> None:
    """Return once what was started before has gone on, and Qt's posted events are handled."""
    for _ in range(4):
        await asyncio.sleep(0)
    QApplication.sendPostedEvents()
