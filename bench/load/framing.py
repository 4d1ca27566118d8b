"""The least of WebSocket (RFC 6455) that a load generator and a bare relay need."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from collections.abc import Mapping
from typing import cast

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
# Any key that both ends know will do; this one is always the same.
_CLIENT_KEY = base64.b64encode(bytes(range(16)))


def frame(payload: bytes, opcode: int = TEXT, *, masked: bool = False) -> bytes:
    """One whole message; a client's is masked with zeros, which leaves it as it is."""
    size, mask_bit = len(payload), 0x80 if masked else 0
    if size < 126:
        head = bytes((0x80 | opcode, mask_bit | size))
    elif size < 65536:
        head = bytes((0x80 | opcode, mask_bit | 126)) + size.to_bytes(2, "big")
    else:
        head = bytes((0x80 | opcode, mask_bit | 127)) + size.to_bytes(8, "big")
    return head + (b"\0\0\0\0" if masked else b"") + payload


class FrameReader:
    """Cuts a byte stream into messages; continued ones are not expected."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[tuple[int, bytes]]:
        """Opcode and unmasked payload of every message that is whole by now."""
        buffer = self._rest + data if self._rest else data
        found: list[tuple[int, bytes]] = []
        at, size = 0, len(buffer)
        while size - at >= 2:
            length, head, mask = buffer[at + 1] & 127, at + 2, b""
            if length > 125:
                width = 2 if length == 126 else 8
                length = int.from_bytes(buffer[head : head + width], "big")
                head += width
            if buffer[at + 1] & 128:
                mask = buffer[head : head + 4]
                head += 4
            end = head + length
            if head > size or end > size:
                break
            payload = buffer[head:end]
            if buffer[at] < 128 or not buffer[at] & 15:
                raise ValueError("a message in pieces was not expected")
            found.append((buffer[at] & 15, _unmasked(payload, mask) if mask else payload))
            at = end
        self._rest = buffer[at:]
        return found


def _unmasked(payload: bytes, mask: bytes) -> bytes:
    size = len(payload)
    if mask == b"\0\0\0\0":
        return payload
    key = (mask * (size // 4 + 1))[:size]
    plain = int.from_bytes(payload, "little") ^ int.from_bytes(key, "little")
    return plain.to_bytes(size, "little")


class WebSocket(asyncio.Protocol):
    """One end of a WebSocket; `upgraded`, `received` and `lost` are what a subclass fills in."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport
        self.open = False
        self._head = b""
        self._reader = FrameReader()

    # For subclasses -----------------------------------------------------------------------------

    def upgraded(self) -> None:
        """The handshake is done."""

    def received(self, payload: bytes) -> None:
        """A text or binary message has come."""

    def lost(self) -> None:
        """The connection is gone."""

    # Protocol -----------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self.open = False
        self.lost()

    def data_received(self, data: bytes) -> None:
        if not self.open:
            self._head += data
            head, end, data = self._head.partition(b"\r\n\r\n")
            if not end:
                return
            self._shake(head)
        for opcode, payload in self._reader.feed(data):
            if opcode <= BINARY:
                self.received(payload)
            elif opcode == CLOSE:
                self.transport.close()
            elif opcode == PING:
                self.transport.write(self._framed(payload, PONG))

    def _shake(self, head: bytes) -> None:
        raise NotImplementedError

    def _framed(self, payload: bytes, opcode: int) -> bytes:
        raise NotImplementedError


class ServerSocket(WebSocket):
    """The server's end; `target` is the path that was asked for."""

    target = ""

    def _shake(self, head: bytes) -> None:
        lines = head.decode("latin-1").split("\r\n")
        self.target = lines[0].split(" ")[1]
        fields = dict(line.split(": ", 1) for line in lines[1:])
        key = next(value for name, value in fields.items() if name.lower() == "sec-websocket-key")
        accept = base64.b64encode(hashlib.sha1(key.encode() + _GUID).digest())  # noqa: S324
        self.transport.write(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
            b"Connection: Upgrade\r\nSec-WebSocket-Accept: " + accept + b"\r\n\r\n"
        )
        self.open = True
        self.upgraded()

    def _framed(self, payload: bytes, opcode: int) -> bytes:
        return frame(payload, opcode)


class ClientSocket(WebSocket):
    """The client's end; asks for `path` at `host`."""

    def __init__(self, host: str, path: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__()
        self._host, self._path, self._headers = host, path, headers or {}

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        more = "".join(f"{name}: {value}\r\n" for name, value in self._headers.items())
        self.transport.write(
            f"GET {self._path} HTTP/1.1\r\nHost: {self._host}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {_CLIENT_KEY.decode()}\r\n"
            f"Sec-WebSocket-Version: 13\r\n{more}\r\n".encode()
        )

    def _shake(self, head: bytes) -> None:
        status = head.split(b"\r\n", 1)[0].decode("latin-1")
        if " 101 " not in f"{status} ":
            raise ConnectionError(f"the handshake was answered with: {status}")
        self.open = True
        self.upgraded()

    def _framed(self, payload: bytes, opcode: int) -> bytes:
        return frame(payload, opcode, masked=True)
