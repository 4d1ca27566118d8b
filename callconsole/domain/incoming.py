"""A call that somebody makes to us: who it is, who may take it, and what the carrier is told."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Incoming(StrEnum):
    """What becomes of incoming calls: they are turned away, or they ring and you are asked."""

    OFF = "off"
    ASK = "ask"


class Answerer(StrEnum):
    """Who speaks to the caller first."""

    AGENT = "agent"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class IncomingCall:
    """What the carrier tells of a call to our number.

    Attributes:
        sid: the carrier's name of the call.
        from_number: who calls, E.164 as a rule; empty where the number is withheld.
        to: our number, E.164.
    """

    sid: str
    from_number: str
    to: str


class Reply(StrEnum):
    """What the carrier does next with an incoming call."""

    CONNECT = "connect"
    """Pick it up, and open its audio stream."""
    RING_ON = "ring on"
    """Let it ring, and ask again at once."""
    BUSY = "busy"
    """Refuse it: the caller hears an engaged tone."""
    REJECT = "reject"
    """Refuse it: this number takes no calls."""


@dataclass(frozen=True, slots=True)
class IncomingReply:
    """The answer to the carrier; `token` is the one-time secret of the stream to open."""

    reply: Reply
    token: str = ""
