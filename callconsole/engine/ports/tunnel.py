"""The end through which the outside reaches us."""

from __future__ import annotations

from typing import Protocol


class Tunnel(Protocol):
    """How the outside world reaches our server."""

    async def open(self, local_port: int) -> str:
        """Return the public https address without a trailing slash. Raises `ProblemError`."""
        ...

    async def close(self) -> None:
        """Take the address down."""
        ...
