"""An emulated Gemini Live service over TLS: light, and with every audio frame it sends timed."""

from __future__ import annotations

import asyncio
import base64
import json
import random
import re
import time
from dataclasses import dataclass, field
from functools import cache

from load import codes
from load.framing import BINARY, ServerSocket, frame
from load.phone import until_phase

FRAME_S = codes.FRAME_MS / 1000
# Lengths and speed of real replies: see the practice agent's `Pace`.
BURST_CHUNKS_MS = (160, 200, 240, 200)
BURST_SPEED = 4.0
TURN_MS = 3200
WORDS_EVERY_S = 0.4
GREETING_MS = 1000
PAUSE_S = 0.15
_CUT_AFTER_S = (0.9, 1.7)
_LATE_CHUNKS = 2


@dataclass(slots=True)
class AgentLog:
    """What one session did; times are CLOCK_MONOTONIC in seconds.

    Attributes:
        heard: arrival and message of all caller audio.
        sent: when the message with each frame of the steady turn was sent.
        late_s: how late these messages were, by our own timer.
        turns: begins of the turns in bursts.
        cuts: when `interrupted` was sent.
        texts: when texts came; the first one is answered with the greeting.
    """

    heard: list[tuple[float, bytes]] = field(default_factory=list)
    sent: list[float] = field(default_factory=list)
    late_s: list[float] = field(default_factory=list)
    turns: list[float] = field(default_factory=list)
    cuts: list[float] = field(default_factory=list)
    texts: list[float] = field(default_factory=list)


def _message(content: dict[str, object]) -> bytes:
    """As the service writes it: pretty-printed, in a binary frame."""
    return frame((json.dumps({"serverContent": content}, indent=2) + "\n").encode(), BINARY)


def _audio(pcm: bytes) -> bytes:
    inline = {"mimeType": "audio/pcm;rate=24000", "data": base64.b64encode(pcm).decode()}
    return _message({"modelTurn": {"parts": [{"inlineData": inline}]}})


@cache
def steady_messages(frames: int) -> list[bytes]:
    """Messages of so many codes each; all codes are in them, in order."""
    sound = codes.sound(24000)
    return [_audio(sound[at : at + frames].tobytes()) for at in range(0, codes.CODES, frames)]


@cache
def burst_message(length_ms: int) -> bytes:
    """One message of the turns in bursts."""
    return _audio(codes.sound(24000)[: length_ms // codes.FRAME_MS].tobytes())


_CUT = _message({"interrupted": True})
_WHOLE = _message({"generationComplete": True})
_DONE = _message({"turnComplete": True})
_SAID = _message({"outputTranscription": {"text": " and so on"}})
_HEARD = _message({"inputTranscription": {"text": " yes"}})


class Agent(ServerSocket):
    """One session; `ready` is set once it is set up."""

    def __init__(self, arrived: asyncio.Queue[Agent]) -> None:
        super().__init__()
        self.log = AgentLog()
        self.gone = False
        self.greeted = asyncio.Event()
        self._arrived = arrived
        self._set_up = False
        self._steady: asyncio.TimerHandle | None = None
        self._first = 0
        self._frames = 1
        self._due = 0.0
        self._words_due = 0.0

    def lost(self) -> None:
        self.gone = True
        self.pause()

    def received(self, payload: bytes) -> None:
        if self._set_up and b'"audio"' in payload[:60]:
            self.log.heard.append((time.monotonic(), payload))
        elif not self._set_up:
            self._set_up = True
            self.transport.write(frame(b'{\n  "setupComplete": {}\n}\n', BINARY))
            handle = b'{\n  "sessionResumptionUpdate": {"newHandle": "h", "resumable": true}\n}\n'
            self.transport.write(frame(handle, BINARY))
            self._arrived.put_nowait(self)
        elif b'"text"' in payload:
            self.log.texts.append(time.monotonic())
            if len(self.log.texts) == 1:
                self._greet()

    def _greet(self) -> None:
        """Answer at once: the greeting is ready as soon as it is asked for."""
        self.greeted.set()
        chunk = BURST_CHUNKS_MS[1]
        self.transport.write(burst_message(chunk) * (GREETING_MS // chunk) + _WHOLE + _DONE)

    # A turn without end, at the pace of speech -----------------------------------------------

    def talk(self, number: int, chunk_ms: int) -> None:
        """Send codes in real time until `pause`; call `number` counts from its own first code."""
        self._frames = chunk_ms // codes.FRAME_MS
        self._first = codes.CALL_STEP * number // self._frames * self._frames
        wait_s = until_phase(number, FRAME_S * self._frames)
        self._due = self._words_due = time.monotonic() + wait_s
        self._steady = asyncio.get_running_loop().call_later(wait_s, self._tick)

    def pause(self) -> None:
        """End the endless turn."""
        if self._steady is not None:
            self._steady.cancel()
            self._steady = None
            if self.open:
                self.transport.write(_WHOLE + _DONE)

    @property
    def first_code(self) -> int:
        """The first code of the endless turn."""
        return self._first

    def _tick(self) -> None:
        now = time.monotonic()
        self.log.late_s.append(now - self._due)
        if now >= self._words_due:
            self._words_due += WORDS_EVERY_S
            self.transport.write(_SAID + _HEARD)
        messages = steady_messages(self._frames)
        index = (self._first + len(self.log.sent)) // self._frames % len(messages)
        self.log.sent += [now] * self._frames
        self.transport.write(messages[index])
        self._due += FRAME_S * self._frames
        loop = asyncio.get_running_loop()
        self._steady = loop.call_later(max(0.0, self._due - time.monotonic()), self._tick)

    # Turns in bursts, each of them cut off ---------------------------------------------------

    async def converse(self, seconds: float, dice: random.Random) -> None:
        """Speak turns as fast as the service generates them; interrupt every one of them."""
        await asyncio.sleep(dice.uniform(0.0, 0.5))
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            began = time.monotonic()
            self.log.turns.append(began)
            cut_after_s = dice.uniform(*_CUT_AFTER_S)
            await self._burst(began)
            await asyncio.sleep(max(0.0, began + cut_after_s - time.monotonic()))
            if not self.open:
                return
            self.log.cuts.append(time.monotonic())
            self.transport.write(_CUT)
            self.transport.write(burst_message(BURST_CHUNKS_MS[0]) * _LATE_CHUNKS + _DONE)
            await asyncio.sleep(PAUSE_S)

    async def _burst(self, began: float) -> None:
        generated_ms = index = 0
        while generated_ms < TURN_MS and self.open:
            chunk_ms = BURST_CHUNKS_MS[index % len(BURST_CHUNKS_MS)]
            self.transport.write(burst_message(chunk_ms))
            generated_ms += chunk_ms
            index += 1
            due = began + generated_ms / 1000 / BURST_SPEED
            await asyncio.sleep(max(0.0, due - time.monotonic()))


_DATA = re.compile(rb'"data"\s*:\s*"([^"]*)"')
_STANDARD = bytes.maketrans(b"-_", b"+/")


def audio_of(message: bytes) -> bytes:
    """The PCM in a realtime input message, in either base64 alphabet."""
    found = _DATA.search(message)
    if found is None:
        raise ValueError("audio without data")
    data = found[1].translate(_STANDARD).rstrip(b"=")
    return base64.b64decode(data + b"=" * (-len(data) % 4))
