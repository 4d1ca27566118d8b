"""Gets a lost session back: by its handle, else anew with the transcript, in bounded tries."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol

from callconsole.adapters.gemini.connection import Connection
from callconsole.adapters.gemini.problems import PASSING
from callconsole.adapters.gemini.resume import GIVE_UP_S, HANDLE_TRIES, Retries
from callconsole.adapters.gemini.seeding import Recollection
from callconsole.domain.problems import Problem, ProblemError
from callconsole.engine.ports import Clock

# A handle may be refused for itself, with what is a fatal fault for a session without one.
_HANDLE_REFUSED = frozenset(
    {"agent.settings_refused", "agent.not_allowed", "agent.session_refused", "agent.input_refused"}
)
Recall = Callable[[], Recollection]


class Dial(Protocol):
    """Opens a connection for one conversation."""

    def __call__(
        self, handle: str | None, known: Recollection | None, *, plainly: bool
    ) -> Awaitable[Connection]:
        """Resume by `handle`, or begin anew and tell the model what is `known`.

        Args:
            handle: a resumption handle, or None.
            known: for a fresh session, else None.
            plainly: tell it in the instructions, which every model takes.

        Raises:
            ProblemError: the server refuses, or cannot be reached.
        """
        ...


class Redial:
    """Tries to get one conversation back, as often as it is lost.

    Attributes:
        retries: bounds the tries in a row.
        plainly: what is known goes into the instructions; set where turns were refused.
    """

    def __init__(self, dial: Dial, clock: Clock) -> None:
        self.retries = Retries()
        self.plainly = False
        self._dial = dial
        self._clock = clock

    async def connect(
        self, handle: str | None, recall: Recall | None, fault: Problem | None
    ) -> tuple[Connection, Recollection | None]:
        """A new connection, and what a fresh session was told or None where it was resumed.

        Args:
            handle: the handle to try first, or None for a fresh session.
            recall: what a fresh session is to know, or None to have none.
            fault: why the last connection ended, for when there is no try left.

        Raises:
            ProblemError: the last fault, or the first one that another try cannot cure.
        """
        give_up_at = self._clock.monotonic() + GIVE_UP_S
        while (delay_s := self.retries.next_delay_s()) is not None:
            await asyncio.sleep(delay_s)
            if handle is not None and recall is not None and self.retries.used > HANDLE_TRIES:
                handle = None
            try:
                return await self._try(handle, recall)
            except ProblemError as error:
                fault = error.problem
            if fault.code in _HANDLE_REFUSED and handle is not None and recall is not None:
                handle = None
            elif fault.code in _HANDLE_REFUSED and handle is None and not self.plainly:
                self.plainly = True
            elif fault.code not in PASSING:
                break
            if self._clock.monotonic() > give_up_at:
                break
        raise ProblemError(fault or _OFTEN)

    async def _try(
        self, handle: str | None, recall: Recall | None
    ) -> tuple[Connection, Recollection | None]:
        known = None if handle is not None else recall() if recall is not None else Recollection()
        return await self._dial(handle, known, plainly=self.plainly), known


_OFTEN = Problem(
    code="agent.lost",
    title="The connection to Gemini was lost",
    cause="The server asked us to reconnect again and again.",
    cure="Wait a minute and call again.",
)
