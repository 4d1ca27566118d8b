"""How the window names the other end of a call: a practice callee, or a number and its place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from callconsole.domain import phone
from callconsole.domain.problems import ProblemError
from callconsole.viewmodels.desk import PracticeCallee


@dataclass(frozen=True, slots=True)
class Party:
    """One end of a call in words.

    Attributes:
        title: the headline: the number as people read it.
        number: the same, where it stands beside another title.
        place: city, state or country, or who it is on the practice line; may be empty.
        short: what meters and bubbles say: the first name, or "Callee".
    """

    title: str
    number: str
    place: str
    short: str


class Parties:
    """Looks numbers up among the practice callees."""

    def __init__(self, callees: Sequence[PracticeCallee] = ()) -> None:
        self.callees = tuple(callees)
        self._by_number = {callee.number: callee for callee in callees}

    def party(self, e164: str) -> Party:
        """The party behind an E.164 number."""
        shown = phone.pretty(e164)
        callee = self._by_number.get(e164)
        if callee is not None:
            return Party(shown, shown, f"Practice line · {callee.name}", "Callee")
        return Party(shown, shown, _place(e164), "Callee")


@lru_cache(maxsize=256)
def _place(e164: str) -> str:
    try:
        return phone.parse(e164).place
    except ProblemError:
        return ""
