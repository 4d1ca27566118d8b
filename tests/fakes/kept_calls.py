"""A history in memory for the window's tests: calls found, read and deleted as a desk does it."""

from __future__ import annotations

import asyncio
from pathlib import Path

from callconsole.domain.call import Call
from callconsole.domain.problems import Problem, ProblemError
from callconsole.domain.record import CallPage, CallQuery, CallRecord
from callconsole.viewmodels.call_list import matches


class KeptCalls:
    """The part of `Desk` that remembers.

    Attributes:
        records: what is kept, by SID; live and ended calls of `calls` are found as well.
        queries: every query that was asked.
        history_problem: what every question raises, or None.
        answers: questions wait here until it is set.
        recorded_s: seconds of each recording.
    """

    calls: dict[str, Call]

    def __init__(self) -> None:
        self.records: dict[str, CallRecord] = {}
        self.queries: list[CallQuery] = []
        self.history_problem: Problem | None = None
        self.recorded_s = 240.0
        self.answers = asyncio.Event()
        self.answers.set()

    def keep(self, record: CallRecord) -> None:
        self.records[record.call.sid] = record

    async def find_calls(self, query: CallQuery) -> CallPage:
        self.queries.append(query)
        await self._answer()
        kept = {sid: record.call for sid, record in self.records.items()} | self.calls
        found = [call for call in kept.values() if matches(call, query)]
        found.sort(key=lambda call: call.placed_at, reverse=True)
        recorded_s = self.recorded_s * sum(call.recording is not None for call in found)
        rows = tuple(found[query.offset : query.offset + query.limit])
        return CallPage(rows, len(found), recorded_s)

    async def call_record(self, call_sid: str) -> CallRecord | None:
        await self._answer()
        if call_sid in self.records:
            return self.records[call_sid]
        call = self.calls.get(call_sid)
        return CallRecord(call) if call is not None else None

    async def delete_call(self, call_sid: str) -> None:
        await self._answer()
        record = self.records.pop(call_sid, None)
        if record is not None and record.call.recording is not None:
            Path(record.call.recording).unlink(missing_ok=True)
        self.calls.pop(call_sid, None)

    async def _answer(self) -> None:
        await self.answers.wait()
        if self.history_problem is not None:
            raise ProblemError(self.history_problem)
