"""The floor: a bare relay, the least that any Python bridge between the two sockets does.

No SDK, no checks, no filters, no pacing, no recording: table mu-law, each sample twice on the way
up, every third sample on the way down. Prints `ready <port>`. ``floor.py GEMINI_PORT CA_FILE``
"""

from __future__ import annotations

import asyncio
import base64
import json
import ssl
import sys
from array import array

from load.framing import ClientSocket, ServerSocket, frame
from load.loops import run

_PATH = "/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent?key=k"
_GREET = b'{"realtimeInput":{"text":"Greet the person now."}}'


def _decoded(code: int) -> int:
    code = ~code & 0xFF
    magnitude = ((((code & 15) * 2 + 33) << (code >> 4 & 7)) - 33) * 4
    return -magnitude if code & 128 else magnitude


def _encoded(sample: int) -> int:
    magnitude = min((abs(sample) >> 2) + 33, 0x1FFF)
    segment = magnitude.bit_length() - 6
    sign = 0x80 if sample < 0 else 0
    return ~(sign | segment << 4 | magnitude >> (segment + 1) & 15) & 0xFF


_LOW = bytes(_decoded(code) & 0xFF for code in range(256))
_HIGH = bytes(_decoded(code) >> 8 & 0xFF for code in range(256))
# Indexed by the sample itself: a negative one counts from the end.
_CODES = bytes(_encoded(s) for s in range(32768)) + bytes(_encoded(s) for s in range(-32768, 0))


def upward(mulaw: bytes) -> bytes:
    """8000 Hz mu-law as 16000 Hz PCM, each sample twice."""
    pcm = bytearray(4 * len(mulaw))
    pcm[0::4] = pcm[2::4] = mulaw.translate(_LOW)
    pcm[1::4] = pcm[3::4] = mulaw.translate(_HIGH)
    return bytes(pcm)


def downward(pcm: bytes) -> bytes:
    """24000 Hz PCM as 8000 Hz mu-law, every third sample."""
    codes = _CODES
    return bytes([codes[sample] for sample in array("h", pcm)[::3]])


class _Agent(ClientSocket):
    """The socket to Gemini."""

    def __init__(self, line: _Line) -> None:
        super().__init__("127.0.0.1", _PATH)
        self._line = line
        self.ready = False

    def upgraded(self) -> None:
        setup = {"setup": {"model": "models/m", "generationConfig": {}}}
        self.transport.write(frame(json.dumps(setup).encode(), masked=True))

    def received(self, payload: bytes) -> None:
        if not self.ready:
            self.ready = True
            self.transport.write(frame(_GREET, masked=True))
            return
        at = payload.find(b'"data"')
        if at >= 0:
            start = payload.index(b'"', at + 7) + 1
            data = payload[start : payload.index(b'"', start)]
            self._line.play(downward(base64.b64decode(data)))
        elif b'"interrupted"' in payload:
            self._line.clear()

    def lost(self) -> None:
        self._line.transport.close()


class _Line(ServerSocket):
    """The socket from Twilio."""

    def __init__(self, gemini_port: int, context: ssl.SSLContext) -> None:
        super().__init__()
        self._gemini_port, self._context = gemini_port, context
        self._agent: _Agent | None = None
        self._connecting: asyncio.Task[object] | None = None
        self._media_head = self._clear = b""

    def received(self, payload: bytes) -> None:
        if payload.startswith(b'{"event":"media"'):
            agent = self._agent
            if agent is None or not agent.ready:
                return
            at = payload.index(b'"payload":"') + 11
            mulaw = base64.b64decode(payload[at : payload.index(b'"', at)])
            data = base64.b64encode(upward(mulaw))
            message = b'{"realtimeInput":{"audio":{"data":"%b","mimeType":"audio/pcm;rate=16000"}}}'
            agent.transport.write(frame(message % data, masked=True))
        elif payload.startswith(b'{"event":"start"'):
            self._begin(json.loads(payload)["streamSid"])
        elif payload.startswith(b'{"event":"stop"'):
            self.transport.close()

    def play(self, mulaw: bytes) -> None:
        """Send whole frames; what is over is dropped, as nothing is kept here."""
        head = self._media_head
        self.transport.write(
            b"".join(
                frame(head + base64.b64encode(mulaw[at : at + 160]) + b'"}}')
                for at in range(0, len(mulaw), 160)
            )
        )

    def clear(self) -> None:
        """Let Twilio drop what it holds."""
        self.transport.write(self._clear)

    def lost(self) -> None:
        if self._agent is not None and self._agent.open:
            self._agent.transport.close()

    def _begin(self, sid: str) -> None:
        self._media_head = f'{{"event":"media","streamSid":"{sid}","media":{{"payload":"'.encode()
        self._clear = frame(f'{{"event":"clear","streamSid":"{sid}"}}'.encode())
        self._agent = agent = _Agent(self)
        connect = asyncio.get_running_loop().create_connection(
            lambda: agent, "127.0.0.1", self._gemini_port, ssl=self._context
        )
        self._connecting = asyncio.ensure_future(connect)


async def main(gemini_port: int, ca_file: str) -> None:
    """Serve until killed."""
    context = ssl.create_default_context(cafile=ca_file)
    server = await asyncio.get_running_loop().create_server(
        lambda: _Line(gemini_port, context), "127.0.0.1", 0
    )
    print("ready", server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    run(main(int(sys.argv[1]), sys.argv[2]))
