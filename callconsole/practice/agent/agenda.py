"""What the agent is about to say and to do: what it heard, was told and was answered, in order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from callconsole.practice.agent.dialogue import MENU, Dialogue
from callconsole.practice.agent.function_calls import FunctionAnswer
from callconsole.practice.agent.recognition import Heard
from callconsole.practice.agent.wishes import Wish, Wishes


@dataclass(frozen=True, slots=True)
class Plan:
    """One turn: functions, then a line, then more functions.

    Attributes:
        before: what is called first.
        line: the clip that is said, or None.
        after: what is called once it has been said.
    """

    before: tuple[Wish, ...] = ()
    line: str | None = None
    after: tuple[Wish, ...] = ()

    @property
    def empty(self) -> bool:
        """True where there is nothing to do."""
        return self.line is None and not self.before


class Agenda:
    """Collects what calls for a turn, and makes plans of it.

    Args:
        dialogue: decides what is said.
        wishes: decides what is done.
    """

    def __init__(self, dialogue: Dialogue, wishes: Wishes) -> None:
        self._dialogue, self._wishes = dialogue, wishes
        self._heard: list[Heard] = []
        self._lines: list[str] = []
        self._exact: list[str] = []
        self._wished: list[Wish] = []

    @property
    def due(self) -> bool:
        """True where a turn is called for by more than what was heard."""
        return bool(self._lines or self._wished or self._exact)

    def hear(self, heard: Iterable[Heard]) -> None:
        """Words of the caller."""
        self._heard += heard

    def told(self, text: str, owed: str | None) -> None:
        """An instruction; `owed` is the line that is said where it asks for none."""
        self._wished += self._wishes.on_text(text)
        self._ask_for(self._dialogue.prompt(text) or owed)

    def demanded(self, text: str) -> None:
        """An instruction that has to be answered; a menu wants no words."""
        self.told(text, None if MENU.search(text) else self._dialogue.demand())

    def exactly(self, line: str) -> None:
        """A line to be said as it is and before all else, whatever the talk has come to."""
        self._exact.append(line)

    def answered(self, name: str, answer: FunctionAnswer) -> None:
        """The result of a function."""
        line = self._wishes.taken(name, answer)
        if answer.scheduling != "SILENT" and not self._dialogue.state.apologised:
            self._ask_for(line)

    def next(self) -> Plan:
        """The next turn; uses up what was heard, and the first of what was asked for."""
        if self._exact:
            self._heard = []
            return Plan(line=self._exact.pop(0))
        asked = self._lines.pop(0) if self._lines else None
        wishes = {wish.name: wish for wish in self._wished}
        if not self._dialogue.state.ended:
            wishes |= {wish.name: wish for wish in self._wishes.on_hearing(self._heard)}
        line = self._wishes.suit(self._dialogue.answer(self._heard)) or asked
        self._heard, self._wished = [], []
        before = tuple(wishes.values())
        if line is None:
            return Plan(before)
        return Plan((*before, *self._wishes.before(line)), line, self._wishes.after(line))

    def _ask_for(self, line: str | None) -> None:
        line = self._wishes.suit(line)
        if line is not None and line not in self._lines:
            self._lines.append(line)
