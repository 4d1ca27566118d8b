"""A call's state as the control API tells it, and the words for a call that is not there."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from callconsole.domain.call import Call
from callconsole.domain.json_ready import json_ready
from callconsole.domain.problems import Problem, ProblemError


def call_json(call: Call, now: datetime) -> dict[str, Any]:
    """A call's state, keyed as in the events; times as ISO 8601, and the seconds talked."""
    return {**json_ready(call), "duration_s": round(call.duration_s(now), 3)}


def unknown_call(cause: str, cure: str) -> ProblemError:
    """The error for a name that is no call's."""
    return ProblemError(Problem("call.unknown", "There is no such call", cause, cure))
