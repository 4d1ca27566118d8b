"""The JSON messages of Twilio's Media Streams, read strictly where we rely on them.

Unknown events and fields are ignored, and numbers may come as strings or as numbers: Twilio
documents strings and does not keep to it. Source: twilio.md, section 1.
"""

from __future__ import annotations

import binascii
import json
import re
from dataclasses import dataclass
from typing import Any, Final

from callconsole.adapters.twilio.twiml import TOKEN_PARAMETER
from callconsole.engine.ports import LineAudio, LineDigit, LineEvent, LineMark

_CALL_SID: Final = re.compile(r"CA[0-9a-fA-F]{32}")
_STREAM_SID: Final = re.compile(r"MZ[0-9a-fA-F]{32}")
_DIGITS: Final = frozenset("0123456789*#ABCD")


class BadMessage(Exception):
    """A message that breaks the protocol; the text tells how, and repeats nothing that came."""


@dataclass(frozen=True, slots=True)
class Connected:
    """The socket's first message."""


@dataclass(frozen=True, slots=True)
class Started:
    """The stream's first message of its own; `token` is empty where none was given."""

    account_sid: str
    call_sid: str
    stream_sid: str
    token: str


@dataclass(frozen=True, slots=True)
class Stopped:
    """The stream's last message."""


StreamMessage = Connected | Started | Stopped | LineEvent


def read_message(text: str) -> StreamMessage | None:
    """One message, or None for what does not concern us.

    Raises:
        BadMessage: not JSON, not an object, or a field that we need is missing or wrong.
    """
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        raise BadMessage("not JSON") from None
    if not isinstance(message, dict):
        raise BadMessage("not an object")
    event = message.get("event")
    if event == "media":
        return _audio(_inner(message, "media"))
    if event == "mark":
        return LineMark(_text(_inner(message, "mark"), "name"))
    if event == "dtmf":
        return _digit(_inner(message, "dtmf"))
    if event == "start":
        return _started(message, _inner(message, "start"))
    if event == "connected":
        return Connected()
    if event == "stop":
        return Stopped()
    if not isinstance(event, str):
        raise BadMessage("no event")
    return None


def _audio(media: dict[str, Any]) -> LineAudio | None:
    # Only our side of a two-way stream is asked for; anything else would be heard as the caller.
    if media.get("track", "inbound") not in ("inbound", "inbound_track"):
        return None
    try:
        payload = binascii.a2b_base64(_text(media, "payload"), strict_mode=True)
    except ValueError:
        raise BadMessage("payload is not base64") from None
    return LineAudio(payload, _whole(media.get("timestamp"), "timestamp"))


def _digit(dtmf: dict[str, Any]) -> LineDigit:
    digit = _text(dtmf, "digit")
    if digit not in _DIGITS:
        raise BadMessage("digit is not a key")
    return LineDigit(digit)


def _started(message: dict[str, Any], start: dict[str, Any]) -> Started:
    call_sid = _text(start, "callSid")
    stream_sid = _text(message if "streamSid" not in start else start, "streamSid")
    if not _CALL_SID.fullmatch(call_sid) or not _STREAM_SID.fullmatch(stream_sid):
        raise BadMessage("callSid or streamSid is not a name that Twilio gives")
    _require_mulaw(start)
    parameters = start.get("customParameters")
    token = parameters.get(TOKEN_PARAMETER) if isinstance(parameters, dict) else None
    return Started(
        account_sid=_text(start, "accountSid"),
        call_sid=call_sid,
        stream_sid=stream_sid,
        token=token if isinstance(token, str) and token.isascii() else "",
    )


def _require_mulaw(start: dict[str, Any]) -> None:
    shape = _inner(start, "mediaFormat")
    if shape.get("encoding") != "audio/x-mulaw":
        raise BadMessage("the encoding is not audio/x-mulaw")
    if _whole(shape.get("sampleRate"), "sampleRate") != 8000:
        raise BadMessage("the rate is not 8000 Hz")
    if _whole(shape.get("channels"), "channels") != 1:
        raise BadMessage("the audio is not mono")


def _inner(message: dict[str, Any], name: str) -> dict[str, Any]:
    inner = message.get(name)
    if not isinstance(inner, dict):
        raise BadMessage(f"{name} is missing")
    return inner


def _text(message: dict[str, Any], name: str) -> str:
    text = message.get(name)
    if not isinstance(text, str) or not text:
        raise BadMessage(f"{name} is missing")
    return text


def _whole(number: object, name: str) -> int:
    """A whole number of at most 15 digits, given as a number or as text."""
    if isinstance(number, (int, str)) and not isinstance(number, bool):
        text = str(number) if isinstance(number, str) or 0 <= number < 10**15 else ""
        if text.isascii() and text.isdigit() and len(text) <= 15:
            return int(text)
    raise BadMessage(f"{name} is not a whole number")
