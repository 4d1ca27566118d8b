"""Makes the lines of a transcript: their names, marks and what is special about them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from callconsole.domain.transcript import Speaker, Turn
from callconsole.viewmodels.transcript_line import KINDS, Line, LineKind, Manner


class LineMaker:
    """Knows what a line shows beside its turn.

    Attributes:
        query: what is searched for, or None.
        playing: id of the turn whose words are being played, or None.
        stars: ids of the starred turns.
        said: ids of the turns that the agent spoke because the operator asked for them.
    """

    def __init__(self) -> None:
        self.query: re.Pattern[str] | None = None
        self.playing: int | None = None
        self.stars: set[int] = set()
        self.said: set[int] = set()
        self._names = _names("Caller", "AI")
        self._own = 0

    def begin(self, said: Iterable[int] = (), stars: Iterable[int] = ()) -> None:
        """Hold these marks and number our own lines anew; names and search stay."""
        self.said, self.stars = set(said), set(stars)
        self._own = 0

    def name(self, caller: str, agent: str) -> bool:
        """Name the two sides from now on; False where they have these names already."""
        names = _names(caller, agent)
        changed = names != self._names
        self._names = names
        return changed

    def line(
        self,
        turn: Turn,
        icon: str = "",
        manner: Manner = Manner.PLAIN,
        heeded_ms: int | None = None,
    ) -> Line:
        """The line of a turn as it is shown now."""
        if turn.id in self.said:
            manner = Manner.SAID
        return Line(
            turn,
            self._name(turn, manner),
            icon,
            self.matches(turn),
            turn.id == self.playing,
            manner,
            heeded_ms,
            turn.id in self.stars,
        )

    def note(self, text: str, offset_s: float, icon: str, manner: Manner = Manner.PLAIN) -> Line:
        """A system line at `offset_s` seconds of the call."""
        return self.line(self._own_turn(Speaker.SYSTEM, text, offset_s), icon, manner)

    def whisper(self, text: str, offset_s: float, heeded_ms: int | None = None) -> Line:
        """What the operator told the agent at `offset_s` seconds of the call."""
        turn = self._own_turn(Speaker.OPERATOR, text, offset_s)
        return self.line(turn, "", Manner.WHISPER, heeded_ms)

    def anew(self, line: Line) -> Line:
        """The same line, as it would be made now."""
        return self.line(line.turn, line.icon, line.manner, line.heeded_ms)

    def matches(self, turn: Turn) -> tuple[tuple[int, int], ...]:
        """(start, length) of each place where the search is found."""
        if self.query is None:
            return ()
        return tuple((m.start(), len(m[0])) for m in self.query.finditer(turn.text))

    def _own_turn(self, speaker: Speaker, text: str, offset_s: float) -> Turn:
        # The engine's turns count up from 1, so what is added here counts down.
        self._own += 1
        return Turn(-self._own, speaker, text, offset_s, final=True)

    def _name(self, turn: Turn, manner: Manner) -> str:
        if manner is Manner.WHISPER:
            return self._names[LineKind.WHISPER]
        name = self._names[KINDS[turn.speaker]]
        return f"{name}, said for you" if manner is Manner.SAID else name


def _names(caller: str, agent: str) -> dict[LineKind, str]:
    return {
        LineKind.CALLER: caller,
        LineKind.AGENT: agent,
        LineKind.OPERATOR: "You, by voice",
        LineKind.WHISPER: "You whispered",
        LineKind.SYSTEM: "",
    }
