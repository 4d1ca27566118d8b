"""How the window names the other end of a call: a practice callee, or a number and its place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from callconsole.domain import phone
from callconsole.domain.call import Call
from callconsole.domain.problems import ProblemError
from callconsole.viewmodels.desk import PracticeCallee


@dataclass(frozen=True, slots=True)
class Party:
    """One end of a call in words.

    Attributes:
        title: the headline: the number as people read it.
        number: the same, where it stands beside another title.
        place: city, state or country, or who it is on the practice line; may be empty.
        short: what meters and bubbles say: the first name, "Callee" or "Caller".
    """

    title: str
    number: str
    place: str
    short: str


UNKNOWN = Party("Number withheld", "Number withheld", "", "Caller")


class Parties:
    """Looks numbers up among the people of the practice line.

    Attributes:
        callees: who can be called there.
        callers: who can be asked to call.
    """

    def __init__(
        self, callees: Sequence[PracticeCallee] = (), callers: Sequence[PracticeCallee] = ()
    ) -> None:
        self.callees = tuple(callees)
        self.callers = tuple(callers)
        self._by_number = {callee.number: callee for callee in (*callees, *callers)}

    def of(self, call: Call) -> Party:
        """The party at the other end of a call."""
        if not call.incoming:
            return self.party(call.to)
        party = replace(self.party(call.other), short="Caller") if call.other else UNKNOWN
        place = f"Incoming call · {party.place}" if party.place else "Incoming call"
        return replace(party, place=place)

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
