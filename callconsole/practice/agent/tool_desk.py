"""Call functions over the wire, wait for what blocks, and take results in."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from callconsole.practice.agent.declarations import Declaration
from callconsole.practice.agent.faults import ToolFaults
from callconsole.practice.agent.function_calls import CallBook, FunctionAnswer, OpenCall
from callconsole.practice.agent.protocol import Json, server_content
from callconsole.practice.agent.records import MadeCall, SessionRecord
from callconsole.practice.agent.refusals import not_implemented
from callconsole.practice.agent.session_setup import SessionSetup
from callconsole.practice.agent.upgrade import BackEnd
from callconsole.practice.agent.wire import Wire
from callconsole.practice.agent.wishes import Wish

_BAD_ARGUMENTS: Json = {"unexpected": [1, {"deep": None}], "digits": {"not": "a text"}}


class ToolDesk:
    """The functions of one session.

    Args:
        wire: where calls go.
        setup: what was declared, and at which model.
        faults: what goes wrong with calls.
        grace_s: how long after a blocking call realtime input may still arrive, as it was on
            its way.
        record: told of everything.
        still_open: calls of the session that this one goes on with.
    """

    def __init__(
        self,
        wire: Wire,
        setup: SessionSetup,
        faults: ToolFaults,
        grace_s: float,
        record: SessionRecord,
        still_open: Iterable[OpenCall],
    ) -> None:
        self._wire, self._setup, self._faults = wire, setup, faults
        self._grace_s, self._record = grace_s, record
        self._book = CallBook(setup.model, still_open)
        self._made = 0

    @property
    def open(self) -> tuple[OpenCall, ...]:
        """Calls without a result."""
        return self._book.open

    def hears(self) -> bool:
        """False where realtime input that arrives now is passed over.

        Raises:
            RefusalError: 1008 where the client goes on although the agent waits for a result.
        """
        since = self._book.blocking_since
        if since is None or self._setup.model.input_cancels:
            return True
        if asyncio.get_running_loop().time() - since > self._grace_s:
            raise not_implemented()
        return False

    async def call(self, wishes: Iterable[Wish], declared: dict[str, Declaration]) -> None:
        """Call functions; does not wait for their results."""
        for wish in wishes:
            if wish.name == "end_call" and self._faults.never_ends_call:
                continue
            await self._call(wish, declared[wish.name])

    async def settled(self) -> None:
        """Wait until no blocking call is open."""
        await self._book.settled()

    async def take_back(self, *, only_blocking: bool = True) -> None:
        """Cancel calls that have no result yet."""
        await self._cancel(c for c in self._book.open if c.blocking or not only_blocking)

    def take(self, answer: FunctionAnswer) -> OpenCall | None:
        """The call that a result belongs to, or None where it was taken back.

        Raises:
            RefusalError: see `CallBook.take`.
        """
        call = self._book.take(answer)
        kept = self._record.answers if call is not None else self._record.late_answers
        kept.append(answer)
        self._record.notice.changed()
        return call

    async def _call(self, wish: Wish, declaration: Declaration) -> None:
        vertex = self._setup.door.back_end is BackEnd.VERTEX
        call = self._book.make(
            wish.name,
            blocking=declaration.blocking,
            named=not (vertex and self._faults.without_id),
            now=asyncio.get_running_loop().time(),
        )
        bad = self._faults.bad_arguments
        arguments = _BAD_ARGUMENTS if bad else wish.arguments(declaration)
        self._made += 1
        self._record.calls.append(MadeCall(call.id, wish.name, arguments, call.blocking))
        fields: Json = {"name": wish.name, "args": arguments}
        if call.named:
            fields["id"] = call.id
        message: Json = {"toolCall": {"functionCalls": [fields]}}
        for _ in range(2 if self._faults.repeated else 1):
            await self._wire.send(message)
        if self._faults.in_both_places:
            await self._wire.send(server_content(modelTurn={"parts": [{"functionCall": fields}]}))
        if self._made <= self._faults.cancelled_calls:
            await self._cancel([call])
        self._record.notice.changed()

    async def _cancel(self, calls: Iterable[OpenCall]) -> None:
        ids = self._book.cancel(calls)
        if ids:
            self._record.cancelled += ids
            await self._wire.send({"toolCallCancellation": {"ids": ids}})
            self._record.notice.changed()
