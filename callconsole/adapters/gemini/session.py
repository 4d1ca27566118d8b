"""One conversation with the model, kept over as many connections as the server makes of it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable

from callconsole.adapters.gemini.connection import Connection
from callconsole.adapters.gemini.messages import MessageReader
from callconsole.adapters.gemini.problems import PASSING
from callconsole.adapters.gemini.resume import GIVE_UP_S, Handover, Retries
from callconsole.adapters.gemini.uplink import Uplink
from callconsole.domain.problems import Problem, ProblemError
from callconsole.engine.ports import AgentEvent, AgentLeaving, AgentTurnDone, Clock, Pcm16

CLOSE_WAIT_S = 1.5

_log = logging.getLogger(__name__)

Dial = Callable[[str | None], Awaitable[Connection]]
Explain = Callable[[BaseException], Problem]


class GeminiSession:
    """Fulfils `callconsole.engine.ports.AgentSession`.

    One task owns the connection: it reads, keeps the handle, and changes to a new connection
    when the server is about to leave or has failed. Events wait in a queue, so that a slow
    consumer never keeps the socket from being read.

    Attributes:
        reconnects: how often the session has moved to another connection.
    """

    def __init__(self, connection: Connection, dial: Dial, explain: Explain, clock: Clock) -> None:
        """Take over an open connection.

        Args:
            connection: ready to talk.
            dial: opens another one with a handle; raises `ProblemError`.
            explain: words for what broke a connection.
            clock: for durations.
        """
        self.reconnects = 0
        self._connection = connection
        self._dial = dial
        self._explain = explain
        self._clock = clock
        self._uplink = Uplink()
        self._reader = MessageReader()
        self._handover = Handover()
        self._retries = Retries()
        self._inbox: asyncio.Queue[AgentEvent | ProblemError | None] = asyncio.Queue()
        self._task = asyncio.create_task(self._run(), name="gemini session")
        self._closing = False

    @property
    def dropped_ms(self) -> float:
        """Milliseconds of caller audio given up because they could not be sent in time."""
        return self._uplink.dropped_ms

    async def events(self) -> AsyncIterator[AgentEvent]:
        """What the model says and does, until `close`; for one consumer.

        Raises:
            ProblemError: the session broke and could not be resumed.
        """
        while True:
            item = await self._inbox.get()
            if item is None or isinstance(item, ProblemError):
                self._inbox.put_nowait(item)
                if item is None:
                    return
                raise item
            yield item

    def send_audio(self, pcm: Pcm16) -> None:
        """Queue caller audio, shape (n,), int16, mono, 16000 Hz; kept for 2 s at most."""
        if not self._closing:
            self._uplink.add_audio(pcm)

    def send_text(self, text: str) -> None:
        """Queue an instruction in text that the model acts on now."""
        if not self._closing:
            self._uplink.add_text(text)

    async def close(self) -> None:
        """Close within about a second; safe to call twice and at the same time."""
        if not self._closing:
            self._closing = True
            self._task.cancel()
        await asyncio.wait({self._task}, timeout=CLOSE_WAIT_S)

    async def _run(self) -> None:
        end: ProblemError | None = None
        try:
            while True:
                fault = await self._serve()
                await self._connection.close()
                await self._move(fault)
        except ProblemError as error:
            end = error
        except Exception as error:
            # Never the text or the traceback's values: both may quote what was said.
            _log.error("the Gemini session failed (%s)", type(error).__name__)
            end = ProblemError(self._explain(error))
        finally:
            try:
                await self._connection.close()
            finally:
                self._inbox.put_nowait(end)
                self._log_end()

    async def _serve(self) -> Problem | None:
        """Talk over the present connection; return what broke it, or None when it is time."""
        began = self._clock.monotonic()
        sender = asyncio.create_task(self._send(self._connection), name="gemini uplink")
        try:
            return await self._receive(self._connection)
        finally:
            sender.cancel()
            await asyncio.gather(sender, return_exceptions=True)
            self._retries.lasted(self._clock.monotonic() - began)

    async def _receive(self, connection: Connection) -> Problem | None:
        from google.genai.errors import APIError

        while True:
            wait_s = self._handover.wait_s(self._clock.monotonic())
            if wait_s == 0.0:
                return None
            try:
                async with asyncio.timeout(wait_s):
                    message = await connection.receive()
            except TimeoutError:
                continue
            except APIError as error:
                return self._explain(error)
            time_left_s = 0.0
            if isinstance(message, list):
                for event in self._reader.audio(message):
                    self._inbox.put_nowait(event)
                self._handover.spoke()
                continue
            for event in self._reader.events(message):
                if isinstance(event, AgentLeaving):
                    time_left_s = event.time_left_s
                self._inbox.put_nowait(event)
            self._handover.note(message, time_left_s, self._clock.monotonic())

    async def _send(self, connection: Connection) -> None:
        from websockets.exceptions import ConnectionClosed

        while True:
            item = await self._uplink.next()
            try:
                await connection.send(item)
            except ConnectionClosed:
                return
            except TimeoutError:
                _log.warning("Gemini has stopped reading; the connection is given up")
                await connection.close()
                return
            self._uplink.sent(item)

    async def _move(self, fault: Problem | None) -> None:
        """Resume on a new connection, or raise `ProblemError` where that cannot help.

        The old connection is closed by now: the server refuses a handle that is in use.
        """
        if fault is not None and (fault.code not in PASSING or self._handover.handle is None):
            raise ProblemError(fault)
        if self._reader.in_turn:
            self._inbox.put_nowait(AgentTurnDone())
        self._reader = MessageReader()
        self._connection = await self._redial(fault)
        self._handover.moved()
        self.reconnects += 1
        _log.info("Gemini session resumed (%d)", self.reconnects)

    async def _redial(self, fault: Problem | None) -> Connection:
        give_up_at = self._clock.monotonic() + GIVE_UP_S
        while (delay_s := self._retries.next_delay_s()) is not None:
            await asyncio.sleep(delay_s)
            try:
                return await self._dial(self._handover.handle)
            except ProblemError as error:
                fault = error.problem
                if fault.code not in PASSING or self._clock.monotonic() > give_up_at:
                    break
        raise ProblemError(fault or _OFTEN)

    def _log_end(self) -> None:
        _log.info(
            "Gemini session ended: %d reconnects, %d unreadable messages, %.0f ms not sent",
            self.reconnects,
            self._connection.unreadable,
            self._uplink.dropped_ms,
        )


_OFTEN = Problem(
    code="agent.lost",
    title="The connection to Gemini was lost",
    cause="The server asked us to reconnect again and again.",
    cure="Wait a minute and call again.",
)
