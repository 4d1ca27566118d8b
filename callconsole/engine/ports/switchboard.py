"""What the engine offers to the web server: the console as it is seen from outside."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from callconsole.domain.answering import AnsweredBy
from callconsole.domain.call import Call
from callconsole.domain.incoming import Answerer, IncomingCall, IncomingReply
from callconsole.domain.record import CallPage, CallQuery, CallRecord
from callconsole.engine.ports.carrier import AnswerVerdict, CarrierReport
from callconsole.engine.ports.line import MediaLine


class Switchboard(Protocol):
    """What the engine offers to the web server: the console as callers from outside see it."""

    async def place_call(self, to: str, prompt: str | None = None) -> Call:
        """Dial. Raises `ProblemError` (`DialError` with the steps taken)."""
        ...

    async def hang_up(self, call_sid: str) -> None:
        """End a call. Raises `ProblemError` where no such call is known."""
        ...

    async def incoming_call(self, call: IncomingCall) -> IncomingReply:
        """Somebody calls our number, or still does: what the carrier is to do now.

        Answers within about ten seconds; the carrier asks again as long as it rings on.
        """
        ...

    async def answer_incoming(
        self, call_sid: str, by: Answerer = Answerer.AGENT, prompt: str | None = None
    ) -> None:
        """Pick up a call that rings here. Raises `ProblemError`."""
        ...

    def decline_incoming(self, call_sid: str) -> None:
        """Refuse a call that rings here. Raises `ProblemError`."""
        ...

    def call(self, call_sid: str) -> Call | None:
        """The call's present state, or None."""
        ...

    def calls(self) -> list[Call]:
        """Every call since the start, newest last."""
        ...

    def figures(self, call_sid: str) -> dict[str, Any] | None:
        """What was counted during the call, JSON-ready, or None for an unknown one."""
        ...

    def judge_answer(self, call_sid: str, answered_by: AnsweredBy) -> None:
        """The operator says who answered. Raises `ProblemError` where no such call is known."""
        ...

    async def transfer_call(self, call_sid: str, to: str, note: str = "") -> None:
        """Pass a call on to a name of its prompt or a number; `note` is told them before.

        Returns once the carrier does it. Raises `ProblemError`; then the call goes on.
        """
        ...

    async def find_calls(self, query: CallQuery) -> CallPage:
        """Calls that are kept, newest first. Raises `ProblemError`."""
        ...

    async def call_record(self, call_sid: str) -> CallRecord | None:
        """Everything that is kept of one call, or None. Raises `ProblemError`."""
        ...

    def knows(self, call_sid: str) -> bool:
        """True for a call placed by this console, or one that is being placed right now."""
        ...

    def stream_token(self, call_sid: str) -> str | None:
        """A fresh one-time stream token for a live call, or None for an unknown or ended one."""
        ...

    async def admit(self, call_sid: str, token: str) -> bool:
        """Spend a stream token: True once for the right call, False ever after."""
        ...

    def call_answered(self, call_sid: str, verdict: AnswerVerdict | None) -> str | None:
        """With `Detection.BLOCKING`: a one-time token to open a stream, or None to hang up."""
        ...

    def stream_ended(self, call_sid: str) -> str | None:
        """The carrier lost the stream while the call goes on: a token to open another, or None
        to hang up."""
        ...

    def transfer_answered(self, call_sid: str) -> str:
        """Whom this call is transferred to has picked up: what they are told before they talk."""
        ...

    def transfer_ended(self, call_sid: str, *, reached: bool, status: str) -> str | None:
        """A transfer is over: a token to open a stream again, or None to hang up.

        Args:
            call_sid: the transferred call.
            reached: True where the two have talked.
            status: the carrier's word, ``busy``.
        """
        ...

    async def serve_line(self, line: MediaLine) -> None:
        """Carry the call over this stream until it ends."""
        ...

    def carrier_reported(self, report: CarrierReport) -> None:
        """Take in a status callback."""
        ...

    def answer_judged(self, verdict: AnswerVerdict) -> None:
        """Take in the carrier's answering-machine verdict."""
        ...

    def health(self) -> dict[str, object]:
        """JSON-ready: version, services, live calls."""
        ...

    def subscribe(self, listener: Callable[[object], None]) -> Callable[[], None]:
        """Be told of every event; call the result to stop."""
        ...
