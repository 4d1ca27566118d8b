"""What the check-up is shown of a console: its settings, its folder and the line that is open."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from callconsole.engine.console import Console
from callconsole.settings import Settings

if TYPE_CHECKING:
    from callconsole.lines import Line


class Premises(Protocol):
    """One console; `App` is one."""

    @property
    def settings(self) -> Settings:
        """Every setting."""
        ...

    @property
    def data(self) -> Path:
        """Folder of recordings and prompts."""
        ...

    @property
    def console(self) -> Console:
        """The engine, for the state of its services and its live calls."""
        ...

    @property
    def line(self) -> Line | None:
        """The line that is open, or None."""
        ...

    @property
    def port(self) -> int:
        """The port that our own server listens on; 0 while it does not."""
        ...
