"""Which functions have been called, and which results are taken, as the service would."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from callconsole.practice.agent.models import Model
from callconsole.practice.agent.protocol import Json, refuse_unless
from callconsole.practice.agent.refusals import entity_not_found


@dataclass(frozen=True, slots=True)
class OpenCall:
    """A call that has no result yet.

    Attributes:
        id: of the call.
        name: of the function.
        blocking: the agent waits for the result.
        named: the client was told the id.
        made_at: monotonic seconds.
    """

    id: str
    name: str
    blocking: bool
    named: bool
    made_at: float


@dataclass(frozen=True, slots=True)
class FunctionAnswer:
    """One function response of a client.

    Attributes:
        id: of the call, or None where the client gives none.
        name: of the function.
        response: the result.
        scheduling: what to do with it, or None.
    """

    id: str | None
    name: str
    response: Json
    scheduling: str | None = None

    @property
    def failed(self) -> bool:
        """True where the result says that the function has failed."""
        return bool(self.response.get("error"))


class CallBook:
    """The calls of one session.

    Args:
        model: whose rules are kept.
        still_open: calls of the session that this one goes on with.
    """

    def __init__(self, model: Model, still_open: Iterable[OpenCall] = ()) -> None:
        self._model = model
        self._open = {call.id: call for call in still_open}
        self._cancelled: set[str] = set()
        self._changed = asyncio.Event()

    @property
    def open(self) -> tuple[OpenCall, ...]:
        """Calls without a result, oldest first."""
        return tuple(self._open.values())

    @property
    def blocking_since(self) -> float | None:
        """Since when the agent waits for a result, in monotonic seconds, or None."""
        return min((call.made_at for call in self._open.values() if call.blocking), default=None)

    def make(self, name: str, *, blocking: bool, named: bool, now: float) -> OpenCall:
        """A new call."""
        call = OpenCall(f"function-call-{secrets.token_hex(8)}", name, blocking, named, now)
        self._open[call.id] = call
        return call

    def take(self, answer: FunctionAnswer) -> OpenCall | None:
        """The call that an answer belongs to; None where it was taken back before.

        A client cannot know of a cancellation that is on its way to it, so its answer does no harm.

        Raises:
            RefusalError: 1008 for a call that was never made or has its answer, 1007 for a
                scheduling where none may be.
        """
        if answer.id in self._cancelled:
            return None
        call = self._find(answer)
        if call is None:
            raise entity_not_found()
        refuse_unless(call.name == answer.name)
        if answer.scheduling is not None:
            refuse_unless(self._model.schedules and not call.blocking)
        del self._open[call.id]
        self._changed.set()
        return call

    def cancel(self, calls: Iterable[OpenCall]) -> list[str]:
        """Take calls back; their ids."""
        ids = [call.id for call in calls if self._open.pop(call.id, None) is not None]
        self._cancelled.update(ids)
        self._changed.set()
        return ids

    async def settled(self) -> None:
        """Wait until no blocking call is open."""
        while self.blocking_since is not None:
            self._changed.clear()
            await self._changed.wait()

    def _find(self, answer: FunctionAnswer) -> OpenCall | None:
        if answer.id is not None:
            call = self._open.get(answer.id)
            return call if call is not None and call.named else None
        alike = (c for c in self._open.values() if not c.named and c.name == answer.name)
        return next(alike, None)
