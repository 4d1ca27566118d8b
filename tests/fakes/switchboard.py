"""The engine as the web server sees it, imitated: what it is told is kept, what it says is set."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from callconsole.domain.answering import MACHINES, AnsweredBy, JudgedBy
from callconsole.domain.call import Call, EndedBy, Ending, Outcome, ended
from callconsole.domain.events import CallEnded, Event
from callconsole.domain.incoming import Answerer, IncomingCall, IncomingReply, Reply
from callconsole.domain.problems import Problem, ProblemError
from callconsole.domain.record import CallPage, CallQuery, CallRecord
from callconsole.engine.ports import AnswerVerdict, CarrierReport, MediaLine, Switchboard

AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
SID = "CA" + "c" * 32
FIRST_CALL = Call(
    sid=SID,
    to="+14155550100",
    from_number="+16285550100",
    prompt="reception",
    line="practice",
    placed_at=AT,
)


class FakeSwitchboard:
    """A `Switchboard` with no calls behind it.

    Attributes:
        known: every call by SID, newest last.
        counted: the figures of calls, by SID.
        orders: what `place_call` was asked for, (to, prompt).
        place_error: raised by `place_call` in place of an answer.
        callers: what `incoming_call` was told; it answers `incoming_reply`.
        taken: what `answer_incoming` was asked, (call SID, who, prompt).
        answer_error: raised by `answer_incoming` and `decline_incoming`, or None.
        hung_up: SIDs in the order of `hang_up`.
        tokens: one-time tokens that are still unspent, by call SID.
        spent: what `admit` was asked, (call SID, token).
        reports: status callbacks taken in.
        verdicts: answering-machine verdicts taken in.
        answers: what `call_answered` was told; machines are hung up on, all others get a token.
        resumes: whether a call goes on after a lost stream or a transfer, or is hung up.
        lost_streams: calls whose stream has ended.
        whisper: what `transfer_answered` says.
        transfers: what `transfer_ended` was told, (call SID, reached, status).
        judged: the operator's verdicts, (call SID, who).
        passed_on: what `transfer_call` was asked, (call SID, to, note).
        transfer_error: raised by `transfer_call`, or None.
        kept: what `find_calls` finds.
        queries: what `find_calls` was asked.
        records: what is kept of calls, by SID.
        lines: media lines served, oldest first.
        serve: how a line is carried; by default until it ends, keeping its events in `heard`.
        listeners: who is told of events now.
    """

    def __init__(self, *calls: Call) -> None:
        self.known = {call.sid: call for call in calls}
        self.counted: dict[str, dict[str, Any]] = {}
        self.orders: list[tuple[str, str | None]] = []
        self.place_error: Exception | None = None
        self.callers: list[IncomingCall] = []
        self.incoming_reply = IncomingReply(Reply.REJECT)
        self.taken: list[tuple[str, Answerer, str | None]] = []
        self.answer_error: Exception | None = None
        self.hung_up: list[str] = []
        self.tokens: dict[str, set[str]] = {}
        self.spent: list[tuple[str, str]] = []
        self.reports: list[CarrierReport] = []
        self.verdicts: list[AnswerVerdict] = []
        self.answers: list[tuple[str, AnswerVerdict | None]] = []
        self.resumes = False
        self.lost_streams: list[str] = []
        self.whisper = "A call from the reception."
        self.transfers: list[tuple[str, bool, str]] = []
        self.judged: list[tuple[str, AnsweredBy]] = []
        self.passed_on: list[tuple[str, str, str]] = []
        self.transfer_error: ProblemError | None = None
        self.kept = CallPage(rows=(), total=0)
        self.queries: list[CallQuery] = []
        self.records: dict[str, CallRecord] = {}
        self.lines: list[MediaLine] = []
        self.heard: list[object] = []
        self.serve: Callable[[MediaLine], Awaitable[None]] = self._hear
        self.line_served = asyncio.Event()
        self.line_done = asyncio.Event()
        self.listeners: list[Callable[[object], None]] = []
        self.subscribed = asyncio.Event()
        self.unsubscribed = asyncio.Event()
        self._minted = 0

    async def place_call(self, to: str, prompt: str | None = None) -> Call:
        self.orders.append((to, prompt))
        if self.place_error is not None:
            raise self.place_error
        call = replace(FIRST_CALL, to=to, prompt=prompt or FIRST_CALL.prompt)
        self.known[call.sid] = call
        return call

    async def incoming_call(self, call: IncomingCall) -> IncomingReply:
        self.callers.append(call)
        return self.incoming_reply

    async def answer_incoming(
        self, call_sid: str, by: Answerer = Answerer.AGENT, prompt: str | None = None
    ) -> None:
        if self.answer_error is not None:
            raise self.answer_error
        self.taken.append((call_sid, by, prompt))

    def decline_incoming(self, call_sid: str) -> None:
        if self.answer_error is not None:
            raise self.answer_error
        ending = Ending(Outcome.DECLINED, EndedBy.OPERATOR)
        self.known[call_sid] = ended(self.known[call_sid], ending, AT)

    async def hang_up(self, call_sid: str) -> None:
        if call_sid not in self.known:
            raise ProblemError(Problem("call.unknown", "No such call", "", ""))
        self.hung_up.append(call_sid)
        ending = Ending(Outcome.COMPLETED, EndedBy.OPERATOR)
        self.known[call_sid] = ended(self.known[call_sid], ending, AT)
        self.publish(CallEnded(call_sid=call_sid, at=AT, ending=ending))

    def judge_answer(self, call_sid: str, answered_by: AnsweredBy) -> None:
        self.judged.append((call_sid, answered_by))
        self.known[call_sid] = replace(
            self.known[call_sid], answered_by=answered_by, judged_by=JudgedBy.OPERATOR
        )

    async def transfer_call(self, call_sid: str, to: str, note: str = "") -> None:
        self.passed_on.append((call_sid, to, note))
        if self.transfer_error is not None:
            raise self.transfer_error
        self.known[call_sid] = replace(self.known[call_sid], transferred_to="+14155550117")

    async def find_calls(self, query: CallQuery) -> CallPage:
        self.queries.append(query)
        return self.kept

    async def call_record(self, call_sid: str) -> CallRecord | None:
        return self.records.get(call_sid)

    def call(self, call_sid: str) -> Call | None:
        return self.known.get(call_sid)

    def calls(self) -> list[Call]:
        return list(self.known.values())

    def figures(self, call_sid: str) -> dict[str, Any] | None:
        return self.counted.get(call_sid, {}) if call_sid in self.known else None

    def knows(self, call_sid: str) -> bool:
        return call_sid in self.known

    def stream_token(self, call_sid: str) -> str | None:
        call = self.known.get(call_sid)
        if call is None or not call.live:
            return None
        self._minted += 1
        token = f"fresh-{self._minted}"
        self.tokens.setdefault(call_sid, set()).add(token)
        return token

    async def admit(self, call_sid: str, token: str) -> bool:
        self.spent.append((call_sid, token))
        if token not in self.tokens.get(call_sid, set()):
            return False
        self.tokens[call_sid].remove(token)
        return True

    def call_answered(self, call_sid: str, verdict: AnswerVerdict | None) -> str | None:
        self.answers.append((call_sid, verdict))
        if verdict is not None and verdict.answered_by in MACHINES:
            return None
        return self.stream_token(call_sid)

    def stream_ended(self, call_sid: str) -> str | None:
        self.lost_streams.append(call_sid)
        return self.stream_token(call_sid) if self.resumes else None

    def transfer_answered(self, call_sid: str) -> str:
        return self.whisper

    def transfer_ended(self, call_sid: str, *, reached: bool, status: str) -> str | None:
        self.transfers.append((call_sid, reached, status))
        return self.stream_token(call_sid) if self.resumes else None

    async def serve_line(self, line: MediaLine) -> None:
        self.lines.append(line)
        self.line_served.set()
        try:
            await self.serve(line)
        finally:
            self.line_done.set()

    def carrier_reported(self, report: CarrierReport) -> None:
        self.reports.append(report)

    def answer_judged(self, verdict: AnswerVerdict) -> None:
        self.verdicts.append(verdict)

    def health(self) -> dict[str, object]:
        return {"version": "test", "live_calls": sum(call.live for call in self.known.values())}

    def subscribe(self, listener: Callable[[object], None]) -> Callable[[], None]:
        self.listeners.append(listener)
        self.subscribed.set()

        def stop() -> None:
            self.listeners.remove(listener)
            self.unsubscribed.set()

        return stop

    def publish(self, event: Event) -> None:
        """Tell every listener, as the engine's bus does."""
        for listener in list(self.listeners):
            listener(event)

    async def _hear(self, line: MediaLine) -> None:
        async for event in line.events():
            self.heard.append(event)


_: type[Switchboard] = FakeSwitchboard
