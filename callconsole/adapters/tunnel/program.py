"""Where the ngrok program is on this computer, and where it can be had."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Final

NAME: Final = "ngrok.exe" if sys.platform == "win32" else "ngrok"


def find(wanted: Path | None, folder: Path) -> Path | None:
    """The program to run: the one that is set, else the one on PATH, else ours, else None."""
    if wanted is not None:
        return wanted
    installed = shutil.which("ngrok")
    if installed is not None:
        return Path(installed)
    own = folder / NAME
    return own if own.is_file() else None


def address() -> str:
    """Where the program for this system is downloaded from.

    Raises:
        pyngrok.exception.PyngrokError: there is none for it.
    """
    from pyngrok import installer

    return str(installer.get_ngrok_cdn_url("3"))


def megabytes(size_bytes: int) -> str:
    """A size as people read it, "12.4 MB"."""
    return f"{size_bytes / 1e6:.1f} MB"
