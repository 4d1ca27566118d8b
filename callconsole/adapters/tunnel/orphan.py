"""Ends an agent that outlived a console which died: it would hold the address for ever."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Final

_FILE: Final = "agent.json"
_ASK_LIMIT_S: Final = 3.0


def remember(folder: Path, pid: int | None) -> None:
    """Note which process is ours, for the console after this one."""
    with contextlib.suppress(OSError):
        (folder / _FILE).write_text(json.dumps({"pid": pid, "console": os.getpid()}), "utf-8")


def forget(folder: Path) -> None:
    """The agent has ended."""
    with contextlib.suppress(OSError):
        (folder / _FILE).unlink(missing_ok=True)


def end(folder: Path, config_path: Path) -> None:
    """Kill the noted agent where it still runs with our configuration and its console is gone.

    A process id may belong to another program by now, and a second console may be alive; both
    are left alone. On Windows nothing is done.
    """
    if sys.platform == "win32":
        return
    try:
        noted = json.loads((folder / _FILE).read_text("utf-8"))
        pid, console = int(noted["pid"]), int(noted["console"])
    except (OSError, ValueError, KeyError, TypeError):
        return
    parent, command = _process(pid)
    if parent is not None and parent != console and str(config_path) in command:
        with contextlib.suppress(OSError):
            os.kill(pid, signal.SIGKILL)
    if parent != console:
        forget(folder)


def _process(pid: int) -> tuple[int | None, str]:
    """A process's parent and command line; None where it does not run."""
    try:
        told = subprocess.run(  # noqa: S603 (a fixed command)
            ["ps", "-ww", "-o", "ppid=,args=", "-p", str(pid)],  # noqa: S607
            capture_output=True,
            text=True,
            timeout=_ASK_LIMIT_S,
            check=False,
        ).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return None, ""
    parent, _, command = told.partition(" ")
    return (int(parent), command) if parent.isdigit() else (None, "")
