"""``python -m callconsole``, and the command of that name."""

from __future__ import annotations

import sys


def start() -> int:
    """Run one command; returns the exit code. Ctrl+C may come before anything is imported."""
    try:
        from callconsole import terminal
        from callconsole.cli import main

        try:
            return terminal.exit_code(main())
        finally:
            terminal.flush()
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(start())
