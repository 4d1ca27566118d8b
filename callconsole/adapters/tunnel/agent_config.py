"""The ngrok agent's configuration, in a file that only this user can read."""

from __future__ import annotations

import json
import os
from pathlib import Path

from pydantic import SecretStr

from callconsole.adapters.tunnel.problems import unwritable
from callconsole.domain.problems import ProblemError


def write(path: Path, authtoken: SecretStr) -> None:
    """Write it with mode 0600, in place of what was there. Raises `ProblemError`.

    The token is here because a command line would show it to every user. The agent's inspector
    would keep every webhook, and replay it to anybody on this computer; it is switched off, as
    are remote control and updates by themselves.
    """
    lines = (
        "version: '3'",
        "agent:",
        f"  authtoken: {json.dumps(authtoken.get_secret_value())}",
        "  inspect_db_size: -1",
        "  remote_management: false",
        "  update_check: false",
        "  console_ui: false",
    )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        with open(os.open(path, flags, 0o600), "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
    except OSError as error:
        raise ProblemError(unwritable(path, error.strerror)) from None
