"""The Media Streams protocol: messages that we write, and strict reading of those that we get."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any


class InvalidMessageError(Exception):
    """A text message that is not as the protocol says (Twilio's warning 31951)."""


@dataclass(frozen=True, slots=True)
class Media:
    """Audio to play: mu-law bytes, 8000 a second."""

    mulaw: bytes


@dataclass(frozen=True, slots=True)
class Mark:
    """Echo this name when everything before it was played."""

    name: str


@dataclass(frozen=True, slots=True)
class Clear:
    """Drop what is buffered."""


Message = Media | Mark | Clear


def parse(text: str, stream_sid: str) -> Message:
    """Read one message of the server's.

    Source: twilio.com/docs/voice/media-streams/websocket-messages and /docs/api/errors/31951
    (no JSON, unknown type, missing or extra field, wrong stream SID).

    Raises:
        InvalidMessageError: the message is not as the protocol says.
    """
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        raise InvalidMessageError("not JSON") from None
    if not isinstance(message, dict):
        raise InvalidMessageError("not a JSON object")
    event = message.get("event")
    if event not in ("media", "mark", "clear"):
        raise InvalidMessageError("unknown event")
    _exactly(message, {"event", "streamSid"} | ({event} - {"clear"}), "the message")
    if message["streamSid"] != stream_sid:
        raise InvalidMessageError("wrong streamSid")
    if event == "clear":
        return Clear()
    if event == "media":
        return Media(_audio(_text_field(message["media"], "payload", "media")))
    return Mark(_text_field(message["mark"], "name", "mark"))


def _exactly(value: Any, names: set[str], where: str) -> None:
    if not isinstance(value, dict):
        raise InvalidMessageError(f"{where} is not an object")
    if missing := names - value.keys():
        raise InvalidMessageError(f"{where} lacks {', '.join(sorted(missing))}")
    if len(value) != len(names):
        raise InvalidMessageError(f"{where} has fields that do not belong there")


def _text_field(value: Any, name: str, where: str) -> str:
    _exactly(value, {name}, where)
    text = value[name]
    if not isinstance(text, str) or not text:
        raise InvalidMessageError(f"{where}.{name} is not a text")
    return text


def _audio(payload: str) -> bytes:
    try:
        return base64.b64decode(payload, validate=True)
    except (binascii.Error, ValueError):
        raise InvalidMessageError("media.payload is not standard base64") from None


class Writer:
    """Writes the phone company's messages of one stream; numbers travel as texts."""

    def __init__(self, stream_sid: str) -> None:
        self._stream_sid = stream_sid
        self._sequence = 0
        self._chunk = 0

    @staticmethod
    def connected() -> str:
        """The first message, without number or stream."""
        return json.dumps({"event": "connected", "protocol": "Call", "version": "1.0.0"})

    def start(self, account_sid: str, call_sid: str, parameters: dict[str, str]) -> str:
        """The second message: what the stream is."""
        return self._numbered(
            "start",
            {
                "accountSid": account_sid,
                "streamSid": self._stream_sid,
                "callSid": call_sid,
                "tracks": ["inbound"],
                "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
                "customParameters": parameters,
            },
        )

    def media(self, mulaw: bytes, timestamp_ms: int) -> str:
        """Audio of the callee."""
        self._chunk += 1
        return self._numbered(
            "media",
            {
                "track": "inbound",
                "chunk": str(self._chunk),
                "timestamp": str(timestamp_ms),
                "payload": base64.b64encode(mulaw).decode("ascii"),
            },
        )

    def mark(self, name: str) -> str:
        """A mark's echo."""
        return self._numbered("mark", {"name": name})

    def dtmf(self, digit: str) -> str:
        """A key pressed by the callee."""
        return self._numbered("dtmf", {"track": "inbound_track", "digit": digit})

    def stop(self, account_sid: str, call_sid: str) -> str:
        """The last message."""
        return self._numbered("stop", {"accountSid": account_sid, "callSid": call_sid})

    def _numbered(self, event: str, content: dict[str, Any]) -> str:
        self._sequence += 1
        return json.dumps(
            {
                "event": event,
                "sequenceNumber": str(self._sequence),
                event: content,
                "streamSid": self._stream_sid,
            }
        )
