"""The SDK's socket, with a way past the SDK for audio; the SDK notices nothing of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from websockets.frames import Frame, Opcode
from websockets.protocol import Event, State
from websockets.typing import Data

from callconsole.adapters.gemini.bounded_socket import BoundedSocket
from callconsole.adapters.gemini.client_frame import Masks, text_frame

_MESSAGE_PARTS = frozenset({Opcode.TEXT, Opcode.BINARY, Opcode.CONT})


class LiveSocket(BoundedSocket):
    """A client's socket that can write without waiting and hand messages over as they come.

    Attributes:
        on_frame: given each whole message as soon as it arrives, while none that came before
            it is still waiting to be read; returns False to leave it to `recv`.
        sent: what is being sent meanwhile, for comparison, or None to take no notes.
    """

    on_frame: Callable[[bytes], bool] | None = None
    sent: list[object] | None = None
    _arrived = 0
    _taken = 0
    _done = 0
    _unread: Data | None = None
    _masks: Masks | None = None

    @property
    def taken(self) -> int:
        """How many messages `recv` has given out so far."""
        return self._taken

    def caught_up(self) -> None:
        """All that `recv` has given out so far has been dealt with."""
        self._done = self._taken

    def unread(self, frame: Data) -> None:
        """Let the next `recv` give this message again."""
        self._unread = frame

    def write_now(self, frame: bytes) -> bool:
        """Write a text frame without waiting; False, and nothing done, where it would wait."""
        transport = self.transport
        if (
            self.state is not State.OPEN
            or transport.is_closing()
            or transport.get_write_buffer_size()
        ):
            return False
        if self._masks is None:
            self._masks = Masks()
        transport.write(text_frame(frame, self._masks.next()))
        return True

    async def recv(self, decode: bool | None = None) -> Any:
        """As in `websockets`; first a message that was read and given back."""
        if self._unread is not None:
            frame, self._unread = self._unread, None
            return frame
        frame = await super().recv(decode)
        self._taken += 1
        return frame

    async def send(self, message: Any, *, text: bool | None = None) -> None:
        """As in `websockets`, noted where notes are taken."""
        if self.sent is not None:
            self.sent.append(message)
        await super().send(message, text=text)

    def process_event(self, event: Event) -> None:
        """Take a message at once where that keeps the order, else queue it for `recv`."""
        if isinstance(event, Frame) and event.opcode in _MESSAGE_PARTS and event.fin:
            if (
                self.on_frame is not None
                and event.opcode is not Opcode.CONT
                and self._arrived == self._done
                and self.on_frame(bytes(event.data))
            ):
                return
            self._arrived += 1
        super().process_event(event)
