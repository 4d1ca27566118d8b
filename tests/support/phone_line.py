"""Settings that lead the phone line to the practice services."""

from __future__ import annotations

from pathlib import Path

from callconsole.practice.world import PracticeWorld
from callconsole.settings import Settings


def settings_for(world: PracticeWorld, data: Path, **changes: object) -> Settings:
    """Complete but for the way to the outside; `changes` go over everything."""
    values = {
        "CALLCONSOLE_DATA_DIR": data,
        "server_port": 0,
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
