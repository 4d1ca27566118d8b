"""PortAudio itself: loaded late, and started anew when its list of devices is out of date."""

from __future__ import annotations

import threading
from typing import Any

from callconsole.domain.problems import Problem, ProblemError

lock = threading.RLock()
"""Held while devices are looked up and streams are opened or closed; never in a callback."""

_open: set[object] = set()
_missing: list[Problem] = []

NO_LIBRARY = Problem(
    "sound.no_library",
    "This computer's sound cannot be used",
    "The sound library PortAudio is not installed.",
    "Install it (on Debian and Ubuntu: sudo apt install libportaudio2), then start again.",
)


def load() -> Any:
    """The `sounddevice` module; the first time takes up to a second. Raises `ProblemError`.

    A library that is missing is not looked for again: looking starts other programs.
    """
    if _missing:
        raise ProblemError(NO_LIBRARY)
    try:
        import sounddevice
    except (OSError, ImportError):
        _missing.append(NO_LIBRARY)
        raise ProblemError(NO_LIBRARY) from None
    return sounddevice


def renew(sounddevice: Any) -> bool:
    """Have the list of devices read again; False where an open stream forbids it.

    PortAudio reads the list once; to read it again it has to be started anew, which would stop
    every open stream.
    """
    with lock:
        if _open:
            return False
        sounddevice._terminate()
        sounddevice._initialize()
        return True


def opened(stream: object) -> None:
    """Count a stream as open: PortAudio must not be started anew under it."""
    _open.add(stream)


def close(stream: Any) -> None:
    """Close a stream at once and forget it; safe for one that has failed."""
    with lock:
        _open.discard(stream)
        # What is gone already cannot be closed any better.
        stream.abort(ignore_errors=True)
        stream.close(ignore_errors=True)


def reason(error: Exception) -> str:
    """What PortAudio says, without its "Error opening …:", in brackets; empty for nothing."""
    words = str(error.args[0]).partition(":")[2].strip() if error.args else ""
    return f" ({words})" if words else ""
