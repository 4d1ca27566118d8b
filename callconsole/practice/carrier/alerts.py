"""What the phone company complains of: the entries that Twilio's debugger would show."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

_log = logging.getLogger(__name__)

# Code: (short text, True where Twilio calls it a warning). From twilio.com/docs/api/errors.
_TEXTS: dict[int, tuple[str, bool]] = {
    11200: ("HTTP retrieval failure", False),
    11205: ("HTTP connection failure", False),
    12100: ("Document parse failure", False),
    12200: ("Schema validation failure", False),
    12300: ("Invalid content type", False),
    13201: ("Dial: not possible on a dialled leg", True),
    13210: ("Dial: invalid method", True),
    13212: ("Dial: invalid timeout", True),
    13214: ("Dial: invalid callerId", True),
    13215: ("Dial: invalid nested element", True),
    13216: ("Dial: invalid timeLimit", True),
    13221: ("Dial: invalid method of a Number", True),
    13223: ("Dial: invalid phone number format", True),
    13224: ("Dial: invalid or unsupported phone number", True),
    13227: ("Dial: no permission to call this number", True),
    31901: ("Stream: no answer to the WebSocket request", False),
    31903: ("Stream: connection broken", False),
    31920: ("Stream: WebSocket handshake refused", False),
    31921: ("Stream: WebSocket closed with an error", False),
    31922: ("Stream: URL scheme not supported", False),
    31923: ("Stream: malformed URL", False),
    31924: ("Stream: WebSocket protocol error", False),
    31930: ("Stream: congestion, caller audio dropped", True),
    31931: ("Stream: more than ten minutes of audio buffered", True),
    31941: ("Stream: track not supported here", False),
    31950: ("Stream: message cannot be decoded", True),
    31951: ("Stream: message does not follow the protocol", True),
}


@dataclass(frozen=True, slots=True)
class Alert:
    """One complaint.

    Attributes:
        code: Twilio's error code.
        text: what the code means.
        detail: what was wrong this time.
        call_sid: the call it happened in.
        warning: True where Twilio only warns.
        at: aware UTC.
    """

    code: int
    text: str
    detail: str
    call_sid: str
    warning: bool
    at: datetime


class AlertLog:
    """All complaints since the start, oldest first."""

    def __init__(self) -> None:
        self._records: list[Alert] = []

    def __iter__(self) -> Iterator[Alert]:
        return iter(self._records)

    def __len__(self) -> int:
        return len(self._records)

    @property
    def codes(self) -> list[int]:
        """The codes alone, oldest first."""
        return [record.code for record in self._records]

    def add(self, code: int, detail: str, call_sid: str) -> None:
        """Record a complaint; `detail` must not hold secrets, words or numbers of people."""
        text, warning = _TEXTS[code]
        self._records.append(Alert(code, text, detail, call_sid, warning, datetime.now(UTC)))
        _log.info("practice carrier alert %d on %s: %s", code, call_sid, detail)
