"""The seam around the SDK for audio, the one kind of message that comes many times a second.

The SDK builds and parses every message with pydantic models, at about 0.1 ms each. Audio is
written and read here without them, on the SDK's own socket; everything else is left to the SDK.
Nothing is taken for granted: `callconsole.adapters.gemini.connection` lets the SDK write and read
the first audio message of each connection, and comes here only where both agree to the byte.
"""

from __future__ import annotations

import binascii
import json
from typing import Any

PCM = "audio/pcm"
_URL_SAFE = bytes.maketrans(b"+/", b"-_")


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
        turn = _only(_only(json.loads(frame.decode()), "serverContent"), "modelTurn")
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
    if len(blob) != 2 or not blob["mimeType"].startswith(PCM):
        raise LookupError("mimeType")
    return binascii.a2b_base64(blob["data"], strict_mode=True)
