"""The seam around the SDK for audio, the one kind of message that comes many times a second.

The SDK builds and parses every message with pydantic models, at about 0.1 ms each. Audio is
written and read here without them, on the SDK's own socket; everything else is left to the SDK.
Nothing is taken for granted: `callconsole.adapters.gemini.connection` lets the SDK write and read
the first audio message of each connection, and comes here only where both agree to the byte.
"""

from __future__ import annotations

import binascii
import json
from collections.abc import Callable
from typing import Any

from websockets.extensions import Extension
from websockets.frames import Frame, Opcode
from websockets.http11 import Response
from websockets.protocol import Event, State
from websockets.typing import Data

from callconsole.adapters.gemini.bounded_socket import BoundedSocket

_MESSAGE_PARTS = frozenset({Opcode.TEXT, Opcode.BINARY, Opcode.CONT})
_URL_SAFE = bytes.maketrans(b"+/", b"-_")
_PCM = "audio/pcm"


def audio_frame(pcm: bytes, mime_type: str) -> bytes:
    """The text frame in which the SDK sends caller audio, in its URL-safe base64."""
    data = binascii.b2a_base64(pcm, newline=False).translate(_URL_SAFE)
    return b'{"realtime_input": {"audio": {"data": "%b", "mime_type": "%b"}}}' % (
        data,
        mime_type.encode("ascii"),
    )


def audio_parts(frame: bytes) -> list[bytes] | None:
    """The audio of a server message that carries nothing else, one item for each part.

    None for every other message, and wherever a field or a character is not exactly as usual:
    another alphabet or type, an unknown field, a missing pad.
    """
    if b'"inlineData"' not in frame:
        return None
    try:
        turn = _only(_only(json.loads(frame), "serverContent"), "modelTurn")
        if turn.keys() != {"parts"} and turn != {"parts": turn["parts"], "role": "model"}:
            return None
        return [_pcm_of(_only(part, "inlineData")) for part in turn["parts"]]
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
        return None


def _only(fields: dict[str, Any], name: str) -> dict[str, Any]:
    if len(fields) != 1:
        raise LookupError(name)
    value: dict[str, Any] = fields[name]
    return value


def _pcm_of(blob: dict[str, Any]) -> bytes:
    if len(blob) != 2 or not blob["mimeType"].startswith(_PCM):
        raise LookupError("mimeType")
    return binascii.a2b_base64(blob["data"], strict_mode=True)


class LiveSocket(BoundedSocket):
    """The SDK's socket, with a way past the SDK for audio. The SDK itself notices nothing.

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

    @property
    def has_unread(self) -> bool:
        """True until the message of `unread` has been read again."""
        return self._unread is not None

    def write_now(self, frame: bytes) -> bool:
        """Write a text frame without waiting; False, and nothing done, where it would wait."""
        transport = self.transport
        if (
            self.state is not State.OPEN
            or transport.is_closing()
            or transport.get_write_buffer_size()
        ):
            return False
        self.protocol.send_text(frame)
        self.send_data()
        return True

    async def recv(self, decode: bool | None = None) -> Data:
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
        if self.response is not None and event.opcode in _MESSAGE_PARTS and event.fin:
            if (
                self.on_frame is not None
                and event.opcode is not Opcode.CONT
                and self._arrived == self._done
                and self.on_frame(bytes(event.data))
            ):
                return
            self._arrived += 1
        super().process_event(event)
