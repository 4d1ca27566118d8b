"""What the outside reports of calls: their streams, their states, and what is asked on the way."""

from __future__ import annotations

from callconsole.engine.kept_calls import KeptCalls
from callconsole.engine.placing import Placing
from callconsole.engine.ports import AnswerVerdict, CarrierReport, MediaLine
from callconsole.engine.reception import Reception
from callconsole.engine.stream_tokens import StreamTokens


class FromOutside:
    """The part of `ports.Switchboard` that carriers drive; each report goes to its call."""

    def __init__(
        self, calls: KeptCalls, placing: Placing, reception: Reception, tokens: StreamTokens
    ) -> None:
        self._calls = calls
        self._placing = placing
        self._reception = reception
        self._tokens = tokens

    def knows(self, call_sid: str) -> bool:
        """True for our calls, and for any name while one of ours is still being named."""
        known = call_sid in self._calls or self._reception.knows(call_sid)
        return known or self._placing.in_flight

    def stream_token(self, call_sid: str) -> str | None:
        """A fresh one-time stream token for a live call, else None."""
        call = self._calls.call(call_sid)
        return self._tokens.mint(call_sid) if call is not None and call.live else None

    async def admit(self, call_sid: str, token: str) -> bool:
        """Spend a stream token; waits shortly for a call that is still being named."""
        while self._calls.session(call_sid) is None and self._placing.in_flight:
            await self._placing.wait_for_name()
        call = self._calls.call(call_sid)
        return call is not None and call.live and self._tokens.spend(token, call_sid)

    def call_answered(self, call_sid: str, verdict: AnswerVerdict | None) -> str | None:
        """Strict detection: a one-time token to open a stream, or None to hang up."""
        session = self._calls.session(call_sid)
        return session.call_answered(verdict) if session is not None else None

    def stream_ended(self, call_sid: str) -> str | None:
        """The carrier lost a call's stream: a token to open another, or None to hang up."""
        session = self._calls.session(call_sid)
        return session.stream_ended() if session is not None else None

    def transfer_answered(self, call_sid: str) -> str:
        """Whom the call is passed on to has picked up: what they are told."""
        session = self._calls.session(call_sid)
        return session.transfer_answered() if session is not None else ""

    def transfer_ended(self, call_sid: str, *, reached: bool, status: str) -> str | None:
        """A transfer is over: a token to open a stream again, or None to hang up."""
        session = self._calls.session(call_sid)
        if session is None:
            return None
        return session.transfer_ended(reached=reached, status=status)

    async def serve_line(self, line: MediaLine) -> None:
        """Carry the call over this stream until it ends."""
        session = self._calls.session(line.call_sid)
        if session is None:
            await line.close()
            return
        await session.serve(line)

    def carrier_reported(self, report: CarrierReport) -> None:
        """Take in a status callback; one that outran the call's name waits for it."""
        session = self._calls.session(report.call_sid)
        if session is not None:
            session.carrier_reported(report)
        elif not self._reception.reported(report):
            self._placing.keep(report)

    def answer_judged(self, verdict: AnswerVerdict) -> None:
        """Take in the carrier's answering-machine verdict."""
        session = self._calls.session(verdict.call_sid)
        if session is not None:
            session.answer_judged(verdict)
        else:
            self._placing.keep(verdict)
