"""An emulated Twilio media socket: a callee who talks all the time, and the phone's own buffer."""

from __future__ import annotations

import asyncio
import base64
import json
import time
from dataclasses import dataclass, field
from functools import cache

from load import codes
from load.framing import ClientSocket, frame

from callconsole.audio import mulaw

FRAME_S = codes.FRAME_MS / 1000
FIRST_WORD_LIMIT_S = 4.0
_GOLDEN = 0.618034
_SILENCE = base64.b64encode(b"\xff" * 160).decode()


@dataclass(slots=True)
class PhoneLog:
    """What one phone did; times are CLOCK_MONOTONIC in seconds.

    Attributes:
        began: when `start` was sent.
        sent: when each frame with a code was sent, from code number 0 on.
        late_s: how late the sending of each frame was, by our own timer.
        media: arrival and message of all audio.
        clears: arrivals of `clear`.
    """

    began: float = 0.0
    sent: list[float] = field(default_factory=list)
    late_s: list[float] = field(default_factory=list)
    media: list[tuple[float, bytes]] = field(default_factory=list)
    clears: list[float] = field(default_factory=list)


@cache
def payloads() -> list[str]:
    """Base64 mu-law of every code."""
    return [base64.b64encode(mulaw.encode(pcm)).decode() for pcm in codes.sound(8000)]


def until_phase(number: int, period_s: float) -> float:
    """Seconds until a call's turn in every period; calls are spread as evenly as can be."""
    return (number * _GOLDEN * period_s - time.monotonic()) % period_s


class Phone(ClientSocket):
    """One call's media socket.

    Silent until the agent is first heard, for at most four seconds; from then on every frame is a
    code. Marks are echoed when what came before them has been played.

    Args:
        number: which call of the measurement this is.
        headers: of the handshake.
        fields: account, call, and the stream's parameters.
    """

    def __init__(
        self,
        number: int,
        host: str,
        path: str,
        headers: dict[str, str],
        account_sid: str,
        call_sid: str,
        parameters: dict[str, str],
    ) -> None:
        super().__init__(host, path, headers)
        self.log = PhoneLog()
        self.began = asyncio.Event()
        self.gone = asyncio.Event()
        self._number = number
        self._account_sid, self._call_sid = account_sid, call_sid
        self._parameters = parameters
        self._sid = f"MZ{number:032x}"
        self._sequence = self._chunk = 0
        self._due = 0.0
        self._talking = False
        self._payloads = payloads()
        self._play_end = 0.0
        self._marks: list[tuple[str, asyncio.TimerHandle]] = []
        self._timer: asyncio.TimerHandle | None = None

    # Out ----------------------------------------------------------------------------------------

    def upgraded(self) -> None:
        self._write({"event": "connected", "protocol": "Call", "version": "1.0.0"})
        content: dict[str, object] = {
            "accountSid": self._account_sid,
            "streamSid": self._sid,
            "callSid": self._call_sid,
            "tracks": ["inbound"],
            "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
            "customParameters": self._parameters,
        }
        self._say("start", content)
        self.log.began = time.monotonic()
        wait_s = until_phase(self._number, FRAME_S)
        self._due = self.log.began + wait_s
        self._timer = asyncio.get_running_loop().call_later(wait_s, self._tick)
        self.began.set()

    def hang_up(self) -> None:
        """End the call as Twilio does when the callee hangs up."""
        if self._timer is not None:
            self._timer.cancel()
        if self.open:
            self._say("stop", {"accountSid": self._account_sid, "callSid": self._call_sid})
            self.transport.write(frame(b"\x03\xe8", 8, masked=True))

    def lost(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self.gone.set()

    def _tick(self) -> None:
        log, now = self.log, time.monotonic()
        log.late_s.append(now - self._due)
        self._talking = self._talking or bool(log.media) or now > log.began + FIRST_WORD_LIMIT_S
        payload = _SILENCE
        if self._talking:
            code = (len(log.sent) + codes.CALL_STEP * self._number) % codes.CODES
            payload = self._payloads[code]
            log.sent.append(now)
        self._sequence += 1
        self._chunk += 1
        message = (
            f'{{"event":"media","sequenceNumber":"{self._sequence}","media":{{"track":"inbound",'
            f'"chunk":"{self._chunk}","timestamp":"{self._chunk * codes.FRAME_MS}",'
            f'"payload":"{payload}"}},"streamSid":"{self._sid}"}}'
        )
        self.transport.write(frame(message.encode(), masked=True))
        self._due += FRAME_S
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(max(0.0, self._due - time.monotonic()), self._tick)

    def _say(self, event: str, content: dict[str, object]) -> None:
        self._sequence += 1
        numbered = {"event": event, "sequenceNumber": str(self._sequence), event: content}
        self._write({**numbered, "streamSid": self._sid})

    def _write(self, message: dict[str, object]) -> None:
        if self.open:
            self.transport.write(
                frame(json.dumps(message, separators=(",", ":")).encode(), masked=True)
            )

    # In -----------------------------------------------------------------------------------------

    def received(self, payload: bytes) -> None:
        now = time.monotonic()
        at = payload.find(b'"payload"')
        if at >= 0:
            self.log.media.append((now, payload))
            frames = (len(payload) - at) * 3 // 4 // 160
            self._play_end = max(self._play_end, now) + frames * FRAME_S
        elif b'"clear"' in payload:
            self.log.clears.append(now)
            self._play_end = now
            for name, timer in self._marks:
                timer.cancel()
                self._echo(name)
            self._marks.clear()
        elif b'"mark"' in payload:
            self._keep_mark(json.loads(payload)["mark"]["name"])

    def _keep_mark(self, name: str) -> None:
        wait_s = max(0.0, self._play_end - time.monotonic())
        entry: list[tuple[str, asyncio.TimerHandle]] = []

        def due() -> None:
            self._marks.remove(entry[0])
            self._echo(name)

        timer = asyncio.get_running_loop().call_later(wait_s, due)
        entry.append((name, timer))
        self._marks.append(entry[0])

    def _echo(self, name: str) -> None:
        self._say("mark", {"name": name})


def audio_of(message: bytes) -> bytes:
    """The mu-law in a media message."""
    start = message.index(b'"', message.index(b'"payload"') + 10) + 1
    return base64.b64decode(message[start : message.index(b'"', start)])
