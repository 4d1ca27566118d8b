"""The end that is a phone company: orders, reports and verdicts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from callconsole.domain.answering import USUAL_THRESHOLDS, AnsweredBy, AnswerThresholds
from callconsole.domain.problems import Problem


class Detection(StrEnum):
    """The carrier's answering-machine detection.

    ``BACKGROUND``: the audio flows at once and the verdict comes when it comes. ``BLOCKING``: the
    carrier decides before any audio flows, and asks `Switchboard.call_answered` what to do.
    """

    OFF = "off"
    BACKGROUND = "background"
    BLOCKING = "blocking"


@dataclass(frozen=True, slots=True)
class CallOrder:
    """What the carrier is asked for.

    Attributes:
        to: number to dial, E.164.
        stream_token: one-time secret that the call's media stream has to present.
        detection: whether the carrier tells people from machines, and when.
        thresholds: times that tell people from machines, as far as the carrier takes them.
        ring_timeout_s: seconds of ringing before the carrier gives up.
        time_limit_s: longest life of the call; bounds the bill should this process die.
    """

    to: str
    stream_token: str
    detection: Detection = Detection.BACKGROUND
    thresholds: AnswerThresholds = USUAL_THRESHOLDS
    ring_timeout_s: int = 25
    time_limit_s: int = 1800


@dataclass(frozen=True, slots=True)
class PlacedCall:
    """The carrier's answer to an order; placed is not yet ringing."""

    sid: str
    status: CarrierStatus
    from_number: str


class CarrierStatus(StrEnum):
    """A call's state in the carrier's words (Twilio's call statuses and ``initiated``)."""

    QUEUED = "queued"
    INITIATED = "initiated"
    RINGING = "ringing"
    IN_PROGRESS = "in-progress"
    COMPLETED = "completed"
    BUSY = "busy"
    NO_ANSWER = "no-answer"
    CANCELED = "canceled"
    FAILED = "failed"

    @property
    def terminal(self) -> bool:
        """True where nothing follows."""
        return self in _TERMINAL


_TERMINAL = frozenset(
    {
        CarrierStatus.COMPLETED,
        CarrierStatus.BUSY,
        CarrierStatus.NO_ANSWER,
        CarrierStatus.CANCELED,
        CarrierStatus.FAILED,
    }
)


@dataclass(frozen=True, slots=True)
class CarrierReport:
    """One status callback, or one fetched state.

    Attributes:
        sequence: the carrier's order of this report (callbacks arrive unordered), or None
            where the carrier gave none (a fetched state).
        sip_code: final SIP answer, such as 486 busy or 603 declined, or None.
        problem: what the carrier says went wrong, in words, or None.
    """

    call_sid: str
    status: CarrierStatus
    sequence: int | None = None
    sip_code: int | None = None
    duration_s: int | None = None
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class AnswerVerdict:
    """The carrier's answering-machine detection; `detail` is its own word (``machine_start``)."""

    call_sid: str
    answered_by: AnsweredBy
    detail: str


@dataclass(frozen=True, slots=True)
class Transfer:
    """Whom a call is passed on to.

    Attributes:
        to: E.164.
        ring_timeout_s: seconds before the other number is given up.
        time_limit_s: longest talk of the two; bounds the bill.
    """

    to: str
    ring_timeout_s: int = 20
    time_limit_s: int = 1800


class Carrier(Protocol):
    """A phone company."""

    async def place_call(self, order: CallOrder) -> PlacedCall:
        """Dial. Raises `ProblemError` where the carrier refuses or cannot be reached."""
        ...

    async def end_call(self, call_sid: str) -> None:
        """End the call whatever its state; a call that is over already is a success."""
        ...

    async def fetch_call(self, call_sid: str) -> CarrierReport:
        """The call's state now. Raises `ProblemError`."""
        ...

    async def find_call(self, to: str, since: datetime) -> PlacedCall | None:
        """The newest call to this number that was ordered after `since`, live or not, or None.

        For an order of which nobody knows whether it arrived. Raises `ProblemError`.
        """
        ...

    async def press_keys(self, call_sid: str, digits: str, stream_token: str) -> None:
        """Send tones to the other end of a live call, then open a new stream with this token.

        The present stream stops at once. `digits`: 0-9, *, #, A-D, and w for half a second.
        Raises `ProblemError`; then the present stream goes on.
        """
        ...

    async def transfer(self, call_sid: str, transfer: Transfer) -> None:
        """Join a live call to another number; the present stream stops.

        The carrier asks `Switchboard.transfer_answered` and `transfer_ended` on its way. Raises
        `ProblemError`; then the present stream goes on.
        """
        ...

    async def check(self) -> str:
        """Prove that the account answers; return a short text for the status bar.

        Raises `ProblemError`.
        """
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...
