"""A history in memory for the window's tests: calls found, read and deleted as a desk does it."""

from __future__ import annotations

import asyncio
import math
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from callconsole.domain import events
from callconsole.domain.call import Call
from callconsole.domain.problems import Problem, ProblemError
from callconsole.domain.record import CallPage, CallQuery, CallRecord, Recorded
from callconsole.domain.stars import moment, stars_of
from callconsole.domain.transcript import Turn
from callconsole.engine.archivist import logged
from callconsole.viewmodels.call_search import matches


class KeptCalls:
    """The part of `Desk` that remembers.

    Attributes:
        records: what is kept, by SID; live and ended calls of `calls` are found as well.
        queries: every query that was asked.
        history_problem: what every question raises, or None.
        answers: questions wait here until it is set.
        recorded_s: seconds of each recording.
        so_far: what can be read of a live call's recording, by SID.
        star_problem: what starring raises, or None.
    """

    calls: dict[str, Call]
    now: datetime

    def __init__(self) -> None:
        self.records: dict[str, CallRecord] = {}
        self.queries: list[CallQuery] = []
        self.history_problem: Problem | None = None
        self.recorded_s = 240.0
        self.so_far: dict[str, Recorded] = {}
        self.star_problem: Problem | None = None
        self.answers = asyncio.Event()
        self.answers.set()

    def keep(self, record: CallRecord) -> None:
        self.records[record.call.sid] = record

    async def find_calls(self, query: CallQuery) -> CallPage:
        self.queries.append(query)
        await self._answer()
        kept = {sid: record.call for sid, record in self.records.items()} | self.calls
        usual = replace(query, starred=False)
        found = [
            call
            for call in kept.values()
            if matches(call, usual) and (not query.starred or self._has_star(call.sid))
        ]
        found.sort(key=lambda call: call.placed_at, reverse=True)
        recorded_s = self.recorded_s * sum(call.recording is not None for call in found)
        rows = tuple(found[query.offset : query.offset + query.limit])
        starred = frozenset(call.sid for call in rows if self._has_star(call.sid))
        return CallPage(rows, len(found), recorded_s, starred)

    def _has_star(self, sid: str) -> bool:
        return sid in self.records and bool(stars_of(self.records[sid].events))

    async def call_record(self, call_sid: str) -> CallRecord | None:
        await self._answer()
        return self._kept(call_sid)

    async def delete_call(self, call_sid: str) -> None:
        await self._answer()
        record = self.records.pop(call_sid, None)
        if record is not None and record.call.recording is not None:
            Path(record.call.recording).unlink(missing_ok=True)
        self.calls.pop(call_sid, None)

    async def star_moment(
        self, call_sid: str, turn_id: int | None = None, *, starred: bool = True
    ) -> None:
        """As the engine: an event, which stands on the record."""
        await self._answer()
        if self.star_problem is not None:
            raise ProblemError(self.star_problem)
        record = self._kept(call_sid)
        assert record is not None
        found = moment(self.turns(call_sid) or record.turns, turn_id, math.inf)
        assert found is not None
        kind = events.MomentStarred if starred else events.MomentUnstarred
        event = kind(call_sid=call_sid, at=self.now, turn_id=found[0], position_s=found[1])
        self.records[call_sid] = replace(record, events=(*record.events, logged(event)))
        self.publish(event)

    async def recorded_so_far(self, call_sid: str) -> Recorded | None:
        await self.answers.wait()
        return self.so_far.get(call_sid)

    def turns(self, call_sid: str) -> list[Turn]:
        raise NotImplementedError

    def publish(self, event: events.Event) -> None:
        raise NotImplementedError

    def _kept(self, call_sid: str) -> CallRecord | None:
        if call_sid in self.records:
            return self.records[call_sid]
        call = self.calls.get(call_sid)
        return CallRecord(call) if call is not None else None

    async def _answer(self) -> None:
        await self.answers.wait()
        if self.history_problem is not None:
            raise ProblemError(self.history_problem)
