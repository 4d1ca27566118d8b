"""Does what the agent asks for by calling a function, and tells it what came of that."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol

from callconsole.domain import events
from callconsole.domain.abilities import Abilities, Ability, TransferTarget
from callconsole.domain.problems import ProblemError
from callconsole.domain.record import Note
from callconsole.engine import tasks
from callconsole.engine.ports import (
    AgentSession,
    AgentToolCall,
    AgentToolCancelled,
    Clock,
    ToolReply,
)
from callconsole.engine.tool_specs import KEYS_AT_MOST

_KEYS = re.compile(rf"[0-9A-D*#w]{{1,{KEYS_AT_MOST}}}")
NOTE_CHARS = 2000
DETAILS_AT_MOST = 30
_TOUCHES_THE_CALL = frozenset({Ability.END_CALL, Ability.PRESS_KEYS, Ability.TRANSFER_CALL})
CALLBACK_WITHIN = timedelta(days=366)


class ToolError(Exception):
    """The function cannot be carried out; the text tells the model why and what to do."""


class CallDeeds(Protocol):
    """What can be done to a call for its agent."""

    @property
    def agent_spoke_last(self) -> bool:
        """True where the agent has said something since the person last spoke."""
        ...

    @property
    def in_other_hands(self) -> bool:
        """True while the operator keeps the person from hearing the agent."""
        ...

    async def say_goodbye_and_end(self, *, asked: bool) -> None:
        """Let the last words be heard, then hang up; `asked`: they are still to come."""
        ...

    async def press_keys(self, digits: str) -> None:
        """Send tones. Raises `ProblemError`."""
        ...

    async def transfer(self, target: TransferTarget, reason: str, *, asked: bool) -> None:
        """Pass the call on, once the announcement has been heard; `asked`: it is still to come."""
        ...


class Tools:
    """The functions of one call. Each call id is carried out once, whatever is repeated.

    Args:
        call_sid: the call's name, for events.
        agent: gets the results.
        abilities: what the prompt allows.
        deeds: the call.
        clock: for the times of notes.
        publish: takes events.
    """

    def __init__(
        self,
        call_sid: str,
        agent: AgentSession,
        abilities: Abilities,
        deeds: CallDeeds,
        clock: Clock,
        publish: Callable[[events.CallEvent], None],
    ) -> None:
        self._call_sid = call_sid
        self._agent = agent
        self._abilities = abilities
        self._deeds = deeds
        self._clock = clock
        self._publish = publish
        self._seen: set[str] = set()
        self._running: dict[str, asyncio.Task[Any]] = {}

    def take(self, event: AgentToolCall | AgentToolCancelled) -> None:
        """Begin what is asked for, or stop what is taken back."""
        if isinstance(event, AgentToolCancelled):
            for call_id in event.ids:
                task = self._running.pop(call_id, None)
                if task is not None:
                    task.cancel()
            return
        if event.id in self._seen:
            return
        self._seen.add(event.id)
        task = tasks.start(self._carry_out(event), name=f"function {event.name[:40]}")
        self._running[event.id] = task
        task.add_done_callback(lambda _: self._running.pop(event.id, None))

    async def close(self) -> None:
        """The call is over: whatever runs is stopped, unless it is what ended the call."""
        for task in tuple(self._running.values()):
            if task is not asyncio.current_task():
                await tasks.stop(task)

    async def _carry_out(self, call: AgentToolCall) -> None:
        try:
            await self._dispatch(call)
        except ToolError as error:
            self._refuse(call, str(error))
        except ProblemError as error:
            self._refuse(call, error.problem.sentence())

    def _refuse(self, call: AgentToolCall, why: str) -> None:
        self._used(call.name, why, done=False)
        self._agent.answer_tool(call, {"error": why})

    async def _dispatch(self, call: AgentToolCall) -> None:
        ability = self._ability(call.name)
        match ability:
            case Ability.END_CALL:
                await self._end_call(call)
            case Ability.PRESS_KEYS:
                await self._press_keys(call)
            case Ability.TRANSFER_CALL:
                await self._transfer(call)
            case Ability.TAKE_NOTE:
                self._take_note(call)
            case Ability.SCHEDULE_CALLBACK:
                self._schedule(call)

    def _ability(self, name: str) -> Ability:
        try:
            ability = Ability(name)
        except ValueError:
            raise ToolError("There is no such function.") from None
        if not self._abilities.allows(ability):
            raise ToolError("This function is switched off for this call.")
        if ability in _TOUCHES_THE_CALL and self._deeds.in_other_hands:
            raise ToolError(
                "A colleague has the call just now, and the person does not hear you. Leave the "
                "call as it is until the person speaks with you again."
            )
        return ability

    async def _end_call(self, call: AgentToolCall) -> None:
        asked = not self._deeds.agent_spoke_last
        if asked:
            now = "Say goodbye to the person now, in one short sentence. Then the call ends."
            self._agent.answer_tool(call, {"status": now})
        else:
            self._agent.answer_tool(call, {"status": "The call ends now."}, ToolReply.SILENT)
        self._used(call.name, "ends the call")
        await self._deeds.say_goodbye_and_end(asked=asked)

    async def _press_keys(self, call: AgentToolCall) -> None:
        digits = "".join(_text(call.arguments, "digits", KEYS_AT_MOST * 2).split())
        if not _KEYS.fullmatch(digits):
            raise ToolError(
                f"digits has to be 1 to {KEYS_AT_MOST} keys out of 0 to 9, * and #, and w."
            )
        await self._deeds.press_keys(digits)
        self._used(call.name, "pressed")
        self._agent.answer_tool(
            call, {"status": "Pressed. Listen to what comes next."}, ToolReply.SILENT
        )

    async def _transfer(self, call: AgentToolCall) -> None:
        wanted = _text(call.arguments, "to", 200)
        target = next(
            (t for t in self._abilities.transfers if t.label.casefold() == wanted.casefold()), None
        )
        if target is None:
            known = ", ".join(t.label for t in self._abilities.transfers)
            raise ToolError(f"Nobody is called that. It can be: {known}.")
        reason = _text(call.arguments, "reason", 300, required=False)
        asked = not self._deeds.agent_spoke_last
        if asked:
            now = "Tell the person that you pass the call on. It is passed on right after that."
            self._agent.answer_tool(call, {"status": now})
        else:
            now = "The call is being passed on. Say nothing more."
            self._agent.answer_tool(call, {"status": now}, ToolReply.SILENT)
        self._used(call.name, f"to {target.label}")
        await self._deeds.transfer(target, reason, asked=asked)

    def _take_note(self, call: AgentToolCall) -> None:
        text = _text(call.arguments, "note", NOTE_CHARS)
        note = Note(self._clock.now(), text, _details(call.arguments.get("details")))
        self._keep(call, note, "noted")

    def _schedule(self, call: AgentToolCall) -> None:
        due = self._due(_text(call.arguments, "when", 60))
        text = _text(call.arguments, "note", NOTE_CHARS, required=False) or "Call back"
        self._keep(call, Note(self._clock.now(), text, due=due), "call back noted")

    def _keep(self, call: AgentToolCall, note: Note, outcome: str) -> None:
        self._publish(events.NoteTaken(call_sid=self._call_sid, at=note.at, note=note))
        self._used(call.name, outcome)
        self._agent.answer_tool(call, {"status": "Noted."}, ToolReply.SILENT)

    def _due(self, text: str) -> datetime:
        now = self._clock.now()
        try:
            due = datetime.fromisoformat(text)
        except ValueError:
            raise ToolError(
                f"when has to look like 2026-11-30T14:30. It is {now.astimezone():%Y-%m-%dT%H:%M}, "
                f"a {now.astimezone():%A}, now."
            ) from None
        due = due.astimezone()
        if not now < due <= now + CALLBACK_WITHIN:
            raise ToolError(
                f"when has to be in the future and within a year. It is "
                f"{now.astimezone():%Y-%m-%dT%H:%M} now."
            )
        return due

    def _used(self, name: str, outcome: str, *, done: bool = True) -> None:
        self._publish(
            events.AbilityUsed(
                call_sid=self._call_sid,
                at=self._clock.now(),
                ability=name[:40],
                outcome=outcome,
                done=done,
            )
        )


def _text(
    arguments: Mapping[str, Any], name: str, chars_at_most: int, *, required: bool = True
) -> str:
    value = arguments.get(name)
    if value is None and not required:
        return ""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        value = str(int(value))  # models write keys as a number now and then
    if not isinstance(value, str) or (required and not value.strip()):
        raise ToolError(f"{name} has to be a text.")
    return value.strip()[:chars_at_most]


def _details(value: object) -> dict[str, str]:
    """Pairs as the schema has them, or a plain object; whatever is neither is left out."""
    if isinstance(value, Mapping):
        pairs = list(value.items())
    elif isinstance(value, list):
        pairs = [(p.get("name"), p.get("value")) for p in value if isinstance(p, Mapping)]
    else:
        return {}
    return {
        str(name)[:80]: str(text)[:300] for name, text in pairs[:DETAILS_AT_MOST] if name and text
    }
