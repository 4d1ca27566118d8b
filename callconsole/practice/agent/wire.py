"""Send the agent's messages over one socket."""

from __future__ import annotations

from websockets.asyncio.server import ServerConnection
from websockets.protocol import State

from callconsole.practice.agent.protocol import Json, write_message


class Wire:
    """One socket's way out: binary frames as the real service sends them.

    Args:
        socket: the connection.
        text_frames: send text frames instead.
    """

    def __init__(self, socket: ServerConnection, *, text_frames: bool = False) -> None:
        self._socket = socket
        self._text_frames = text_frames
        self._frozen = False

    @property
    def is_open(self) -> bool:
        """False from the beginning of the closing handshake on."""
        return self._socket.state is State.OPEN

    async def send(self, message: Json) -> None:
        """Send one message; raises websockets' `ConnectionClosed`."""
        frame = write_message(message)
        await self.send_frame(frame.decode() if self._text_frames else frame)

    async def send_frame(self, frame: bytes | str) -> None:
        """Send a frame as it stands; nothing goes out while frozen."""
        if not self._frozen:
            await self._socket.send(frame)

    def freeze(self) -> None:
        """Neither send nor read from now on, so that pings stay unanswered too."""
        self._frozen = True
        self._socket.transport.pause_reading()

    def drop(self) -> None:
        """Cut the TCP connection at once."""
        self._socket.transport.abort()
