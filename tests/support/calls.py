"""Calls as values, for tests that need one."""

from __future__ import annotations

from datetime import UTC, datetime

from callconsole.domain.call import Call

PLACED_AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


def queued_call(sid: str) -> Call:
    return Call(sid, "+14155552671", "+16285550100", "survey", "phone", PLACED_AT)
