"""Keep what a resumption handle stands for, and judge a handle that comes back."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from callconsole.practice.agent.dialogue import DialogueState
from callconsole.practice.agent.function_calls import OpenCall
from callconsole.practice.agent.refusals import INTERNAL_ERROR, RefusalError, invalid_argument
from callconsole.practice.agent.session_setup import SessionSetup
from callconsole.practice.agent.usage import TokenMeter

_VALID_S = 2 * 3600.0
_MOST_HANDLES = 1000


@dataclass(frozen=True, slots=True)
class Memory:
    """What a session knows and the next one goes on with."""

    dialogue: DialogueState = field(default_factory=DialogueState)
    meter: TokenMeter = field(default_factory=TokenMeter)
    calls: tuple[OpenCall, ...] = ()


@dataclass(frozen=True, slots=True)
class _Entry:
    memory: Memory
    setup: SessionSetup
    still_open: Callable[[], bool]
    expires_at: float


class HandleBook:
    """Every handle that was given out, for two hours.

    Args:
        monotonic: seconds that never jump.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._entries: OrderedDict[str, _Entry] = OrderedDict()

    def issue(self, memory: Memory, setup: SessionSetup, still_open: Callable[[], bool]) -> str:
        """A new handle for a session in its present state."""
        handle = secrets.token_urlsafe(24)
        expires_at = self._monotonic() + _VALID_S
        self._entries[handle] = _Entry(memory, setup, still_open, expires_at)
        while len(self._entries) > _MOST_HANDLES:
            self._entries.popitem(last=False)
        return handle

    def resume(self, setup: SessionSetup) -> Memory:
        """What the setup's handle stands for; nothing where it brings none.

        Raises:
            RefusalError: 1007 for an unknown, expired or foreign handle, 1011 while the
                socket of the session that it belongs to is open.
        """
        if setup.resumes is None:
            return Memory()
        entry = self._entries.get(setup.resumes)
        if entry is None or self._monotonic() > entry.expires_at or _foreign(entry.setup, setup):
            raise invalid_argument()
        if entry.still_open():
            raise RefusalError(1011, INTERNAL_ERROR)
        return entry.memory


def _foreign(given: SessionSetup, asked: SessionSetup) -> bool:
    return (given.door.back_end, given.model_name) != (asked.door.back_end, asked.model_name)
