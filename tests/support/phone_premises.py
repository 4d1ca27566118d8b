"""The phone line as it is set up for real calls, led to the practice services by its settings."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from callconsole.app import App
from callconsole.practice.world import PracticeWorld
from callconsole.settings import Settings

PUBLIC = "https://desk.example.com"


def settings_for(world: PracticeWorld, data: Path, **changes: object) -> Settings:
    """Everything that real calls need, at this world's services."""
    values = {
        "CALLCONSOLE_DATA_DIR": data,
        "server_port": 0,
        "server_base_url": PUBLIC,
        "twilio_account_sid": world.account_sid,
        "twilio_auth_token": world.auth_token,
        "twilio_phone_number": world.number,
        "twilio_api_base_url": world.carrier.base_url,
        "gemini_api_key": world.api_key,
        "google_gemini_base_url": world.agent.base_url,
        "ssl_cert_file": world.agent.ca_file,
        **changes,
    }
    return Settings(_env_file=None, **values)


@asynccontextmanager
async def premises(settings: Settings) -> AsyncIterator[App]:
    """An app with its phone line open, and no history."""
    app = App(settings)
    try:
        await app.open_line("phone")
        yield app
    finally:
        await app.stop()
