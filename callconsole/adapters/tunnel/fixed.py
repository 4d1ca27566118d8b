"""A public address that somebody else leads to our server, such as a reverse proxy."""

from __future__ import annotations


class FixedAddress:
    """The address as it was given; fulfils `ports.Tunnel`."""

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")

    async def open(self, local_port: int) -> str:
        """Return the address as it was given."""
        return self._url

    async def close(self) -> None:
        """There is nothing to take down."""
