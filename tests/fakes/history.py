"""The history in memory: for tests of what keeps calls and of what shows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from callconsole.domain.answering import Verdict
from callconsole.domain.call import Call
from callconsole.domain.problems import Problem, ProblemError
from callconsole.domain.record import CallPage, CallQuery, CallRecord, LoggedEvent, Note
from callconsole.domain.stars import stars_of
from callconsole.domain.transcript import Turn


class FakeHistory:
    """Keeps at once; asks fail with `problem` where a test sets one."""

    def __init__(self, *records: CallRecord) -> None:
        self.records = {record.call.sid: record for record in records}
        self.recorded_s: dict[str, float] = {}
        self.problem: Problem | None = None
        self.opened = False
        self.closed = False
        self.flushed = 0

    async def open(self) -> None:
        self._answer()
        self.opened = True

    def keep_call(self, call: Call) -> None:
        record = self.records.get(call.sid)
        self.records[call.sid] = CallRecord(call) if record is None else replace(record, call=call)

    def keep_turn(self, call_sid: str, turn: Turn) -> None:
        turns = {kept.id: kept for kept in self._of(call_sid).turns} | {turn.id: turn}
        self._change(call_sid, turns=tuple(turns[key] for key in sorted(turns)))

    def keep_event(self, call_sid: str, event: LoggedEvent) -> None:
        self._change(call_sid, events=(*self._of(call_sid).events, event))

    def keep_note(self, call_sid: str, note: Note) -> None:
        self._change(call_sid, notes=(*self._of(call_sid).notes, note))

    def keep_verdict(self, call_sid: str, verdict: Verdict) -> None:
        self._change(call_sid, verdict=verdict)

    def keep_figures(self, call_sid: str, figures: Mapping[str, Any], recorded_s: float) -> None:
        self._change(call_sid, figures=dict(figures))
        self.recorded_s[call_sid] = recorded_s

    async def flush(self) -> None:
        self.flushed += 1

    async def find(self, query: CallQuery) -> CallPage:
        self._answer()
        newest = sorted(self.records.values(), key=lambda it: it.call.placed_at, reverse=True)
        found = [record.call for record in newest if _matches(record.call, query)]
        rows = found[query.offset : query.offset + query.limit]
        recorded_s = sum(self.recorded_s.get(call.sid, 0.0) for call in found)
        starred = (call.sid for call in rows if stars_of(self._of(call.sid).events))
        return CallPage(tuple(rows), len(found), recorded_s, frozenset(starred))

    async def record(self, call_sid: str) -> CallRecord | None:
        self._answer()
        return self.records.get(call_sid)

    async def unfinished(self) -> list[Call]:
        self._answer()
        return [record.call for record in self.records.values() if record.call.live]

    async def delete(self, call_sid: str) -> None:
        self._answer()
        self.records.pop(call_sid, None)

    async def close(self) -> None:
        self.closed = True

    def _answer(self) -> None:
        if self.problem is not None:
            raise ProblemError(self.problem)

    def _of(self, call_sid: str) -> CallRecord:
        return self.records[call_sid]

    def _change(self, call_sid: str, **changes: Any) -> None:
        self.records[call_sid] = replace(self._of(call_sid), **changes)


def _matches(call: Call, query: CallQuery) -> bool:
    digits = "".join(character for character in query.text if character.isdecimal())
    name = call.prompt.replace("_", " ").casefold()
    text = query.text.replace("_", " ").strip().casefold()
    return (
        (not text or text in name or bool(digits and digits in call.to))
        and (not query.outcomes or (call.ending and call.ending.outcome) in query.outcomes)
        and (query.since is None or call.placed_at >= query.since)
        and (query.prompt is None or call.prompt == query.prompt)
    )
