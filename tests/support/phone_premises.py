"""The phone line as it is set up for real calls, led to the practice services by its settings."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from callconsole.app import App
from callconsole.practice.world import PracticeWorld
from callconsole.settings import Settings
from support import phone_line

PUBLIC = "https://desk.example.com"


def settings_for(world: PracticeWorld, data: Path, **changes: object) -> Settings:
    """Everything that real calls need, at this world's services."""
    return phone_line.settings_for(world, data, **{"server_base_url": PUBLIC, **changes})


@asynccontextmanager
async def premises(settings: Settings) -> AsyncIterator[App]:
    """An app with its phone line open, and no history."""
    app = App(settings)
    try:
        await app.open_line("phone")
        yield app
    finally:
        await app.stop()
