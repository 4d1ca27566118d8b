"""One conversation with the model, kept over as many connections as it takes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from typing import TYPE_CHECKING, Any

from callconsole.adapters.gemini.connection import Connection
from callconsole.adapters.gemini.departure import Departure, broken, to_repeat
from callconsole.adapters.gemini.inbox import Inbox
from callconsole.adapters.gemini.messages import MessageReader
from callconsole.adapters.gemini.problems import PASSING
from callconsole.adapters.gemini.redial import Dial, Redial
from callconsole.adapters.gemini.resume import Handover, Lifetime
from callconsole.adapters.gemini.seeding import Recollection, recall
from callconsole.adapters.gemini.tool_answer import ToolAnswer
from callconsole.adapters.gemini.tool_calls import ToolCalls, ToolTerms
from callconsole.adapters.gemini.unanswered import Unanswered
from callconsole.adapters.gemini.uplink import Uplink, to_bytes
from callconsole.adapters.gemini.whisper import Whisper, WhisperWay
from callconsole.adapters.gemini.whispers import Whispers
from callconsole.audio.meter import level_dbfs
from callconsole.domain.problems import Problem, ProblemError
from callconsole.domain.transcript import Turn
from callconsole.engine.ports import (
    AgentCutOff,
    AgentEvent,
    AgentLeaving,
    AgentRecovered,
    AgentToolCall,
    AgentTurnDone,
    Clock,
    ConnectionSpan,
    Pcm16,
    ToolReply,
)

if TYPE_CHECKING:
    from google.genai import types

CLOSE_WAIT_S = 1.5
# How often a quiet moment is looked for while one is needed.
LOOK_EVERY_S = 0.05
# A caller's speech on a phone line is above this, the line's own noise below.
CALLER_DBFS = -45.0
# A refusal that comes this soon after the transcript was told was meant for the transcript.
SEED_REFUSED_S = 5.0

_log = logging.getLogger(__name__)

Explain = Callable[[BaseException], Problem]


class GeminiSession:
    """Fulfils `callconsole.engine.ports.AgentSession`.

    One task owns the connection: it reads, keeps the handle, and changes to a new connection
    when the server is about to leave or has failed. Audio takes no task on its way: it is
    written as it is given, and handed to the inbox as it arrives, wherever the order allows it.
    What waits is bounded: 2 s of caller audio (12 s while the connection changes), two minutes
    of agent audio; beyond that the socket is not read, and TCP holds the server back.

    Attributes:
        reconnects: how often the session has moved to another connection.
    """

    def __init__(
        self,
        connection: Connection,
        dial: Dial,
        explain: Explain,
        clock: Clock,
        lifetime: Lifetime | None = None,
        tools: ToolTerms | None = None,
    ) -> None:
        """Take over an open connection.

        Args:
            connection: ready to talk.
            dial: opens another one.
            explain: words for what broke a connection.
            clock: for durations.
            lifetime: how long a connection is kept; None for what suits Gemini.
            tools: what the model's function calls are like; None for what every model takes.
        """
        self.reconnects = 0
        self._connection = connection
        self._explain = explain
        self._clock = clock
        self._lifetime = lifetime or Lifetime()
        self._uplink = Uplink()
        self._calls = ToolCalls(tools or ToolTerms(), self._uplink, clock)
        self._unanswered = Unanswered()
        self._whispers = Whispers(self._uplink, clock)
        self._inbox = Inbox()
        self._reader = MessageReader(self._calls)
        self._handover = Handover(clock.monotonic(), self._lifetime)
        self._redial = Redial(dial, clock)
        self._history: Callable[[], Sequence[Turn]] | None = None
        # None while there is no connection to leave, nor to write to.
        self._departure: asyncio.Future[Departure] | None = self._new_departure()
        self._look: asyncio.TimerHandle | None = None
        self._seeded_at = float("-inf")
        self._closing = False
        self._task = asyncio.create_task(self._run(), name="gemini session")

    @property
    def dropped_ms(self) -> float:
        """Milliseconds of caller audio given up because they could not be sent in time."""
        return self._uplink.dropped_ms

    @property
    def span(self) -> ConnectionSpan:
        """How long the present connection is kept; the last one while it is being replaced."""
        return self._handover.span

    @property
    def given_up_calls(self) -> int:
        """Function calls that were given up because the model would not have waited longer."""
        return self._calls.given_up

    async def events(self) -> AsyncIterator[AgentEvent]:
        """What the model says and does, until `close`; for one consumer.

        Raises:
            ProblemError: the session broke and could not be saved.
        """
        while (event := await self._inbox.get()) is not None:
            yield event

    def send_audio(self, pcm: Pcm16) -> None:
        """Send or queue caller audio, shape (n,), int16, mono, 16000 Hz.

        Dropped while the model waits for a function's result: it ends the session otherwise.
        """
        if self._closing or not len(pcm):
            return
        now = self._clock.monotonic()
        if self._handover.leaving(now) and level_dbfs(pcm) > CALLER_DBFS:
            self._handover.caller_spoke(now)
        data = to_bytes(pcm)
        if self._departure is not None and self._uplink.withheld:
            self._uplink.drop(data)
        elif self._departure is not None and self._uplink.idle and self._connection.send_now(data):
            self._unanswered.sent(data)
        else:
            self._uplink.add_bytes(data)

    def send_text(self, text: str) -> None:
        """Queue an instruction in text that the model acts on now."""
        if not self._closing:
            # In the order given; where it has to be acted on now, a turn may as well be cut off.
            self._whispers.release()
            self._uplink.add_text(text)

    def tell(self, text: str) -> None:
        """Queue something to keep in mind; it is sent once the model has finished its turn."""
        if not self._closing:
            self._whispers.add(text)

    def answer_tool(
        self, call: AgentToolCall, result: dict[str, Any], reply: ToolReply = ToolReply.WHEN_IDLE
    ) -> None:
        """Queue a function's result; passed over where the call wants none any more."""
        if not self._closing:
            self._calls.answer(call, result, reply)

    def remember(self, history: Callable[[], Sequence[Turn]]) -> None:
        """Where to find what has been said, should the session have to begin anew."""
        self._history = history

    def recover(self, *, fresh: bool, reason: str) -> None:
        """Replace the connection now; nothing where it is being replaced already."""
        self._depart(Departure(reason, self._clock.monotonic(), fresh=fresh))

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
                await self._move(await self._serve())
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
                self._calls.close()
                self._whispers.close()
                self._inbox.end(end)
                self._log_end()

    # One connection --------------------------------------------------------------------------

    async def _serve(self) -> Departure:
        """Talk over the present connection until there is a reason to leave it."""
        if self._departure is None:
            raise RuntimeError("not connected")
        self._connection.on_audio = self._take_audio
        reader = asyncio.create_task(self._read(self._connection), name="gemini downlink")
        sender = asyncio.create_task(self._send(self._connection), name="gemini uplink")
        self._watch()
        try:
            return await self._departure
        finally:
            self._departure = None
            self._uplink.hold()
            if self._look is not None:
                self._look.cancel()
            sender.cancel()
            # The reader goes on meanwhile, so that nothing is lost that is on its way.
            try:
                await self._connection.close()
            finally:
                reader.cancel()
                await asyncio.gather(reader, sender, return_exceptions=True)
            self._redial.retries.lasted(self._clock.monotonic() - self._handover.opened_at)

    def _new_departure(self) -> asyncio.Future[Departure]:
        return asyncio.get_running_loop().create_future()

    def _depart(self, departure: Departure) -> None:
        if self._departure is not None and not self._departure.done():
            self._departure.set_result(departure)

    def _watch(self) -> None:
        """Look for the moment to change, now and whenever it may have come."""
        if self._departure is None:
            return
        now = self._clock.monotonic()
        if self._handover.due(now, busy=self._calls.blocked):
            quiet = self._handover.quiet(now) and not self._calls.blocked
            self._depart(Departure("the connection had reached its age", now, quiet=quiet))
            return
        if self._look is not None:
            self._look.cancel()
        delay_s = max(LOOK_EVERY_S, self._handover.wait_s(now))
        self._look = asyncio.get_running_loop().call_later(delay_s, self._watch)

    async def _read(self, connection: Connection) -> None:
        from google.genai.errors import APIError

        try:
            while True:
                await self._inbox.room()
                self._take(await connection.receive())
        except APIError as error:
            self._depart(broken(self._explain(error), self._clock.monotonic()))
        except Exception as error:
            _log.error("a Gemini message could not be taken (%s)", type(error).__name__)
            self._depart(broken(self._explain(error), self._clock.monotonic()))

    def _take_audio(self, parts: list[bytes]) -> bool:
        """Audio straight from the socket; False while the engine is far behind."""
        if not self._inbox.has_room:
            return False
        self._take(parts)
        return True

    def _take(self, message: types.LiveServerMessage | list[bytes]) -> None:
        if isinstance(message, list):
            events = self._reader.audio(message)
            self._handover.agent_spoke()
        else:
            events = self._reader.events(message)
            self._note(message, events)
        if self._reader.unfinished:
            self._unanswered.answered()
            self._whispers.turn_began()
        cut = any(isinstance(event, AgentCutOff) for event in events)
        self._whispers.heed(speaking=self._reader.in_turn and not cut)
        for event in events:
            self._inbox.put(event)

    def _note(self, message: types.LiveServerMessage, events: list[AgentEvent]) -> None:
        left_s = next((e.time_left_s for e in events if isinstance(e, AgentLeaving)), None)
        known = self._handover.handle
        self._handover.note(message, left_s or 0.0, self._clock.monotonic())
        if self._handover.handle != known:
            self._unanswered.remembered()
            self._calls.remembered()
            self._whispers.remembered()
        if left_s is not None:
            self._watch()

    async def _send(self, connection: Connection) -> None:
        from websockets.exceptions import ConnectionClosed

        while True:
            item = await self._uplink.next()
            try:
                await connection.send(item)
            except ConnectionClosed:
                return
            except TimeoutError as error:
                _log.warning("Gemini has stopped reading; the connection is given up")
                self._depart(broken(self._explain(error), self._clock.monotonic()))
                return
            self._uplink.sent(item)
            if isinstance(item, ToolAnswer):
                self._calls.sent(item)
            elif isinstance(item, Whisper):
                self._whispers.sent(item)
            else:
                self._unanswered.sent(item)
            if not isinstance(item, bytes):
                self._handover.caller_spoke(self._clock.monotonic())

    # The change to another -------------------------------------------------------------------

    async def _move(self, leave: Departure) -> None:
        """Resume on a new connection, else begin a fresh session; the old one is closed by now.

        Raises:
            ProblemError: neither is possible.
        """
        handle = None if leave.fresh else self._handover.handle
        recollect = self._recollect if self._history is not None else None
        refused = False
        if leave.problem is not None and self._seed_refused(leave):
            self._redial.plainly, handle = True, None
        elif leave.problem is not None and (refused := self._call_refused(leave)):
            _log.warning("Gemini ended the session over a function call; it is resumed")
        elif leave.problem is not None and self._whisper_refused(leave):
            _log.warning("Gemini ended the session over a whisper; it is resumed")
        elif leave.problem is not None and (
            leave.problem.code not in PASSING or (handle is None and recollect is None)
        ):
            raise ProblemError(leave.problem)
        unfinished = self._reader.unfinished
        if self._reader.in_turn:
            self._inbox.put(AgentTurnDone())
        self._reader = MessageReader(self._calls)
        self._connection, told = await self._redial.connect(handle, recollect, leave.problem)
        now = self._clock.monotonic()
        self._handover = Handover(now, self._lifetime, handle if told is None else None)
        self._seeded_at = now if told is not None else float("-inf")
        self.reconnects += 1
        self._departure = self._new_departure()
        gap_ms = round((now - leave.at) * 1000)
        self._inbox.put(AgentRecovered(told is not None, leave.reason, gap_ms))
        if not leave.quiet:
            known = self._recollect() if told is None else told
            again = to_repeat(
                known, self._unanswered, fresh=told is not None, unfinished=unfinished
            )
            self._uplink.put_back(again)
        if self._whispers.plainly:
            self._connection.whisper_way = WhisperWay("realtime_text")
        self._uplink.put_back(self._whispers.moved(fresh=told is not None))
        self._calls.moved(fresh=told is not None or refused)
        self._unanswered.answered()
        _log.info("Gemini session %s (%d ms)", "resumed" if told is None else "anew", gap_ms)

    def _recollect(self) -> Recollection:
        return recall(self._history()) if self._history is not None else Recollection()

    def _seed_refused(self, leave: Departure) -> bool:
        """True where what a fresh session was told has ended it at once."""
        return (
            leave.problem is not None
            and leave.problem.code == "agent.input_refused"
            and not self._redial.plainly
            and leave.at - self._seeded_at < SEED_REFUSED_S
        )

    def _whisper_refused(self, leave: Departure) -> bool:
        """True where a whisper has ended the session, which goes on with it as plain text."""
        return (
            leave.problem is not None
            and leave.problem.code == "agent.input_refused"
            and (self._handover.handle is not None or self._history is not None)
            and self._whispers.refused(leave.at)
        )

    def _call_refused(self, leave: Departure) -> bool:
        """True where audio on its way met a function call (code 1008), which a resumption cures."""
        return (
            leave.problem is not None
            and leave.problem.code == "agent.session_refused"
            and self._calls.waited_for
            and (self._handover.handle is not None or self._history is not None)
        )

    def _log_end(self) -> None:
        _log.info(
            "Gemini session ended: %d reconnects, %d unreadable messages, %.0f ms not sent",
            self.reconnects,
            self._connection.unreadable,
            self._uplink.dropped_ms,
        )
