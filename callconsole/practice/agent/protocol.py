"""Read and write the Live protocol's JSON: both key spellings in, camelCase frames out."""

from __future__ import annotations

import base64
import binascii
import json
import re

import numpy as np
from numpy.typing import NDArray

from callconsole.practice.agent.refusals import invalid_argument

Pcm16 = NDArray[np.int16]
Json = dict[str, object]

INPUT_RATE_HZ = 16_000
OUTPUT_RATE_HZ = 24_000

_SNAKE_HUMP = re.compile(r"_([a-z0-9])")
_AUDIO_MIME = re.compile(r"audio/pcm(?:\s*;\s*rate=([0-9]{1,6}))?", re.IGNORECASE)
# Maps whose keys are the caller's own words and not fields of the protocol.
_FREE_FORM = frozenset({"labels", "properties", "response", "args", "defs", "parametersJsonSchema"})


def read_message(frame: str | bytes) -> Json:
    """Parse a client frame; every field name comes back in camelCase.

    Raises:
        RefusalError: 1007 where the frame is not one JSON object, or says a field twice.
    """
    try:
        return _camel_fields(fields_of(json.loads(frame)))
    except (ValueError, RecursionError):
        raise invalid_argument() from None


def write_message(message: Json) -> bytes:
    """The frame as the service writes it: pretty-printed UTF-8 with a line end."""
    return (json.dumps(message, indent=2) + "\n").encode()


def camel(name: str) -> str:
    """The protocol's JSON spelling of a field name (protobuf's lowerCamelCase)."""
    return _SNAKE_HUMP.sub(lambda hump: hump[1].upper(), name)


def _camel_fields(fields: Json) -> Json:
    found: Json = {}
    for name, value in fields.items():
        spelled = camel(name)
        if spelled in found:
            raise invalid_argument()
        found[spelled] = value if spelled in _FREE_FORM else _camel_value(value)
    return found


def _camel_value(value: object) -> object:
    if isinstance(value, dict):
        return _camel_fields(value)
    if isinstance(value, list):
        return [_camel_value(item) for item in value]
    return value


def field_names(names: str) -> frozenset[str]:
    """A set of names, from one text with spaces between them."""
    return frozenset(names.split())


def fields_of(value: object) -> Json:
    """`value` as a JSON object.

    Raises:
        RefusalError: 1007 where it is anything else.
    """
    if not isinstance(value, dict):
        raise invalid_argument()
    return value


def read_audio(blob: object) -> Pcm16:
    """Caller audio from a ``Blob``: shape (n,), int16, mono, 16000 Hz.

    Raises:
        RefusalError: 1007 for another type or rate, broken base64 or half a sample.
    """
    fields = fields_of(blob)
    mime = fields.get("mimeType")
    match = _AUDIO_MIME.fullmatch(mime) if isinstance(mime, str) else None
    if match is None or int(match[1] or INPUT_RATE_HZ) != INPUT_RATE_HZ:
        raise invalid_argument()
    raw = _read_base64(fields.get("data"))
    if len(raw) % 2:
        raise invalid_argument()
    return np.frombuffer(raw, dtype="<i2").astype(np.int16)


def _read_base64(text: object) -> bytes:
    """Decode either base64 alphabet, padded or not, as protobuf's JSON does."""
    if not isinstance(text, str):
        raise invalid_argument()
    standard = text.rstrip("=").translate(str.maketrans("-_", "+/"))
    try:
        return base64.b64decode(standard + "=" * (-len(standard) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise invalid_argument() from None


def texts_of(content: object) -> list[str]:
    """The text parts of a ``Content``.

    Raises:
        RefusalError: 1007 where it is not shaped like a content.
    """
    parts = fields_of(content).get("parts", [])
    if not isinstance(parts, list):
        raise invalid_argument()
    texts = [fields_of(part).get("text") for part in parts]
    return [text for text in texts if isinstance(text, str)]


def server_content(**fields: object) -> Json:
    """A ``serverContent`` message."""
    return {"serverContent": fields}


def audio_part(pcm: Pcm16) -> Json:
    """The ``modelTurn`` that carries 24000 Hz agent audio."""
    data = base64.b64encode(pcm.astype("<i2").tobytes()).decode("ascii")
    mime = f"audio/pcm;rate={OUTPUT_RATE_HZ}"
    return {"parts": [{"inlineData": {"mimeType": mime, "data": data}}]}


def duration(seconds: float) -> str:
    """protobuf's JSON spelling of a duration, such as ``50s`` or ``1.240s``."""
    whole = seconds == int(seconds)
    return f"{int(seconds)}s" if whole else f"{seconds:.3f}s"


def refuse_unless(accepted: bool) -> None:
    """Raise the 1007 of an invalid argument unless `accepted`."""
    if not accepted:
        raise invalid_argument()
