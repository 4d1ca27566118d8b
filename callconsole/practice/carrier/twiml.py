"""The verbs of TwiML that the phone company carries out, as they are once they have been read."""

from __future__ import annotations

from dataclasses import dataclass, field


class TwimlError(Exception):
    """A document that Twilio would not carry out.

    Attributes:
        code: Twilio's error code: 12100 no XML, 12200 unknown or misused element or attribute,
            132xx something wrong with a Dial, 31922 a stream address that is not wss, 31923 a
            malformed one, 31941 a wrong track.
    """

    def __init__(self, code: int, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Stream:
    """A media stream to open; `parameters` go into its start message."""

    url: str
    name: str = ""
    status_callback: str = ""
    status_callback_method: str = "POST"
    parameters: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Connect:
    """Join the call to a stream until that ends; then go on at `action` or with the next verb."""

    stream: Stream
    action: str = ""
    method: str = "POST"


@dataclass(frozen=True, slots=True)
class Hangup:
    """End the call."""


@dataclass(frozen=True, slots=True)
class Pause:
    """Be silent."""

    length_s: int = 1


@dataclass(frozen=True, slots=True)
class Say:
    """Speak a text."""

    text: str


@dataclass(frozen=True, slots=True)
class Play:
    """Play key tones."""

    digits: str


@dataclass(frozen=True, slots=True)
class Redirect:
    """Go on with another document."""

    url: str
    method: str = "POST"


@dataclass(frozen=True, slots=True)
class Reject:
    """Refuse the call; on a call that we placed it ends it."""

    reason: str = "rejected"


@dataclass(frozen=True, slots=True)
class Number:
    """Whom a Dial calls.

    Attributes:
        to: as written; whether it is a number is seen when it is dialled.
        url: a document for this party alone, carried out before the parties are joined.
        status_events: initiated, ringing, answered, completed.
    """

    to: str
    url: str = ""
    method: str = "POST"
    status_callback: str = ""
    status_callback_method: str = "POST"
    status_events: frozenset[str] = frozenset({"completed"})


@dataclass(frozen=True, slots=True)
class Dial:
    """Join the call to a second one until either ends; then go on as `Connect` does.

    Attributes:
        caller_id: number to show; empty shows the call's own.
        answer_on_bridge: without effect here, as the first call has always been answered.
        timeout_s: longest ringing.
        time_limit_s: longest time from the second party's answer.
    """

    number: Number
    caller_id: str = ""
    answer_on_bridge: bool = False
    timeout_s: int = 30
    time_limit_s: int = 14400
    action: str = ""
    method: str = "POST"


Verb = Connect | Dial | Hangup | Pause | Say | Play | Redirect | Reject
