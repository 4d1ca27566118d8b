"""Decide which function the talk calls for, and fill in what its declaration asks for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from callconsole.practice.agent.declarations import Declaration
from callconsole.practice.agent.dialogue import MENU, Script
from callconsole.practice.agent.function_calls import FunctionAnswer
from callconsole.practice.agent.protocol import Json
from callconsole.practice.agent.recognition import Heard

_CALLBACK_AT = time(10, 0)
_KEY = "1"


@dataclass(frozen=True, slots=True)
class Wish:
    """A function that the agent wants to call.

    Attributes:
        name: of the function.
        main: what goes into a required text that nothing else is known for.
        facts: values by the names that an argument may have.
    """

    name: str
    main: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)

    def arguments(self, declaration: Declaration) -> Json:
        """Arguments as the declaration has them."""
        filled: Json = {}
        for name, schema in declaration.properties.items():
            known = self.facts.get(name)
            choices = schema.get("enum") if isinstance(schema, dict) else None
            if choices:
                filled[name] = known if known in choices else choices[0]
            elif known is not None:
                filled[name] = known
            elif name in declaration.required:
                filled[name] = self._guess(schema)
        return filled

    def _guess(self, schema: object) -> object:
        kind = str(schema.get("type", "")).upper() if isinstance(schema, dict) else ""
        plain: dict[str, object] = {
            "INTEGER": 1, "NUMBER": 1.0, "BOOLEAN": True, "ARRAY": [], "OBJECT": {}
        }  # fmt: skip
        return plain.get(kind, self.main)


class Wishes:
    """The functions that one talk asks for, of those that were declared.

    Args:
        declared: what may be called.
        script: which clips mean what.
        today: for times.
    """

    def __init__(self, declared: Sequence[Declaration], script: Script, today: date) -> None:
        self.declared = {declaration.name: declaration for declaration in declared}
        self._script = script
        self._today = today
        self._pressed = False
        self._failed: set[str] = set()

    def on_hearing(self, heard: Iterable[Heard]) -> tuple[Wish, ...]:
        """What the caller's words ask for."""
        ids = {piece.clip_id for piece in heard}
        wishes: list[Wish] = []
        if ids & self._script.menus:
            wishes += self._keys()
        if ids & self._script.callbacks:
            at = datetime.combine(self._today + timedelta(days=1), _CALLBACK_AT).isoformat()
            names = ("at", "when", "time", "iso_time", "date_time", "datetime", "callback_time")
            wishes.append(
                Wish("schedule_callback", "Call back tomorrow at ten.", dict.fromkeys(names, at))
            )
        return self._allowed(wishes)

    def on_text(self, text: str) -> tuple[Wish, ...]:
        """What an instruction asks for: a menu wants a key, unless it has been pressed."""
        return self._allowed(self._keys()) if MENU.search(text) and not self._pressed else ()

    def before(self, line: str) -> tuple[Wish, ...]:
        """What is called before a line is said."""
        if line != self._script.moved:
            return ()
        return self._allowed(
            [Wish("take_note", "The appointment moves to Tuesday at a quarter past three.")]
        )

    def after(self, line: str) -> tuple[Wish, ...]:
        """What is called once a line has been said."""
        if line == self._script.transfer:
            return self._allowed([Wish("transfer_call", "The caller asks for a person.")])
        if line == self._script.transfer_failed:
            note = "The caller asked for a person, and nobody was free."
            return self._allowed([Wish("take_note", note)])
        if line in self._script.farewells:
            return self._allowed([Wish("end_call", "The conversation has come to its end.")])
        return ()

    def suit(self, line: str | None) -> str | None:
        """The line, or the one in its place where what it promises cannot be done."""
        if line == self._script.transfer and "transfer_call" not in self.declared:
            return self._script.transfer_failed
        return line

    def taken(self, name: str, answer: FunctionAnswer) -> str | None:
        """Take in a result; the line that it asks for, or None. Nothing is called once more."""
        if name == "press_keys":
            self._pressed = not answer.failed
        if not answer.failed or name in self._failed:
            return None
        self._failed.add(name)
        return self._script.transfer_failed if name == "transfer_call" else None

    def _keys(self) -> list[Wish]:
        self._pressed = True
        return [Wish("press_keys", _KEY, {"digits": _KEY, "keys": _KEY})]

    def _allowed(self, wishes: Iterable[Wish]) -> tuple[Wish, ...]:
        return tuple(wish for wish in wishes if wish.name in self.declared)
