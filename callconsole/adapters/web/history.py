"""Calls that are kept, over HTTP: a list to search, and everything about one call."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from aiohttp import web

from callconsole.adapters.web import answers
from callconsole.adapters.web.call_json import call_json, unknown_call
from callconsole.adapters.web.queries import one_of, require_parameters, short_text, whole_number
from callconsole.domain.call import Outcome
from callconsole.domain.json_ready import json_ready
from callconsole.domain.record import CallQuery
from callconsole.engine.ports import Switchboard

_PARAMETERS: Final = ("text", "outcome", "prompt", "starred", "limit", "offset")
_OUTCOMES: Final = tuple(outcome.value for outcome in Outcome)
_ROWS_AT_MOST: Final = 200
_OFFSET_AT_MOST: Final = 10_000_000


class HistoryApi:
    """`GET /history` and `GET /history/{sid}`, unguarded; `control.routes` guards them."""

    def __init__(self, switchboard: Switchboard) -> None:
        self._switchboard = switchboard

    async def calls(self, request: web.Request) -> web.Response:
        """Calls that are kept, newest first, and how many match in all.

        `text`: part of a number or of a prompt's name. `outcome`: may come several times.
        `prompt`: its whole name. `starred`: 1 for calls with a starred moment alone.
        `limit` and `offset`: which of those that match.
        """
        query = _query_of(request)
        page = await self._switchboard.find_calls(query)
        now = datetime.now(UTC)
        return answers.value(
            {
                "calls": [call_json(call, now) for call in page.rows],
                "total": page.total,
                "recorded_s": round(page.recorded_s, 3),
                "limit": query.limit,
                "offset": query.offset,
            }
        )

    async def call(self, request: web.Request) -> web.Response:
        """One call: its state, turns, notes, events, verdict and figures."""
        record = await self._switchboard.call_record(request.match_info["sid"])
        if record is None:
            raise unknown_call("No call of that name is kept.", "Look for it with /history.")
        state = call_json(record.call, datetime.now(UTC))
        rest = {key: item for key, item in json_ready(record).items() if key != "call"}
        return answers.value({**state, **rest})


def _query_of(request: web.Request) -> CallQuery:
    query = request.query
    require_parameters(query, _PARAMETERS)
    outcomes = [one_of(word, "outcome", _OUTCOMES) for word in query.getall("outcome", []) if word]
    return CallQuery(
        text=short_text(query, "text"),
        outcomes=frozenset(map(Outcome, outcomes)),
        prompt=short_text(query, "prompt") or None,
        starred=whole_number(query, "starred", default=0, lowest=0, highest=1) == 1,
        offset=whole_number(query, "offset", default=0, lowest=0, highest=_OFFSET_AT_MOST),
        limit=whole_number(query, "limit", default=50, lowest=1, highest=_ROWS_AT_MOST),
    )
