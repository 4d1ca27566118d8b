"""The functions that the model calls: each told once and answered once, whatever is repeated."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from callconsole.adapters.gemini.tool_answer import ToolAnswer, json_ready
from callconsole.adapters.gemini.uplink import Uplink
from callconsole.engine.ports import AgentToolCall, AgentToolCancelled, Clock, ToolReply

if TYPE_CHECKING:
    from google.genai import types

# The caller is not heard while a blocking call is open.
GIVE_UP_S = 10.0
# A server that has lost its newest moments makes the same call again this soon.
AGAIN_WITHIN_S = 15.0
# A server that takes offence at an answer does so at once.
_OFFENCE_S = 5.0
# A handle that comes sooner after an answer may have been made before it.
_KNOWN_AFTER_S = 0.5
_KNOWN_IDS = 1000
_GIVEN_UP = {
    "error": "There was no result within ten seconds. It may still come about. "
    "Do not call this function again; go on with the conversation."
}

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ToolTerms:
    """How one model at one back end wants its calls answered.

    Attributes:
        blocking: it waits for each result, and takes no realtime input meanwhile.
        scheduling: it can be told what to do with a result.
        ids: every answer needs an id, given by the server or not.
    """

    blocking: bool = True
    scheduling: bool = False
    ids: bool = True


@dataclass(slots=True)
class _Call:
    """One call: `told` is what the engine knows, `wire_id` what the server does.

    `kept` is True once a resumption handle remembers the call, `by_part` where it came as a part
    of the model's turn.
    """

    told: AgentToolCall
    wire_id: str | None
    by_part: bool
    answer: ToolAnswer | None = None
    sent_at: float | None = None
    kept: bool = False
    lost_at: float = 0.0

    @property
    def signature(self) -> str:
        return _signature(self.told.name, self.told.arguments)


class ToolCalls:
    """All calls of one conversation, over as many connections as it takes.

    Args:
        terms: what the model's calls are like.
        uplink: where answers wait to be sent; told to withhold all else while a blocking call
            is open.
        clock: for durations.

    Attributes:
        given_up: blocking calls that got no result in time.
    """

    def __init__(self, terms: ToolTerms, uplink: Uplink, clock: Clock) -> None:
        self.given_up = 0
        self._terms = terms
        self._uplink = uplink
        self._clock = clock
        self._open: dict[str, _Call] = {}
        # What a server has forgotten by a change of connection, and may ask for again.
        self._lost: list[_Call] = []
        # The engine's id for each of the server's, oldest first.
        self._ids: dict[str, str] = {}
        self._unnamed_in_turn: list[_Call] = []
        self._made_up = 0
        self._timer: asyncio.TimerHandle | None = None
        self._closed = False

    @property
    def blocked(self) -> bool:
        """True while the model waits for a result and takes no realtime input."""
        return self._terms.blocking and any(call.answer is None for call in self._open.values())

    @property
    def waited_for(self) -> bool:
        """True while an answer is due, and shortly after it was sent."""
        recently = self._clock.monotonic() - _OFFENCE_S
        return any(call.sent_at is None or call.sent_at > recently for call in self._open.values())

    # What the server says ---------------------------------------------------------------------

    def called(self, call: types.FunctionCall, *, by_part: bool) -> AgentToolCall | None:
        """Take in a call; None for one that the engine has been told already."""
        name, arguments = call.name or "", dict(call.args or {})
        if self._is_repeated(call.id, name, arguments, by_part=by_part):
            return None
        again = self._take_lost(_signature(name, arguments))
        if again is not None:
            self._ask_again(again, call.id, by_part)
            return None
        told = AgentToolCall(call.id or self._make_up_id(), name, arguments)
        self._enter(_Call(told, call.id, by_part))
        return told

    def cancelled(self, ids: Iterable[str]) -> AgentToolCancelled | None:
        """The server takes calls back; None where none of them waits for an answer."""
        taken: list[str] = []
        for wire_id in ids:
            own = self._ids.get(wire_id)
            self._remember_id(wire_id, own or wire_id)
            call = self._open.pop(own, None) if own is not None else None
            if call is not None and call.sent_at is None:
                taken.append(call.told.id)
                self._withdraw(call)
        self._heed()
        return AgentToolCancelled(tuple(taken)) if taken else None

    def turn_done(self) -> None:
        """The model's turn is complete: the same call without an id is a new one from now on."""
        self._unnamed_in_turn.clear()

    def remembered(self) -> None:
        """A handle has come: it knows the calls so far, and the answers that have arrived."""
        arrived = self._clock.monotonic() - _KNOWN_AFTER_S
        for call in list(self._open.values()):
            call.kept = True
            if call.sent_at is not None and call.sent_at <= arrived:
                del self._open[call.told.id]

    # What the engine says ---------------------------------------------------------------------

    def answer(self, call: AgentToolCall, result: dict[str, Any], reply: ToolReply) -> None:
        """Queue a result; passed over where no answer is wanted any more."""
        entry = self._open.get(call.id) or self._find_lost(call.id)
        if entry is None or entry.answer is not None:
            _log.info("a result came for a function call that wants none any more")
            return
        entry.answer = ToolAnswer(
            self._answer_id(entry),
            entry.told.name,
            json_ready(result),
            reply if self._terms.scheduling else None,
        )
        if call.id in self._open:
            self._uplink.add_answer(entry.answer)
            self._heed()

    # What happens on the way ------------------------------------------------------------------

    def sent(self, answer: ToolAnswer) -> None:
        """An answer has gone out."""
        for call in self._open.values():
            if call.answer is answer:
                call.sent_at = self._clock.monotonic()

    def moved(self, *, fresh: bool) -> None:
        """The conversation is on another connection: `fresh`, or resumed by the newest handle.

        What the server does not know any more is dropped, what it still waits for is sent again.
        """
        now = self._clock.monotonic()
        self._unnamed_in_turn.clear()
        for call in list(self._open.values()):
            if fresh or not call.kept:
                del self._open[call.told.id]
                self._withdraw(call)
                call.lost_at = now
                self._lost.append(call)
            elif call.answer is not None:
                call.sent_at = None
                self._uplink.remove(call.answer)
                self._uplink.put_back([call.answer])
        if self._lost:
            _log.info("function calls that Gemini does not know any more: %d", len(self._lost))
        self._heed()

    def close(self) -> None:
        """The conversation is over: no timer is left, and none is started any more."""
        self._closed = True
        self._stop_timer()

    # Inside -----------------------------------------------------------------------------------

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _enter(self, call: _Call) -> None:
        self._open[call.told.id] = call
        if call.wire_id is None:
            self._unnamed_in_turn.append(call)
        else:
            self._remember_id(call.wire_id, call.told.id)
        self._heed()

    def _heed(self) -> None:
        """Hold realtime input back, or let it go, and watch the time while it is held."""
        blocked = self.blocked
        self._uplink.withhold(blocked)
        if not blocked:
            self._stop_timer()
        elif self._timer is None and not self._closed:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(GIVE_UP_S, self._give_up)

    def _give_up(self) -> None:
        self._timer = None
        for call in list(self._open.values()):
            if call.answer is None:
                self.given_up += 1
                _log.warning("a function call got no result in time and is given up")
                self.answer(call.told, _GIVEN_UP, ToolReply.WHEN_IDLE)

    def _is_repeated(
        self, wire_id: str | None, name: str, arguments: dict[str, Any], *, by_part: bool
    ) -> bool:
        """A call comes twice: in both of its forms, or in one as long as it is unanswered."""
        if wire_id is not None:
            return wire_id in self._ids
        signature = _signature(name, arguments)
        alike = [call for call in self._unnamed_in_turn if call.signature == signature]
        return any(call.by_part is not by_part or call.answer is None for call in alike)

    def _take_lost(self, signature: str) -> _Call | None:
        oldest = self._clock.monotonic() - AGAIN_WITHIN_S
        self._lost = [call for call in self._lost if call.lost_at >= oldest]
        for call in self._lost:
            if call.signature == signature:
                self._lost.remove(call)
                return call
        return None

    def _find_lost(self, own_id: str) -> _Call | None:
        return next((call for call in self._lost if call.told.id == own_id), None)

    def _ask_again(self, call: _Call, wire_id: str | None, by_part: bool) -> None:
        """The same call under a new id: what was done once is not done a second time."""
        call.wire_id, call.by_part, call.kept = wire_id, by_part, False
        call.sent_at = None
        self._enter(call)
        if call.answer is not None:
            answer, call.answer = call.answer, None
            self.answer(call.told, answer.result, answer.reply or ToolReply.WHEN_IDLE)

    def _withdraw(self, call: _Call) -> None:
        if call.answer is not None:
            self._uplink.remove(call.answer)

    def _answer_id(self, call: _Call) -> str | None:
        return call.told.id if call.wire_id is None and self._terms.ids else call.wire_id

    def _make_up_id(self) -> str:
        self._made_up += 1
        return f"unnamed-{self._made_up}"

    def _remember_id(self, wire_id: str, own_id: str) -> None:
        self._ids[wire_id] = own_id
        if len(self._ids) > _KNOWN_IDS:
            del self._ids[next(iter(self._ids))]


def _signature(name: str, arguments: dict[str, Any]) -> str:
    return json.dumps([name, arguments], sort_keys=True, default=str)
