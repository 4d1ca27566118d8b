"""A call's events as lines of JSON, for as long as the call lives."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import Any

from aiohttp import web

from callconsole.domain.call import Call
from callconsole.domain.events import (
    CallEnded,
    CallEvent,
    LevelsMeasured,
    RecordingSaved,
    as_json,
)
from callconsole.engine.ports import Switchboard

_log = logging.getLogger(__name__)


class EventStreams:
    """Open event streams, and their common end.

    Loudness is left out unless the address asks for it with ``?levels=1``: it is most of what
    happens in a call and seldom wanted.

    Args:
        switchboard: where events come from.
        recording_wait_s: how long to stay after the call's end for `RecordingSaved`.
        look_s: how often to look whether the reader is still there.
        write_s: for a reader to take one line.
        waiting_events: events that wait for a slow reader; beyond it, the stream is ended.
    """

    def __init__(
        self,
        switchboard: Switchboard,
        *,
        recording_wait_s: float = 2.0,
        look_s: float = 1.0,
        write_s: float = 5.0,
        waiting_events: int = 2000,
    ) -> None:
        self._switchboard = switchboard
        self._recording_wait_s = recording_wait_s
        self._look_s = look_s
        self._write_s = write_s
        self._waiting_events = waiting_events
        self._open: set[_Stream] = set()

    def end_all(self) -> None:
        """End every open stream."""
        for stream in self._open:
            stream.end()

    async def follow(
        self, request: web.Request, call: Call, first: dict[str, Any]
    ) -> web.StreamResponse:
        """Answer with `first`, then with each event of the call until it has ended.

        The caller takes `call` and `first` and comes here without awaiting in between, so that
        no event is lost.
        """
        levels = request.query.get("levels") == "1"
        stream = _Stream(call.sid, levels, self._waiting_events)
        stop_listening = self._switchboard.subscribe(stream.take)
        self._open.add(stream)
        response = web.StreamResponse(
            headers={"Content-Type": "application/x-ndjson", "Cache-Control": "no-store"}
        )
        response.enable_chunked_encoding()
        try:
            await response.prepare(request)
            await self._write(response, first)
            if call.live:
                await self._copy(request, response, stream)
        except (ConnectionError, TimeoutError):
            _log.info("call %s: the reader of its events is gone", call.sid)
            if request.transport is not None:
                request.transport.abort()
        finally:
            self._open.discard(stream)
            stop_listening()
        return response

    async def _copy(
        self, request: web.Request, response: web.StreamResponse, stream: _Stream
    ) -> None:
        loop = asyncio.get_running_loop()
        leave_at: float | None = None
        while leave_at is None or loop.time() < leave_at:
            wait_s = self._look_s if leave_at is None else leave_at - loop.time()
            try:
                async with asyncio.timeout(wait_s):
                    event = await stream.next()
            except TimeoutError:
                if request.transport is None or request.transport.is_closing():
                    return
                continue
            if event is None:
                return
            await self._write(response, as_json(event))
            if isinstance(event, RecordingSaved) and leave_at is not None:
                return
            if isinstance(event, CallEnded):
                leave_at = loop.time() + self._recording_wait_s

    async def _write(self, response: web.StreamResponse, line: dict[str, Any]) -> None:
        async with asyncio.timeout(self._write_s):
            await response.write(json.dumps(line, default=str).encode() + b"\n")


class _Stream:
    """What one reader has still to be told."""

    def __init__(self, call_sid: str, levels: bool, limit: int) -> None:
        self._call_sid = call_sid
        self._levels = levels
        self._limit = limit
        self._events: asyncio.Queue[CallEvent | None] = asyncio.Queue()

    def take(self, event: object) -> None:
        if not isinstance(event, CallEvent) or event.call_sid != self._call_sid:
            return
        if isinstance(event, LevelsMeasured) and not self._levels:
            return
        if self._events.qsize() < self._limit:
            self._events.put_nowait(event)
        else:
            self.end()

    def end(self) -> None:
        self._events.put_nowait(None)

    async def next(self) -> CallEvent | None:
        """The next event, or None where there will be no more."""
        return await self._events.get()
